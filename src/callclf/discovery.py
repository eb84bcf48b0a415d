"""Formats are found, not listed: one module of a package a format, and nothing else changes."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Protocol, TypeVar

from callclf.errors import CallclfError, unknown_name

__all__ = ["found_in", "named"]


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


def found_in(package: str, constant: str) -> tuple[Any, ...]:
    """Return what the modules of a package define under one name, ordered by their `name`.

    Parameters
    ----------
    package
        Its full name. Modules that begin with an underscore are left out.
    constant
        What to look for, such as "READER"; a module without it is no format.
    """
    folders = import_module(package).__path__
    names = [module.name for module in pkgutil.iter_modules(folders)]
    modules = [import_module(f"{package}.{name}") for name in names if not name.startswith("_")]
    found = [getattr(module, constant) for module in modules if hasattr(module, constant)]
    return tuple(sorted(found, key=lambda item: str(item.name)))


def named(formats: Sequence[T], name: str, error: type[CallclfError]) -> T:
    """Return the format with a name.

    Raises
    ------
    CallclfError
        Of the type given, if there is none; the message lists those that there are.
    """
    for item in formats:
        if item.name == name:
            return item
    raise error(unknown_name("format", name, [item.name for item in formats]))
