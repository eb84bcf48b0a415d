"""Readers: from transcript files of many systems to `Transcript`, one module a format."""

from callclf.readers.reader import Reader, ReadOptions, Table
from callclf.readers.reading import ReadWarning, iter_read, read
from callclf.readers.registry import formats, register

__all__ = [
    "read",
    "iter_read",
    "formats",
    "register",
    "Reader",
    "ReadOptions",
    "ReadWarning",
    "Table",
]
