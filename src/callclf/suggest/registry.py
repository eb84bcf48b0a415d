"""All formats of reviewers' tools: found in this package, chosen by name or content."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path

from callclf.errors import ReadError, WriteError, unknown_name
from callclf.suggest.task import AnnotationFormat

__all__ = ["annotation_formats", "find", "recognise"]


@cache
def annotation_formats() -> tuple[AnnotationFormat, ...]:
    """Return all formats, ordered by name."""
    package = __name__.rpartition(".")[0]
    names = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    modules = [import_module(f"{package}.{name}") for name in names]
    found = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return tuple(sorted(found, key=lambda format: format.name))


def find(name: str) -> AnnotationFormat:
    """Return the format with a name.

    Raises
    ------
    WriteError
        If there is none; the message lists those that there are.
    """
    for format in annotation_formats():
        if format.name == name:
            return format
    known = [format.name for format in annotation_formats()]
    raise WriteError(unknown_name("format", name, known))


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
