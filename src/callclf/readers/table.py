"""Tables with one turn a row: CSV, TSV, semicolons, parquet, DataFrames.

Written by: databases, warehouses and spreadsheets; Five9, NICE, Verint and others whose own export
is not public usually arrive this way. Export with a header, UTF-8, and one row a turn.

Recognised by: a header of short names and rows of as many fields; parquet by its first bytes. Asked
only if no more special table format fits. Columns are found by usual names (conversation_id,
turn_number, speaker, text, ...), and `columns=` names the others:
`columns={"id": "Case No", "text": "Body"}`. `columns={"id": None}` makes the whole table one call.

Roles: words in the role or speaker column; without either, every turn is unknown, with a warning.

Times: seconds, `hh:mm:ss` or ISO 8601 (then counted from the call's first); milliseconds where the
column's name ends in "ms" or "millis".

Rows are grouped by id, also where calls are interleaved, and sorted by turn number. Ids stay as
they are written ("007"). `source_index` is the row's number in the table, from 0. Any other column
that says the same in all rows of a call (queue, date) goes into `meta`. A table without a column
that could hold ids is one call. A call that is a single row, with labels in its text ("Agent: ...
Customer: ..."), is cut at the labels.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callclf.errors import ReadError
from callclf.readers._table_columns import cell, find_columns, whole_call, words
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, squeezed
from callclf.readers.reader import Reader, ReadOptions, Result, Table
from callclf.readers.times import clock, from_first, iso, scaled
from callclf.transcript import Transcript

__all__ = ["READER"]


def _sniff(table: object) -> bool:
    return isinstance(table, Table) and len(table.columns) > 1


@dataclass(slots=True)
class _Group:
    """The rows of one call that came so far."""

    first: str
    rows: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)
    problem: ReadError | None = None


def _read(table: Table, options: ReadOptions) -> Iterator[Result]:
    at = find_columns(table, options.columns)
    # Two passes: the first counts each call's rows, so that the second can let go of a call as
    # soon as its last row has come. Only counts and the calls now open are in memory.
    left = Counter(hash(key) for _, _, key, _ in _keyed(table, at))
    if _numbers_rows(table, at, options, left):
        raise ReadError(
            f"column {table.columns[at['id']]!r} has another id in each row; pass "
            "columns={'id': ...} with the column that holds the call's id, or the same one if "
            f"every call has one turn. Columns: {', '.join(map(repr, table.columns))}"
        )
    groups: dict[str | None, _Group] = {}
    nameless: list[str] = []
    for index, where, key, row in _keyed(table, at):
        if key is None and "id" in at:
            nameless.append(where)
            continue
        group = groups.setdefault(key, _Group(where))
        group.rows.append((index, row))
        if len(row) > len(table.columns):
            group.problem = ReadError(
                f"{len(row)} fields under {len(table.columns)} columns; is a field with the "
                "delimiter in it unquoted?",
                where=where,
            )
        left[hash(key)] -= 1
        # In the order in which calls begin: a finished one waits for those that began before.
        while groups and not left[hash(first := next(iter(groups)))]:
            yield _build(groups.pop(first), first, at, table, options)
    if nameless:
        yield ReadError(
            f"no id in {len(nameless)} row{'s' * (len(nameless) > 1)}; fill in the column "
            f"{table.columns[at['id']]!r}",
            where=nameless[0],
        )


def _keyed(
    table: Table, at: Mapping[str, int]
) -> Iterator[tuple[int, str, str | None, tuple[Any, ...]]]:
    position = at.get("id")
    for index, (where, row) in enumerate(table.rows()):
        if position is None:
            yield index, where, None, row
            continue
        value = cell(row, position)
        try:
            key = identifier(value)
        except ReadError:
            key = str(value)
        yield index, where, key, row


def _numbers_rows(
    table: Table, at: Mapping[str, int], options: ReadOptions, left: Counter[int]
) -> bool:
    guessed = "id" in at and "id" not in options.columns
    bare = guessed and squeezed(table.columns[at["id"]]) == "id"
    if not bare or len(left) < 2 or max(left.values()) > 1:
        return False
    _, first = next(table.rows(), ("", ()))
    return not whole_call(cell(first, at["text"]))


def _build(
    group: _Group, key: str | None, at: Mapping[str, int], table: Table, options: ReadOptions
) -> Result:
    if group.problem is not None:
        return group.problem
    try:
        return _transcript(group, key, at, table, options)
    except ReadError as error:
        return ReadError(f"call {key!r}: {error.problem}", where=error.where or group.first)


def _transcript(
    group: _Group, key: str | None, at: Mapping[str, int], table: Table, options: ReadOptions
) -> Transcript:
    warnings: list[str] = []
    ordered = _by_turn(group.rows, at, warnings)
    starts = _times(ordered, "start", at, table)
    ends = _times(ordered, "end", at, table)
    moments = from_first([t for pair in zip(starts, ends, strict=True) for t in pair])
    if any(isinstance(t, _Moment) for t in starts):
        starts, ends = moments[::2], moments[1::2]
    rows = [
        Row(
            index,
            words(cell(row, at["text"])),
            words(cell(row, at.get("role"))),
            words(cell(row, at.get("speaker"))),
            start,
            end,
        )
        for (index, row), start, end in zip(ordered, starts, ends, strict=True)
    ]
    if len(rows) == 1 and rows[0].role is None and rows[0].speaker is None:
        rows = whole_call(rows[0].text, options) or rows
    channel = words(cell(group.rows[0][1], at.get("channel")))
    meta = _constant(group, at, table) | ({"warnings": warnings} if warnings else {})
    return assemble(rows, options, format=READER.name, id=key, channel=channel, meta=meta)


def _constant(group: _Group, at: Mapping[str, int], table: Table) -> dict[str, Any]:
    """Return what the other columns say about the whole call: the same in each row."""
    constant = {}
    for position, name in enumerate(table.columns):
        if position not in at.values():
            value, *others = (cell(row, position) for _, row in group.rows)
            plain = isinstance(value, str | int | float) and value != ""
            if plain and all(other == value for other in others):
                constant[name] = value
    return constant


def _by_turn(
    rows: list[tuple[int, tuple[Any, ...]]], at: Mapping[str, int], warnings: list[str]
) -> list[tuple[int, tuple[Any, ...]]]:
    if "turn" not in at:
        return rows
    numbers = [scaled(cell(row, at["turn"])) for _, row in rows]
    known = [number for number in numbers if number is not None and math.isfinite(number)]
    if len(known) < len(rows):
        warnings.append("turn numbers are missing or no numbers, so the table's order is kept")
        return rows
    if repeated := len(known) - len(set(known)):
        warnings.append(f"turn numbers occur twice, so the table's order decides ({repeated})")
    return [row for _, row in sorted(zip(known, rows, strict=True), key=lambda pair: pair[0])]


class _Moment(float):
    """Seconds since 1970, to be counted from the call's first."""


def _times(
    rows: list[tuple[int, tuple[Any, ...]]], name: str, at: Mapping[str, int], table: Table
) -> list[float | None]:
    if name not in at:
        return [None] * len(rows)
    milliseconds = re.search(r"(ms|millis|milliseconds)$", squeezed(table.columns[at[name]]))
    per_second = 1000 if milliseconds else 1
    return [_time(cell(row, at[name]), per_second) for _, row in rows]


def _time(value: object, per_second: int) -> float | None:
    if isinstance(value, datetime):
        moment = iso(value)
        return None if moment is None else _Moment(moment)
    if isinstance(value, str) and ":" in value:
        seconds = clock(value)
        moment = iso(value) if math.isnan(seconds) else None
        return seconds if moment is None else _Moment(moment)
    return scaled(value, per_second)


READER = Reader(
    name="table",
    title="Tables, one turn a row (CSV, TSV, parquet, DataFrame)",
    kind="table",
    sniff=_sniff,
    read=_read,
    suffixes=(".csv", ".tsv", ".parquet"),
    fallback=True,
)
