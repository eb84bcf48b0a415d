"""Which column of a table of turns holds what, by its name or by what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from callclf.errors import ReadError, unknown_name
from callclf.readers._whole_text import text_rows
from callclf.readers.assemble import Row
from callclf.readers.fields import identifier, squeezed
from callclf.readers.reader import ReadOptions, Table
from callclf.readers.roles import role_of
from callclf.transcript import Role

__all__ = ["cell", "find_columns", "whole_call", "words"]

# Squeezed header names, the surest first: a bare "id" often numbers the rows.
_USUAL = {
    "id": "conversationid callid contactid chatid sessionid dialogueid dialogid transcriptid "
    "interactionid ticketid threadid caseid conversation call dialogue id",
    "text": "text utterance message messagetext content body transcript transcripttext "
    "transcription sentence phrase words",
    "turn": "turnnumber turn turnid turnindex turnno turnnum utteranceindex messageindex "
    "sequence seq sequencenumber position index lineno linenumber",
    "role": "role speakerrole participantrole authorrole authortype sendertype senderrole "
    "participanttype speakertype party side",
    "speaker": "speaker speakername speakerlabel speakerid author authorname authorid sender "
    "sendername senderid participant participantname participantid from",
    "start": "start starttime startseconds startsec starts begin begintime startms startmillis "
    "startoffset beginoffsetmillis offset offsetms timestamp time datetime createdat sentat",
    "end": "end endtime endseconds endsec ends endms endmillis endoffset endoffsetmillis",
    "channel": "",  # in most tables "channel" is an audio channel
}

_WHOLE = ("conversation", "dialogue", "dialog", "call", "chat")
"""Columns that hold an id in most tables, and in some the conversation itself."""

_PEEK = 20
"""Rows looked at."""


def find_columns(table: Table, wanted: Mapping[str, str | None]) -> dict[str, int]:
    """Return field -> position, for the fields that the table has.

    Parameters
    ----------
    table
        The table.
    wanted
        The caller's `columns`.

    Raises
    ------
    ReadError
        If it cannot be told where the id or the text of each turn is.
    """
    named = [column for column in wanted.values() if column is not None]
    for column in named:
        if column not in table.columns:
            raise ReadError(unknown_name("column", column, table.columns))
    at = {squeezed(c): i for i, c in reversed(list(enumerate(table.columns))) if c not in named}
    found: dict[str, int] = {}
    for name, usual in _USUAL.items():
        if name not in wanted:
            found.update((name, at[word]) for word in usual.split()[::-1] if word in at)
        elif (given := wanted[name]) is not None:
            found[name] = table.columns.index(given)
    if found.keys().isdisjoint(("role", "speaker")) and not wanted:
        found.update(_in_cells(table, at, found))
    # Where every column is something else, none can hold an id: the table is one call.
    one_call = "id" in wanted or len(found) == len(table.columns)
    missing = [n for n in ("id", "text") if n not in found and not (n == "id" and one_call)]
    if missing:
        example = ", ".join(f"{name!r}: ..." for name in missing)
        raise ReadError(
            f"cannot tell which column holds the {' and the '.join(missing)} of each turn; pass "
            f"columns={{{example}}}. Columns: {', '.join(map(repr, table.columns))}"
        )
    return found


def _in_cells(table: Table, at: Mapping[str, int], found: Mapping[str, int]) -> dict[str, int]:
    """Find what no header tells: channels named by a side, and whole calls in one cell."""
    rows = [row for _, row in islice(table.rows(), _PEEK)]
    more: dict[str, int] = {}
    channels = (cell(row, at.get("channel")) for row in rows)
    if any(isinstance(name, str) and role_of(name) is not Role.UNKNOWN for name in channels):
        more["speaker"] = at["channel"]
    if "text" not in found:
        whole = (at[name] for name in _WHOLE if name in at)
        ids = [at[name] for name in _USUAL["id"].split() if name in at]
        for position in whole:
            others = [other for other in ids if other != position]
            if others and any(whole_call(cell(row, position)) for row in rows):
                return more | {"text": position, "id": others[0]}
    return more


def whole_call(value: object, options: ReadOptions | None = None) -> list[Row]:
    """Return the turns of a call that is one text with two labels or more; else nothing.

    Parameters
    ----------
    value
        What a cell holds.
    options
        The caller's.
    """
    if not isinstance(value, str):
        return []
    rows = text_rows(value, options or ReadOptions())
    return rows if len({row.speaker for row in rows if row.speaker}) > 1 else []


def cell(row: tuple[Any, ...], position: int | None) -> Any:
    """Return the value at a position, or None where there is nothing."""
    if position is None or position >= len(row):
        return None
    value = row[position]
    # Not equal to itself: NaN and NaT, which DataFrames hold where there is nothing.
    return None if value is None or value != value else value


def words(value: object) -> str | None:
    """Return a cell as words; a message that is a number ("4587") comes as one from parquet.

    Raises
    ------
    ReadError
        If it holds something else.
    """
    if value is None or isinstance(value, str):
        return value
    return identifier(value, "text")
