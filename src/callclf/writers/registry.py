"""All writers: found in this package, chosen by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from callclf.discovery import found_in, named
from callclf.errors import WriteError
from callclf.writers.writer import Writer

__all__ = ["find", "of_file", "writers"]


@cache
def writers() -> tuple[Writer, ...]:
    """Return all writers, ordered by name."""
    return found_in("callclf.writers", "WRITER")


def find(name: str) -> Writer:
    """Return the writer with a name.

    Raises
    ------
    WriteError
        If there is none; the message lists those that there are.
    """
    return named(writers(), name, WriteError)


def of_file(path: Path) -> Writer:
    """Return the writer that a file's name asks for; JSON lines for any that is not known."""
    for writer in writers():
        if path.name.lower().endswith(writer.suffixes):
            return writer
    return find("callclf")
