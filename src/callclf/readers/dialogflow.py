"""Google Dialogflow: the messages of a conversation.

Written by: the Dialogflow interface: `conversations.messages.list` (`messages`, latest first), and
`MessageEntry` objects in a `ConversationContext` (`messageEntries`). Bare lists of either are read
too.

Recognised by: `content` with `participantRole`, or `text` with a `role` in Dialogflow's words.

Roles: `participantRole` or `role`: HUMAN_AGENT, AUTOMATED_AGENT or END_USER; ROLE_UNSPECIFIED stays
unknown. `participant` tells people of one role apart.

Times: `createTime` (`sendTime` if it is there), RFC 3339; counted from the first message, and
messages are sorted by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from callclf.readers._google import camel
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, some, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import from_first, iso
from callclf.transcript import Transcript

__all__ = ["READER"]

_LISTS = ("messages", "messageEntries", "message_entries")
_ROLES = ("HUMAN_AGENT", "AUTOMATED_AGENT", "END_USER", "ROLE_UNSPECIFIED")
_CONVERSATION = re.compile(r"/conversations/([^/]+)/")


def _sniff(value: object) -> bool:
    return _is_messages(value) or (isinstance(value, dict) and _key(value) is not None)


def _key(record: dict[str, Any]) -> str | None:
    return next((key for key in _LISTS if _is_messages(record.get(key))), None)


def _is_messages(value: object) -> bool:
    return some(value, _is_message)


def _is_message(value: dict[str, Any]) -> bool:
    if "participantRole" in value or "participant_role" in value:
        return "content" in value
    return "text" in value and value.get("role") in _ROLES


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = camel({_LISTS[0]: value} if isinstance(value, list) else mapping(value))
    messages = each(record, _key(record) or _LISTS[0])
    times = [message.get("sendTime") or message.get("createTime") for _, message in messages]
    starts = from_first([iso(time) for time in times])
    rows, languages = [], []
    for i, (where, message) in enumerate(messages):
        text = message.get("content") if "content" in message else message.get("text")
        role = message.get("participantRole") or message.get("role")
        speaker = identifier(message.get("participant"), f"{where}.participant")
        rows.append(Row(i, string(text, where), string(role, where), _last(speaker), starts[i]))
        languages.append(string(message.get("languageCode"), f"{where}.languageCode"))
    language = next(filter(None, languages), None)
    yield assemble(
        rows,
        options,
        format=READER.name,
        id=_conversation(messages),
        channel="chat",
        meta={"language": language} if language else {},
    )


def _last(name: str | None) -> str | None:
    return name.rpartition("/")[2] or None if name else None


def _conversation(messages: list[tuple[str, dict[str, Any]]]) -> str | None:
    for where, message in messages:
        name = string(message.get("name"), f"{where}.name")
        if name and (match := _CONVERSATION.search(name)):
            return match[1]
    return None


READER = Reader(
    name="dialogflow",
    title="Google Dialogflow messages",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
