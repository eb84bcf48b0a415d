"""What tells two copies of a call from two calls."""

from __future__ import annotations

import hashlib
import json

from callclf.transcript import Transcript

__all__ = ["call_fingerprint"]


def call_fingerprint(call: Transcript) -> str:
    """Return a SHA-256 of a call's roles and words: equal for copies under another id."""
    words = json.dumps([[turn.role, turn.text] for turn in call.turns])
    return hashlib.sha256(words.encode()).hexdigest()
