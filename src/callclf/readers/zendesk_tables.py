"""Zendesk: chat events or ticket comments as a table.

Written by: warehouses that Zendesk is copied to (Fivetran: `ticket_chat_event`, `ticket_comment`;
other connectors use the same names).

Recognised by: the columns `chat_id`, `actor_id` and `message`, or `ticket_id`, `public` and `body`
with `user_id` or `author_id`.

Roles: in chats `actor_id`: "agent:" before an id is an agent, or a bot where the answer bot wrote;
"__system" and "__trigger" are the system; a bare id is the visitor, or unknown
where the answer bot is the source. In tickets the authors are ids: join the users' `role` in as a
column, or pass `speakers={"8812": "agent"}`. Comments that are not public are internal notes and
become system turns.

Times: `created_at` or `created`, counted from the first, which also gives the order.

The text of a chat event is `message`, else the text within the JSON of `original_message`. Events
without either (joined, left, forms) are left out; a chat with none is an error of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from callclf.readers._markup import plain_text
from callclf.readers._notes import NOTE, note_by
from callclf.readers._turn_tables import TurnRow, read_turns, word
from callclf.readers.reader import Reader, ReadOptions, Result, Table

__all__ = ["READER"]

_CHAT = {"chat_id", "actor_id", "message"}
_TICKET = {"ticket_id", "public", "body"}
_AUTHORS = ("author_id", "user_id")
_ROLES = ("role", "author_role", "user_role")
_BOT = "answerbot"


def _sniff(table: object) -> bool:
    if not isinstance(table, Table):
        return False
    columns = set(table.columns)
    return columns >= _CHAT or (columns >= _TICKET and not columns.isdisjoint(_AUTHORS))


def _read(table: Table, options: ReadOptions) -> Iterator[Result]:
    chat = set(table.columns) >= _CHAT
    return read_turns(table, _event if chat else _comment, options, READER.name)


def _event(row: dict[str, Any]) -> TurnRow:
    original = _parsed(row.get("original_message"))
    actor = word(row.get("actor_id"))
    role, speaker = _actor(actor, original)
    text = word(row.get("message")) or _within(original, "content", "text", "text")
    return TurnRow(row.get("chat_id"), text, role, speaker, row.get("created_at"))


def _actor(actor: str | None, original: object) -> tuple[str | None, str | None]:
    if actor is None:
        return None, None
    if actor.startswith("__"):
        return "system", actor.strip("_")
    kind, colon, id = actor.rpartition(":")
    by_bot = _BOT in (_within(original, "source", "type") or "").casefold()
    if not colon:
        # A visitor by the id and the bot by the source: then the table does not say who it is.
        return None if by_bot else "visitor", actor
    return "bot" if by_bot else kind, id or None


def _comment(row: dict[str, Any]) -> TurnRow:
    body = word(row.get("body"))
    role, speaker = _first(row, _ROLES), _first(row, _AUTHORS)
    if (word(row.get("public")) or "").casefold() in ("false", "0", "f", "no"):
        role, speaker = NOTE, note_by(speaker)
    return TurnRow(
        row.get("ticket_id"),
        plain_text(body) if body else None,
        role,
        speaker,
        _first(row, ("created_at", "created")),
    )


def _first(row: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((found for name in names if (found := word(row.get(name)))), None)


def _parsed(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None  # the message itself is in a column of its own


def _within(value: object, *keys: str) -> str | None:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


READER = Reader(
    name="zendesk_tables",
    title="Zendesk, tables of chat events and ticket comments",
    kind="table",
    sniff=_sniff,
    read=_read,
    suffixes=(".csv", ".parquet"),
)
