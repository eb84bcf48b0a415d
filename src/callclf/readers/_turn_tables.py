"""Special tables of turns, read as the generic one once their columns have its meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from callclf.readers import table as generic
from callclf.readers.reader import ReadOptions, Result, Table
from callclf.transcript import Transcript

__all__ = ["TurnRow", "read_turns", "word"]


class TurnRow(NamedTuple):
    """One row: values as they stand, None where there is nothing. Without text it is left out."""

    id: object
    text: str | None
    role: str | None
    speaker: str | None
    start: object


_COLUMNS: dict[str, str | None] = {
    **{name: name for name in TurnRow._fields},
    **dict.fromkeys(("turn", "end", "channel")),
}


def read_turns(
    table: Table, convert: Callable[[dict[str, Any]], TurnRow], options: ReadOptions, format: str
) -> Iterator[Result]:
    """Give the calls of a table.

    Parameters
    ----------
    table
        As it stands.
    convert
        Column -> value of a row, to what it means.
    options
        The caller's.
    format
        Name of the reader.
    """

    def rows() -> Iterator[tuple[str, tuple[Any, ...]]]:
        for where, values in table.rows():
            turn = convert(dict(zip(table.columns, values, strict=False)))
            # A call begins with its first words, not with what was logged before.
            yield where, turn if turn.text else turn._replace(start=None)

    derived = Table(TurnRow._fields, rows)
    for result in generic.READER.read(derived, replace(options, columns=_COLUMNS)):
        if isinstance(result, Transcript):
            meta = {**result.meta, "format": format}
            result = Transcript(result.turns, result.id, result.channel, meta)
        yield result


def word(value: object) -> str | None:
    """Return a cell as a string: numbers written out, NaN and nothing as None."""
    if value is None or value != value or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)
