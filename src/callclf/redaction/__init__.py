"""Masking of private data in transcripts, before anything is stored or shown."""

from callclf.redaction.redact import redact

__all__ = ["redact"]
