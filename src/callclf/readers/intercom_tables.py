"""Intercom: conversation parts as a table.

Written by: warehouses that Intercom is copied to (Fivetran: `conversation_part_history`; other
connectors use the same names).

Recognised by: the columns `conversation_id`, `author_type`, `part_type` and `body`.

Roles: `author_type`: user, lead and contact are the customer; admin and team are agents; bot is a
bot. Notes, which the customer does not see, become system turns. The speaker is `author_id`.

Times: `created_at`, counted from the first part of the conversation, which also gives the order.

Bodies may be HTML; their words are read. Parts without a body (assigned, closed) are left out, and
a conversation with none is an error of its own. Superseded rows (`_fivetran_active` false) are left
out. The message that opens a conversation is no part: join it in from the table of sources.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.readers._markup import plain_text
from callclf.readers._notes import NOTE, note_by
from callclf.readers._turn_tables import TurnRow, read_turns, word
from callclf.readers.reader import Reader, ReadOptions, Result, Table

__all__ = ["READER"]

_COLUMNS = {"conversation_id", "author_type", "part_type", "body"}


def _sniff(table: object) -> bool:
    return isinstance(table, Table) and set(table.columns) >= _COLUMNS


def _read(table: Table, options: ReadOptions) -> Iterator[Result]:
    return read_turns(table, _turn, options, READER.name)


def _turn(row: dict[str, Any]) -> TurnRow:
    body = word(row.get("body"))
    superseded = (word(row.get("_fivetran_active")) or "").casefold() == "false"
    role, speaker = word(row.get("author_type")), word(row.get("author_id"))
    if NOTE in (word(row.get("part_type")) or "").split("_"):
        role, speaker = NOTE, note_by(speaker)
    return TurnRow(
        row.get("conversation_id"),
        plain_text(body) if body and not superseded else None,
        role,
        speaker,
        row.get("created_at"),
    )


READER = Reader(
    name="intercom_tables",
    title="Intercom, table of conversation parts",
    kind="table",
    sniff=_sniff,
    read=_read,
    suffixes=(".csv", ".parquet"),
)
