"""Twilio Conversational Intelligence: the sentences of a transcript.

Written by: `GET /v2/Transcripts/<sid>/Sentences`. The sentences do not say who speaks; merge them
with the transcript itself (`GET /v2/Transcripts/<sid>`), which does: put `sentences` into it, or it
under `transcript` beside them.

Recognised by: `sentences` whose objects have `transcript` and `media_channel`.

Roles: `media_channel` of the sentence, a number. Where the transcript's `channel.participants[]`
are there, their `role` ("Agent", "Customer") by `channel_participant`; else pass
`speakers={"1": "agent", "2": "customer"}`.

Times: `start_time` and `end_time`, seconds from the start, as strings or numbers; null where Twilio
knows none, and the order is then that of `sentence_index`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, some, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_SID = re.compile(r"/Transcripts/(GT\w+)")


def _sniff(value: object) -> bool:
    sentences = value.get("sentences") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(sentences, list):
        return False
    if not sentences:
        meta = value.get("meta")
        return isinstance(meta, dict) and meta.get("key") == "sentences"
    return some(sentences, lambda one: "transcript" in one and "media_channel" in one)


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    roles = _roles(record)
    rows: list[tuple[float, Row]] = []
    for i, (where, sentence) in enumerate(each(record, "sentences")):
        text = string(sentence.get("transcript"), f"{where}.transcript")
        channel = identifier(sentence.get("media_channel"), f"{where}.media_channel")
        start, end = scaled(sentence.get("start_time")), scaled(sentence.get("end_time"))
        index = sentence.get("sentence_index")
        rank = index if isinstance(index, int) else i
        rows.append((rank, Row(i, text, roles.get(channel), channel, start, end)))
    rows.sort(key=lambda ranked: ranked[0])
    language = string(record.get("language_code"), "language_code")
    yield assemble(
        [row for _, row in rows],
        options,
        format=READER.name,
        id=_sid(record),
        channel="voice",
        meta={"language": language} if language else {},
    )


def _roles(record: dict[str, Any]) -> dict[str | None, str | None]:
    """Return number of the channel -> role word."""
    inner = record.get("transcript")
    holder = inner if isinstance(inner, dict) else record
    channel = mapping(holder.get("channel") or {}, "channel")
    roles = {}
    people = each(channel, "participants", "channel") if channel.get("participants") else []
    for where, person in people:
        number = identifier(person.get("channel_participant"), f"{where}.channel_participant")
        roles[number] = string(person.get("role"), f"{where}.role")
    return roles


def _sid(record: dict[str, Any]) -> str | None:
    meta = mapping(record.get("meta") or {}, "meta")
    url = string(meta.get("url"), "meta.url")
    match = _SID.search(url) if url else None
    return match[1] if match else identifier(record.get("sid"), "sid")


READER = Reader(
    name="twilio_intelligence",
    title="Twilio Conversational Intelligence",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
