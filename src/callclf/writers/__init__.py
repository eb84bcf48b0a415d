"""Writers: from `Transcript` to files that other programs read, one module a format."""

from callclf.writers.registry import writers
from callclf.writers.writer import Entry, Writer
from callclf.writers.writing import write

__all__ = ["write", "writers", "Writer", "Entry"]
