"""All readers: found in this package, chosen by content or by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from callclf.discovery import found_in, named
from callclf.errors import AmbiguousFormatError, ReadError, UnknownFormatError
from callclf.readers.reader import Reader

__all__ = ["choose", "claims", "find", "formats", "matching", "register"]

_registered: list[Reader] = []


@cache
def _own() -> tuple[Reader, ...]:
    # On first use, so that `import callclf` does not grow with the number of formats.
    return found_in("callclf.readers", "READER")


def formats() -> tuple[Reader, ...]:
    """Return all readers, ordered by name, those added with `register` last."""
    return (*_own(), *_registered)


def register(reader: Reader) -> None:
    """Add a reader for a format of your own, for this process.

    Raises
    ------
    ReadError
        If the name is taken.
    """
    if any(reader.name == other.name for other in formats()):
        raise ReadError(f"there is a reader named {reader.name!r} already; choose another name")
    _registered.append(reader)


def find(name: str) -> Reader:
    """Return the reader with a name.

    Raises
    ------
    UnknownFormatError
        If there is none; the message lists those that there are.
    """
    return named(formats(), name, UnknownFormatError)


def claims(reader: Reader, value: object) -> bool:
    """Say whether a reader recognises content of its kind."""
    if reader.whole_file and not isinstance(value, list):
        value = [value]
    return reader.sniff(value)


def matching(contents: Mapping[str, Any]) -> list[Reader]:
    """Return the readers that recognise the content; generic ones only if no other does.

    Parameters
    ----------
    contents
        Kind -> content of that kind. Delimited text may be a table and text.
    """
    asked = [reader for reader in formats() if reader.kind in contents]
    matches = [reader for reader in asked if claims(reader, contents[reader.kind])]
    return [reader for reader in matches if not reader.fallback] or matches


def choose(contents: Mapping[str, Any], *, where: str | None = None) -> Reader:
    """Return the one reader that recognises the content.

    Parameters
    ----------
    contents
        Kind -> content of that kind.
    where
        Place in the source, for error messages.

    Raises
    ------
    UnknownFormatError, AmbiguousFormatError
        If no reader, or more than one, recognises it; the message names them.
    """
    matches = matching(contents)
    if len(matches) == 1:
        return matches[0]
    if matches:
        names = " and ".join(repr(reader.name) for reader in matches)
        raise AmbiguousFormatError(
            f"the content fits {names}; choose one with format=, such as "
            f"format={matches[0].name!r}",
            where=where,
        )
    known = ", ".join(reader.name for reader in formats() if reader.kind in contents)
    raise UnknownFormatError(
        f"{_describe(contents)} in no known format; pass format= to say which it is. "
        f"Formats of this kind: {known}",
        where=where,
    )


def _describe(contents: Mapping[str, Any]) -> str:
    if "table" in contents:
        return f"table with the columns {', '.join(map(repr, contents['table'].columns))}"
    if "text" in contents:
        first = next((line for line in contents["text"].split("\n") if line.strip()), "")
        return f"text beginning with {first.strip()[:60]!r}"
    value = contents["json"]
    if isinstance(value, dict):
        keys = ", ".join(repr(key) for key in list(value)[:8])
        return f"JSON object with the keys {keys or '(none)'}"
    if isinstance(value, list):
        return f"JSON list of {len(value)}"
    return f"JSON {type(value).__name__}"
