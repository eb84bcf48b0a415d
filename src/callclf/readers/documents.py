"""From one source's content to its calls: decide what it is, choose the reader, run it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from callclf.errors import ReadError, TranscriptError
from callclf.readers import tables
from callclf.readers.json_text import Document, looks_like_json, open_json
from callclf.readers.reader import Reader, ReadOptions, Result, Table
from callclf.readers.registry import choose, claims, matching
from callclf.readers.sources import Stream

__all__ = ["Item", "read_folder", "read_json", "read_stream", "read_table"]

_TRIES = 100
"""Records looked at before a source of many is refused as of no known format."""


_WRAPPED = 5
"""Elements looked at of a list within an object."""


class Item(NamedTuple):
    """One call, or why it cannot be read, and where it stands in its source."""

    where: str
    result: Result


Record = tuple[str, Any]
"""Where a record stands, and its JSON value, or the `ReadError` in its place."""


def read_stream(stream: Stream, reader: Reader | None, options: ReadOptions) -> Iterator[Item]:
    """Give the calls in a file.

    Parameters
    ----------
    reader
        The one to use, or None to recognise the content.

    Raises
    ------
    ReadError
        If the source as a whole cannot be read. What is wrong with one call of several comes as
        an item instead.
    """
    if stream.is_parquet:
        return read_table(tables.from_parquet(stream), reader, options)
    beginning = stream.beginning()
    if (reader.kind == "json") if reader else looks_like_json(beginning):
        content = open_json(stream)
        if isinstance(content, Document):
            return read_json(content.value, reader, options)
        records = ((f"line {number}", value) for number, value in content.values)
        return _read_records(records, reader, options)
    contents: dict[str, Any] = {"text": beginning}
    if reader is None:
        if tables.guess_delimiter(stream.first_lines()):
            contents["table"] = tables.from_text(stream)
        elif "\0" in beginning:
            stream.text()  # says that this is no text, and where
        reader = choose(contents)
    if reader.kind == "table":
        return _run(reader, contents.get("table") or tables.from_text(stream), options)
    return _run(reader, stream.text(), options)


def read_table(table: Table, reader: Reader | None, options: ReadOptions) -> Iterator[Item]:
    """Give the calls in a table: one turn a row, or one call a row with its turns in a cell.

    See `read_stream`.
    """
    if reader.kind == "json" if reader else _holds_calls(table):
        records = ((where, _record(table, row)) for where, row in table.rows())
        return _read_records(records, reader, options)
    if reader is not None and reader.kind != "table":
        raise ReadError(f"format {reader.name!r} reads {reader.kind}, and this is a table")
    return _run(reader or choose({"table": table}), table, options)


def _holds_calls(table: Table) -> bool:
    _, row = next(table.rows(), ("", ()))
    nested = any(isinstance(value, list | dict) for value in row)
    return nested and bool(matching({"json": _record(table, row)}))


def _record(table: Table, row: tuple[Any, ...]) -> dict[str, Any]:
    return {name: _records(value) for name, value in zip(table.columns, row, strict=False)}


def _records(value: Any) -> Any:
    """Return a list of records for the columns that datasets keep a list of records as."""
    if not isinstance(value, dict) or not all(isinstance(part, list) for part in value.values()):
        return value
    lengths = {len(part) for part in value.values()}
    if len(value) < 2 or len(lengths) != 1:
        return value
    return [dict(zip(value, parts, strict=True)) for parts in zip(*value.values(), strict=True)]


def read_folder(folder: Path | None, reader: Reader, options: ReadOptions) -> Iterator[Item]:
    """Give the calls in a folder whose files belong together; see `read_stream`."""
    if folder is None:
        raise ReadError(f"format {reader.name!r} reads a folder, and this is none")
    return _run(reader, folder, options)


def read_json(value: object, reader: Reader | None, options: ReadOptions) -> Iterator[Item]:
    """Give the calls in parsed JSON: one document, or a list with a call in each element.

    See `read_stream`.
    """
    if reader is not None and reader.kind != "json":
        raise ReadError(f"format {reader.name!r} reads {reader.kind}, and this is parsed JSON")
    path, value = _unwrapped(value, reader)
    elements = value if isinstance(value, list) and not _fits(value, reader) else []
    if any(_fits(element, reader) for element in elements[:_TRIES]):
        records = ((f"{path}[{i}]", element) for i, element in enumerate(elements))
        return _read_records(records, reader, options)
    reader = reader or choose({"json": value})
    if reader.whole_file and not isinstance(value, list):
        value = [value]
    return _run(reader, value, options)


def _unwrapped(value: object, reader: Reader | None) -> tuple[str, object]:
    """Return what stands in an object that is no known format itself, and its path.

    Interfaces answer with calls under "data", "conversations", "result" and other names.
    """
    if not isinstance(value, dict) or _fits(value, reader):
        return "", value
    # Words look like turns of one word each.
    inner = [
        (key, part)
        for key, part in value.items()
        if isinstance(part, dict | list) and "word" not in key.casefold()
    ]
    fitting = [(key, part) for key, part in inner[:_TRIES] if _holds(part, reader)]
    # Several would be a guess; and what a reader is told to read, it may refuse itself.
    return fitting[0] if len(fitting) == 1 else ("", value)


def _holds(part: dict[str, Any] | list[Any], reader: Reader | None) -> bool:
    if _fits(part, reader):
        return True
    return isinstance(part, list) and any(_fits(element, reader) for element in part[:_WRAPPED])


def _fits(value: object, reader: Reader | None) -> bool:
    return claims(reader, value) if reader else bool(matching({"json": value}))


def _read_records(
    records: Iterator[Record], reader: Reader | None, options: ReadOptions
) -> Iterator[Item]:
    if reader is None:
        reader, records = _settle(records)
    together: list[Any] = []
    for where, value in records:
        if isinstance(value, ReadError):
            yield Item(where, value)
        elif reader.whole_file:
            together.append(value)
        else:
            try:
                for result in _results(reader, value, options):
                    yield Item(where, result)
            except ReadError as error:
                yield Item(where, _within(where, error))
    if reader.whole_file:
        yield from _run(reader, together, options)


def _settle(records: Iterator[Record]) -> tuple[Reader, Iterator[Record]]:
    """Choose the reader by the first record that any reader recognises."""
    tried: list[Record] = []
    for where, value in islice(records, _TRIES):
        tried.append((where, value))
        if not isinstance(value, ReadError) and matching({"json": value}):
            return choose({"json": value}, where=where), chain(tried, records)
    for where, value in tried:
        if not isinstance(value, ReadError):
            choose({"json": value}, where=where)  # says that none fits
    raise tried[0][1]


def _within(where: str, error: ReadError) -> ReadError:
    if error.where:
        where = f"{where}{'.' if where.startswith('[') else ', '}{error.where}"
    return type(error)(error.problem, where=where)


def _run(reader: Reader, content: object, options: ReadOptions) -> Iterator[Item]:
    for number, result in enumerate(_results(reader, content, options), 1):
        yield Item(f"call {number}", result)


def _results(reader: Reader, content: object, options: ReadOptions) -> Iterator[Result]:
    try:
        yield from reader.read(content, options)
    except TranscriptError as error:
        raise ReadError(str(error)) from error
