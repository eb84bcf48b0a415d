"""All writers: found in this package, chosen by name."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path

from callclf.errors import WriteError, unknown_name
from callclf.writers.writer import Writer

__all__ = ["find", "of_file", "writers"]


@cache
def writers() -> tuple[Writer, ...]:
    """Return all writers, ordered by name."""
    # Found rather than listed, so that a format is one file and nothing else.
    package = __name__.rpartition(".")[0]
    names = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    modules = [import_module(f"{package}.{name}") for name in names]
    found = [module.WRITER for module in modules if hasattr(module, "WRITER")]
    return tuple(sorted(found, key=lambda writer: writer.name))


def find(name: str) -> Writer:
    """Return the writer with a name.

    Raises
    ------
    WriteError
        If there is none; the message lists those that there are.
    """
    for writer in writers():
        if writer.name == name:
            return writer
    known = [writer.name for writer in writers()]
    raise WriteError(unknown_name("format", name, known))


def of_file(path: Path) -> Writer:
    """Return the writer that a file's name asks for; JSON lines for any that is not known."""
    for writer in writers():
        if path.name.lower().endswith(writer.suffixes):
            return writer
    return find("callclf")
