"""Google Customer Experience Insights (CCAI Insights): conversations as its interface returns them.

Written by: `projects.locations.conversations`, `get` or `list` with `view=FULL`; one conversation,
or `conversations` with many.

Recognised by: `transcript` with `transcriptSegments`, bare or under `conversations`; or a
conversation's `name` with `dataSource`, of which only the recording is there.

Roles: `segmentParticipant.role`: HUMAN_AGENT, AUTOMATED_AGENT, END_USER or ANY_AGENT; without it,
the `channelTag`, if `callMetadata` says whose channel it is. `userId` tells people of one role
apart.

Times: the `startOffset` and `endOffset` of the words ("1.2s") if all segments have them, else
`messageTime`, RFC 3339, counted from the first segment.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers._google import camel
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, some, string
from callclf.readers.reader import Reader, ReadOptions, Result
from callclf.readers.times import from_first, iso, scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_CHANNELS = {"PHONE_CALL": "voice", "CHAT": "chat"}
_SIDES = {"agentChannel": "HUMAN_AGENT", "customerChannel": "END_USER"}
_NAMES = ("userId", "obfuscatedExternalUserId", "dialogflowParticipantName")

Span = tuple[float | None, float | None]


def _sniff(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    return _is_conversation(value) or some(value.get("conversations"), _is_conversation)


def _is_conversation(value: dict[str, Any]) -> bool:
    return _has_segments(value) or _is_recording(value)


def _has_segments(value: dict[str, Any]) -> bool:
    transcript = value.get("transcript")
    return isinstance(transcript, dict) and any(
        isinstance(transcript.get(key), list)
        for key in ("transcriptSegments", "transcript_segments")
    )


def _is_recording(value: dict[str, Any]) -> bool:
    name = value.get("name")
    if not isinstance(name, str) or "/conversations/" not in name:
        return False
    return "dataSource" in value or "data_source" in value


def _read(value: object, options: ReadOptions) -> Iterator[Result]:
    record = mapping(value)
    if "conversations" not in record:
        yield _call(record, options)
        return
    for where, conversation in each(record, "conversations"):
        try:
            yield _call(conversation, options)
        except ReadError as error:
            place = f"{where}.{error.where}" if error.where else where
            yield ReadError(error.problem, where=place)


def _call(record: dict[str, Any], options: ReadOptions) -> Transcript:
    if not _has_segments(record):
        raise ReadError(
            "no transcript.transcriptSegments: expected a conversation with its transcript, got "
            "one without (a recording not yet transcribed, or a list without view=FULL)"
        )
    record = {**camel(record), "labels": record.get("labels")}
    segments = each(record["transcript"], "transcriptSegments", "transcript")
    sides = _sides(record)
    rows = []
    spans = _spans(segments)
    for i, (where, segment) in enumerate(segments):
        text = string(segment.get("text"), f"{where}.text")
        who = mapping(segment.get("segmentParticipant") or {}, f"{where}.segmentParticipant")
        tag = identifier(segment.get("channelTag"), f"{where}.channelTag")
        role = string(who.get("role"), f"{where}.segmentParticipant.role") or sides.get(tag or "")
        names = [identifier(who.get(key), f"{where}.segmentParticipant.{key}") for key in _NAMES]
        speaker = next(filter(None, names), None) or (None if role else tag)
        rows.append(Row(i, text, role, speaker, *spans[i]))
    name = string(record.get("name"), "name")
    medium = string(record.get("medium"), "medium")
    return assemble(
        rows,
        options,
        format=READER.name,
        id=name.rpartition("/")[2] or None if name else None,
        channel=_CHANNELS.get(medium or ""),
        meta=_meta(record),
    )


def _sides(record: dict[str, Any]) -> dict[str, str]:
    """Return channel tag -> role word."""
    metadata = mapping(record.get("callMetadata") or {}, "callMetadata")
    tags = {identifier(metadata.get(key), f"callMetadata.{key}"): _SIDES[key] for key in _SIDES}
    return {tag: role for tag, role in tags.items() if tag}


def _spans(segments: list[tuple[str, dict[str, Any]]]) -> list[Span]:
    spoken = [_spoken(segment) for _, segment in segments]
    if all(start is not None for start, _ in spoken):
        return spoken
    starts = from_first([iso(segment.get("messageTime")) for _, segment in segments])
    return [(start, None) for start in starts]


def _spoken(segment: dict[str, Any]) -> Span:
    words = segment.get("words")
    if not isinstance(words, list) or not words:
        return None, None
    first, last = words[0], words[-1]
    if not isinstance(first, dict) or not isinstance(last, dict):
        return None, None
    # JSON leaves out what is zero, such as the offset of the very first word.
    return _offset(first.get("startOffset", "0s")), _offset(last.get("endOffset"))


def _offset(value: object) -> float | None:
    return scaled(value.removesuffix("s") if isinstance(value, str) else value)


def _meta(record: dict[str, Any]) -> dict[str, Any]:
    language = string(record.get("languageCode"), "languageCode")
    agent = identifier(record.get("agentId"), "agentId")
    labels = mapping(record.get("labels") or {}, "labels")
    meta = {"language": language, "agent": agent, "labels": labels}
    return {key: value for key, value in meta.items() if value}


READER = Reader(
    name="google_ccai_export",
    title="Google CX Insights, export",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
