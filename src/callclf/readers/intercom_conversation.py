"""Intercom: conversations with their parts.

Written by: Intercom's `GET /conversations/{id}`, saved as it comes, or a list of such objects. The
list of conversations alone has no parts, and gives the first message of each only.

Recognised by: `source` and `conversation_parts`, or one of them with `type` "conversation"; also in
`conversations`.

Roles: the author's type: user, lead and contact are the customer; admin and team are agents; bot is
a bot, and so is what is marked `from_ai_agent`. Notes, which the customer does not see, become
system turns. The first message is an agent's where the company wrote first.

Times: Unix seconds, or ISO 8601, counted from the first message. A part older than that has no
usable time.

Bodies are HTML; their words are read. Parts without a body (assigned, closed) are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers._markup import plain_text
from callclf.readers._meta import plain
from callclf.readers._notes import NOTE, note_by
from callclf.readers._speech import objects
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, mapping, some, string
from callclf.readers.reader import Reader, ReadOptions, Result
from callclf.readers.times import from_first, iso, scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_CHANNELS = {"conversation": "chat"}
_BY_AI = ("from_ai_agent", "is_ai_answer")


def _sniff(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    return _is_conversation(value) or some(value.get("conversations"), _is_conversation)


def _is_conversation(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    marks = {"source", "conversation_parts"} & value.keys()
    return len(marks) == 2 or (bool(marks) and value.get("type") == "conversation")


def _read(value: object, options: ReadOptions) -> Iterator[Result]:
    record = mapping(value)
    if "conversations" not in record:
        yield _call(record, options)
        return
    for where, conversation in objects(record["conversations"], "conversations"):
        try:
            yield _call(conversation, options)
        except ReadError as error:
            place = f"{where}.{error.where}" if error.where else where
            yield ReadError(error.problem, where=place)


def _call(record: dict[str, Any], options: ReadOptions) -> Transcript:
    source = mapping(record.get("source") or {}, "source")
    messages = [
        ("source", {"created_at": record.get("created_at"), **source}),
        *_parts(record.get("conversation_parts") or []),
    ]
    moments = [_moment(message.get("created_at")) for _, message in messages]
    starts = from_first(_not_before_the_first(moments))
    rows = [
        _row(i, where, message, start)
        for i, ((where, message), start) in enumerate(zip(messages, starts, strict=True))
    ]
    kind = source.get("type")
    channel = _CHANNELS.get(kind, kind) if isinstance(kind, str) else None
    meta = plain({"subject": source.get("subject"), "state": record.get("state")})
    id = identifier(record.get("id"))
    return assemble(rows, options, format=READER.name, id=id, channel=channel, meta=meta)


def _parts(value: object) -> list[tuple[str, dict[str, Any]]]:
    path = "conversation_parts"
    if not isinstance(value, list):
        value = mapping(value, path).get(path) or []
        path = f"{path}.{path}"
    return objects(value, path)


def _moment(value: object) -> float | None:
    return iso(value) if isinstance(value, str) and "-" in value else scaled(value)


def _row(i: int, where: str, message: dict[str, Any], start: float | None) -> Row:
    author = mapping(message.get("author") or {}, f"{where}.author")
    role = string(author.get("type"), f"{where}.author.type")
    name = string(author.get("name"), f"{where}.author.name")
    speaker = name or identifier(author.get("id"), f"{where}.author.id")
    if any(part.get(mark) is True for part in (author, message) for mark in _BY_AI):
        role = "ai agent"  # Fin answers under the name and type of a colleague
    if NOTE in str(message.get("part_type")).split("_"):
        role, speaker = NOTE, note_by(speaker)
    body = string(message.get("body"), f"{where}.body")
    return Row(i, plain_text(body) if body else None, role, speaker, start)


def _not_before_the_first(moments: list[float | None]) -> list[float | None]:
    first = moments[0]
    if first is None:
        return moments
    return [math.nan if moment is not None and moment < first else moment for moment in moments]


READER = Reader(
    name="intercom_conversation",
    title="Intercom, conversations",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
