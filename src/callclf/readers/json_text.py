"""JSON from bytes: one document, or JSON lines; and errors that say where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import msgspec

from callclf.errors import ReadError
from callclf.readers.sources import Stream

__all__ = ["Document", "Lines", "looks_like_json", "open_json"]

_NONE = object()
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder()
_HOLDERS = frozenset({dict, list})
_LOOK_AHEAD = 50
"""Lines looked at to tell JSON lines from one document."""


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON value."""

    value: object


@dataclass(frozen=True, slots=True)
class Lines:
    """JSON lines: (line number, value), or the error in place of the value."""

    values: Iterator[tuple[int, Any]]


def looks_like_json(beginning: str) -> bool:
    """Say whether text is meant as JSON; "[00:01] Agent: hello" is not."""
    text = beginning.lstrip()
    if text[:1] == "{" or (text[:1] == "[" and text[1:].lstrip()[:1] in ("{", "[", '"', "]")):
        return True
    # The first line may be damaged, or hold something else, before JSON lines.
    second, third, *_ = [*text.split("\n", 3)[1:3], "", ""]
    return all(line[:1] == "{" and line.rstrip()[-1:] == "}" for line in (second, third))


def open_json(stream: Stream) -> Document | Lines:
    """Tell JSON lines from one document, and parse it.

    Objects that follow each other in any other way are read like lines, as a whole.

    Two neighbouring lines that are JSON values by themselves cannot be part of one document, so a
    damaged first line does not hide JSON lines, and a pretty-printed document is not taken for
    them.

    Raises
    ------
    ReadError
        If it is one document and not valid; with line and column.
    """
    lines = stream.lines()
    seen: list[bytes] = []
    alone: list[bool] = []
    first: object = _NONE
    for raw in lines:
        seen.append(raw)
        if not raw.strip():
            continue
        value = _alone(stream, raw)
        alone.append(value is not _NONE)
        first = first if len(alone) > 1 else value
        if len(alone) > 1 and (alone[0] or (alone[-1] and alone[-2])):
            return Lines(_parsed(stream, chain(seen, lines)))
        if len(alone) == _LOOK_AHEAD:
            break
    if alone == [True]:
        return Document(first)  # the usual export, on one line: large ones are parsed once
    data = _joined(stream, chain(seen, lines))
    try:
        return Document(parse(stream, data))
    except ReadError:
        if several := _one_after_another(stream, data):
            return Lines(iter(several))
        if len(alone) < _LOOK_AHEAD and any(alone):
            begins = next(raw.strip() for raw in seen if raw.strip())
            if begins[-1:] not in b"[{,:":
                return Lines(_parsed(stream, iter(seen)))
        raise


def _one_after_another(stream: Stream, data: bytes) -> list[tuple[int, Any]]:
    """Return (line, value) of objects that follow each other without commas; none if they do not.

    Delivery streams write them without line ends, `jq` over several lines.
    """
    text, decoder = stream.decode(data), json.JSONDecoder()
    found: list[tuple[int, Any]] = []
    line, seen, place = 1, 0, _skip(text, 0)
    while place < len(text):
        try:
            value, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return []
        if not isinstance(value, dict):
            return []
        line, seen = line + text.count("\n", seen, place), place
        _check_depth(value, end - place, stream.options.max_depth)
        found.append((line, value))
        place = _skip(text, end)
    return found if len(found) > 1 else []


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n":
        place += 1
    return place


def _alone(stream: Stream, raw: bytes) -> object:
    """Return the JSON value that a line is by itself, or `_NONE`."""
    line = raw.strip()
    if line[:1] not in b"{[" or line[-1:] not in b"}]":
        return _NONE
    try:
        return parse(stream, line)
    except ReadError:
        return _NONE


def _joined(stream: Stream, lines: Iterator[bytes]) -> bytes:
    parts, size, limit = [], 0, stream.options.max_bytes
    for line in lines:
        parts.append(line)
        size += len(line)
        if size > limit:
            raise ReadError(
                f"one JSON document of more than {limit:,} bytes, which would have to be held in "
                "memory at once; turn it into JSON lines, or raise max_bytes"
            )
    return b"".join(parts)


def _parsed(stream: Stream, lines: Iterator[bytes]) -> Iterator[tuple[int, Any]]:
    for number, raw in enumerate(lines, 1):
        if raw.isspace():
            continue
        try:
            yield number, parse(stream, raw)
        except ReadError as error:
            # The place within the line: its own "line 1" would mislead.
            column = (error.where or "").partition("column ")[2]
            where = f"line {number}, column {column}" if column else f"line {number}"
            yield number, ReadError(error.problem, where=where)


def parse(stream: Stream, data: bytes) -> object:
    """Parse JSON text.

    Parameters
    ----------
    stream
        Where the text comes from, for its encoding and the limits.
    data
        The text.

    Raises
    ------
    ReadError
        If it is not valid, with line and column, or nested deeper than the limit.
    """
    limit = stream.options.max_depth
    value = _fast(data) if stream.encoding == "utf-8" else _NONE
    if value is _NONE:
        value = _slow(stream.decode(data), limit)
    _check_depth(value, data.count(b"[") + data.count(b"{"), limit)
    return value


def _fast(data: bytes) -> object:
    # It is stricter than the json module (no NaN, no halves of surrogate pairs), and says less of
    # what is wrong: what it refuses, that module reads or refuses.
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return _NONE


def _slow(text: str, limit: int) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        cut = "; the text ends too early" if error.pos >= len(text.rstrip()) else ""
        raise ReadError(
            f"not valid JSON: {error.msg}{cut}",
            where=f"line {error.lineno}, column {error.colno}",
        ) from None
    except RecursionError:
        raise _too_deep(limit) from None
    except ValueError as error:  # a number with thousands of digits
        raise ReadError(f"not valid JSON: {error}") from None


def _check_depth(value: object, brackets: int, limit: int) -> None:
    # Counting first: nearly all lines have fewer brackets than the limit, in whatever order.
    if brackets > limit and _is_deeper(value, limit):
        raise _too_deep(limit)


def _is_deeper(value: object, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)  # type: ignore[attr-defined]
            if type(inner) in _HOLDERS
        ]
        if not level:
            return False
    return True


def _too_deep(limit: int) -> ReadError:
    return ReadError(f"JSON nested more than {limit} deep, and no transcript is; see max_depth")
