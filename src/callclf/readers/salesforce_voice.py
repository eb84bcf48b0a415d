"""Salesforce Service Cloud Voice: transcript messages of voice calls.

Written by: telephony systems that send transcripts to Salesforce: the body of
`/telephony/v1/voiceCalls/messages` (`entries` with a `vendorCallKey` each) or of the same call for
one voice call (`messages`); bare lists of messages are read too.

Recognised by: `content` with `senderType`.

Roles: `senderType`: END_USER, HUMAN_AGENT or VIRTUAL_AGENT (a bot). `participantId` tells
people of one role apart. Of messages with one `messageId` the last counts.

Times: `startTime` and `endTime`, milliseconds since 1970; counted from the first message.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from callclf.readers._grouped import each_call
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, some, string
from callclf.readers.reader import Reader, ReadOptions, Result
from callclf.readers.times import from_first, scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

Message = tuple[str, dict[str, Any]]


def _sniff(value: object) -> bool:
    if isinstance(value, list):
        return _is_messages(value)
    if not isinstance(value, dict):
        return False
    entries = value.get("entries")
    if isinstance(entries, list) and entries and isinstance(entries[0], dict):
        return "vendorCallKey" in entries[0] and isinstance(entries[0].get("messages"), list)
    return _is_messages(value.get("messages"))


def _is_messages(value: object) -> bool:
    return some(value, lambda one: "content" in one and "senderType" in one)


def _read(value: object, options: ReadOptions) -> Iterator[Result]:
    record = {"messages": value} if isinstance(value, list) else mapping(value)
    yield from each_call(_messages(record), partial(_call, options=options))


def _messages(record: dict[str, Any]) -> Iterator[tuple[str | None, Message]]:
    for at, entry in each(record, "entries") if "entries" in record else [("", record)]:
        key = identifier(entry.get("vendorCallKey"), f"{at}.vendorCallKey")
        for message in each(entry, "messages", at):
            yield key, message


def _call(id: str | None, messages: list[Message], *, options: ReadOptions) -> Transcript:
    kept: dict[object, tuple[int, Message]] = {}
    for i, (where, message) in enumerate(messages):
        own = identifier(message.get("messageId"), f"{where}.messageId")
        # A message without an id stands for itself.
        kept[own or i] = (i, (where, message))
    listed = list(kept.values())
    starts = [scaled(message.get("startTime"), 1000) for _, (_, message) in listed]
    ends = [scaled(message.get("endTime"), 1000) for _, (_, message) in listed]
    times = from_first([*starts, *ends])
    rows = []
    for number, (i, (where, message)) in enumerate(listed):
        text = string(message.get("content"), f"{where}.content")
        role = string(message.get("senderType"), f"{where}.senderType")
        speaker = identifier(message.get("participantId"), f"{where}.participantId")
        rows.append(Row(i, text, role, speaker, times[number], times[number + len(listed)]))
    return assemble(rows, options, format=READER.name, id=id, channel="voice")


READER = Reader(
    name="salesforce_voice",
    title="Salesforce Service Cloud Voice",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
