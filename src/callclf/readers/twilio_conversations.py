"""Twilio Conversations: the messages of a chat, text message or WhatsApp conversation.

Written by: `GET /v1/Conversations/<sid>/Messages`; save the response, or the list of messages from
all its pages. Messages of several conversations may be mixed.

Recognised by: `messages`, or a bare list, whose objects have `conversation_sid` and `author`.

Roles: none. `author` is an identity, a phone number or an e-mail address; pass
`speakers={"+15550100": "customer", "dana": "agent"}`, or the same with the `participant_sid`.
Twilio calls itself "system". Messages of media only have no words and are left out.

Times: `date_created`, ISO 8601, in whole seconds; counted from the first message. Messages of the
same second are in the order of `index`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from callclf.errors import ReadError
from callclf.readers._grouped import each_call
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, some, string
from callclf.readers.reader import Reader, ReadOptions, Result
from callclf.readers.times import from_first, iso
from callclf.transcript import Transcript

__all__ = ["READER"]

_HOST = "conversations.twilio.com"

Message = tuple[int, str, dict[str, Any]]


def _sniff(value: object) -> bool:
    if isinstance(value, list):
        return _is_messages(value)
    if not isinstance(value, dict):
        return False
    messages, meta = value.get("messages"), value.get("meta")
    if messages == [] and isinstance(meta, dict):
        return _HOST in str(meta.get("url"))
    return _is_messages(messages)


def _is_messages(value: object) -> bool:
    return some(value, lambda one: "conversation_sid" in one and "author" in one)


def _read(value: object, options: ReadOptions) -> Iterator[Result]:
    record = {"messages": value} if isinstance(value, list) else mapping(value)
    messages = each(record, "messages")
    if not messages:
        raise ReadError("no turns: the list of messages is empty", where="messages")
    keyed = (
        (identifier(message.get("conversation_sid"), f"{at}.conversation_sid"), (i, at, message))
        for i, (at, message) in enumerate(messages)
    )
    yield from each_call(keyed, partial(_call, options=options))


def _call(id: str | None, messages: list[Message], *, options: ReadOptions) -> Transcript:
    messages = sorted(messages, key=_index)
    starts = from_first([iso(message.get("date_created")) for _, _, message in messages])
    rows = []
    for (i, where, message), start in zip(messages, starts, strict=True):
        text = string(message.get("body"), f"{where}.body")
        author = string(message.get("author"), f"{where}.author")
        participant = string(message.get("participant_sid"), f"{where}.participant_sid")
        rows.append(Row(i, text, participant, author, start))
    return assemble(rows, options, format=READER.name, id=id, channel="chat")


def _index(message: Message) -> int:
    index = message[2].get("index")
    return index if isinstance(index, int) else message[0]


READER = Reader(
    name="twilio_conversations",
    title="Twilio Conversations",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
