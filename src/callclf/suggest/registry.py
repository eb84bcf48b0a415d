"""All formats of reviewers' tools: found in this package, chosen by name or content."""

from __future__ import annotations

from functools import cache

from callclf.discovery import found_in, named
from callclf.errors import ReadError, WriteError
from callclf.suggest.task import AnnotationFormat

__all__ = ["annotation_formats", "find", "recognise"]


@cache
def annotation_formats() -> tuple[AnnotationFormat, ...]:
    """Return all formats, ordered by name."""
    return found_in("callclf.suggest", "FORMAT")


def find(name: str) -> AnnotationFormat:
    """Return the format with a name.

    Raises
    ------
    WriteError
        If there is none; the message lists those that there are.
    """
    return named(annotation_formats(), name, WriteError)


def recognise(text: str) -> AnnotationFormat:
    """Return the format of a file's text.

    Raises
    ------
    ReadError
        If it is none that `suggest` writes.
    """
    found = [format for format in annotation_formats() if format.sniff(text)]
    if len(found) != 1:
        known = ", ".join(format.title for format in annotation_formats())
        raise ReadError(f"no file of tasks that `callclf suggest` wrote; it knows {known}")
    return found[0]
