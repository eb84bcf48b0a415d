"""Access to parsed JSON that answers the wrong shape with a `ReadError` naming the path."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from callclf.errors import ReadError

__all__ = ["each", "identifier", "items", "mapping", "some", "squeezed", "string"]

_MISSING = object()

_LOOK = 20
"""Elements of a list looked at to recognise it: the first may lack what the others have."""


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    if value is _MISSING:
        return "nothing"
    if value is None:
        return "null"
    return names.get(type(value), f"a {type(value).__name__}")


def mapping(value: object, where: str | None = None) -> dict[str, Any]:
    """Return a JSON object.

    Parameters
    ----------
    value
        What stands there.
    where
        Its path, such as "Transcript[3]".

    Raises
    ------
    ReadError
        If it is none.
    """
    if not isinstance(value, dict):
        raise ReadError(f"expected an object, got {_kind(value)}", where=where)
    return value


def items(record: dict[str, Any], key: str, within: str = "") -> list[Any]:
    """Return the list under a key.

    Parameters
    ----------
    record
        What holds the key.
    key
        Its name.
    within
        Path of `record`, for the message; "" for the document itself.

    Raises
    ------
    ReadError
        If the key is missing or holds no list.
    """
    value = record.get(key, _MISSING)
    if not isinstance(value, list):
        raise ReadError(f"expected a list, got {_kind(value)}", where=_path(within, key))
    return value


def each(record: dict[str, Any], key: str, within: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Return the objects in the list under a key, each with its path.

    Parameters
    ----------
    record, key, within
        As for `items`.

    Raises
    ------
    ReadError
        If there is no list, or something else than objects in it.
    """
    path = _path(within, key)
    return [
        (f"{path}[{i}]", mapping(value, f"{path}[{i}]"))
        for i, value in enumerate(items(record, key, within))
    ]


def _path(within: str, key: str) -> str:
    return f"{within}.{key}" if within else key


def some(value: object, test: Callable[[dict[str, Any]], bool]) -> bool:
    """Say whether a value is a list in which one of the first objects passes a test."""
    return isinstance(value, list) and any(isinstance(v, dict) and test(v) for v in value[:_LOOK])


@lru_cache(maxsize=4096)
def squeezed(name: str) -> str:
    """Return a field's name without case, spaces and marks.

    >>> squeezed("Speaker_Name"), squeezed("speakerName")
    ('speakername', 'speakername')
    """
    return re.sub(r"[\W_]", "", name.casefold())


def string(value: object, where: str) -> str | None:
    """Return a string, or None where there is null or nothing.

    Raises
    ------
    ReadError
        If something else stands there.
    """
    if value is None or isinstance(value, str):
        return value
    raise ReadError(f"expected a string, got {_kind(value)}", where=where)


def identifier(value: object, where: str = "id") -> str | None:
    """Return an id as a string: numbers are written out, empty ones are None.

    >>> identifier(7), identifier("007"), identifier("")
    ('7', '007', None)

    Raises
    ------
    ReadError
        If it is neither a string nor a number.
    """
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a spreadsheet's or DataFrame's way to hold whole numbers
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ReadError(f"expected a string or a number, got {_kind(value)}", where=where)
    return str(value)
