"""Genesys Cloud: the transcript of one communication.

Written by: Genesys Cloud speech and text analytics; fetch `transcripturl` of a conversation's
communication, or set up the transcript export. One communication a file.

Recognised by: `transcripts` with `phrases`, and `conversationId` or `participants`.

Roles: a phrase has only a `participantPurpose`. "external" is the customer. "internal" is anybody
on the company's side, a person or a machine: it is whoever of `participants[]` was on the line
when the phrase was said, an agent before a menu or a queue that had not yet hung up. Two agents
stay two speakers, by `userId`. Without `participants`, or where none of them fits, "internal" is of
unknown role: pass `speakers={"internal": "agent"}`. The punctuated `decoratedText` is read before
`text`.

Times: `startTimeMs`, milliseconds since 1970, and `duration.milliseconds`; counted from the start
of the conversation (`conversationStartTime`), or else from the first phrase.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, some, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.roles import fold
from callclf.readers.times import from_first, scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_INTERNAL = "internal"
_PURPOSES = {"user": "agent", "botflow": "bot", "workflow": "ivr", "flow": "ivr", "dialer": "ivr"}
"""Purposes that mean something else here than elsewhere: a user is an employee."""

_SLACK = 2000
"""Milliseconds by which a phrase may miss the times of whoever says it."""

_OUTSIDE = ("customer", "external")
_CHANNELS = {"call": "voice", "callback": "voice", "message": "chat", "webchat": "chat"}


class _Participant(NamedTuple):
    """Somebody on the company's side, and from when to when, in milliseconds since 1970."""

    role: str
    speaker: str
    start: float
    end: float


def _sniff(value: object) -> bool:
    if not isinstance(value, dict) or not ("conversationId" in value or "participants" in value):
        return False
    transcripts = value.get("transcripts")
    if transcripts == []:
        return "communicationId" in value
    return some(transcripts, lambda transcript: isinstance(transcript.get("phrases"), list))


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    transcripts = each(record, "transcripts")
    phrases = [
        each_phrase
        for where, transcript in transcripts
        for each_phrase in (each(transcript, "phrases", where) if "phrases" in transcript else [])
    ]
    people = _internal(record)
    moments = [scaled(phrase.get("startTimeMs"), 1000) for _, phrase in phrases]
    begun = scaled(record.get("conversationStartTime"), 1000)
    starts = from_first([*moments, begun])
    rows = []
    for i, (where, phrase) in enumerate(phrases):
        shown = string(phrase.get("decoratedText"), f"{where}.decoratedText")
        text = shown or string(phrase.get("text"), f"{where}.text")
        role, speaker = _who(phrase, where, people, options)
        duration = _duration(phrase, where)
        start = starts[i]
        end = None if start is None or duration is None else round(start + duration, 6)
        rows.append(Row(i, text, role, speaker, start, end))
    yield assemble(
        rows,
        options,
        format=READER.name,
        id=identifier(record.get("conversationId"), "conversationId"),
        channel=_channel(record),
        meta=_meta(record, transcripts),
    )


def _internal(record: dict[str, Any]) -> list[_Participant]:
    people = []
    for where, person in each(record, "participants") if record.get("participants") else []:
        purpose = string(person.get("participantPurpose"), f"{where}.participantPurpose")
        if not purpose or purpose.casefold() in _OUTSIDE:
            continue
        role = _PURPOSES.get(purpose.casefold(), purpose)
        speaker = identifier(person.get("userId"), f"{where}.userId") or purpose
        start, end = scaled(person.get("startTimeMs")), scaled(person.get("endTimeMs"))
        # Without an end, somebody stayed to the end of the call.
        people.append(_Participant(role, speaker, start or 0.0, math.inf if end is None else end))
    return people


def _who(
    phrase: dict[str, Any], where: str, people: list[_Participant], options: ReadOptions
) -> tuple[str | None, str | None]:
    """Return the role word and the speaker."""
    purpose = string(phrase.get("participantPurpose"), f"{where}.participantPurpose")
    if purpose is None or purpose.casefold() != _INTERNAL:
        return purpose, None
    person = _on_the_line(phrase, where, people)
    if person is None:
        return purpose, None
    # The caller's word for all that is internal goes before what the times tell.
    return purpose if fold(purpose) in options.roles else person.role, person.speaker


def _on_the_line(
    phrase: dict[str, Any], where: str, people: list[_Participant]
) -> _Participant | None:
    start = scaled(phrase.get("startTimeMs"))
    if start is None:
        return None
    end = start + 1000 * (_duration(phrase, where) or 0.0)
    shared = [(min(end, p.end) - max(start, p.start), p) for p in people]
    longest = max((time for time, _ in shared if time >= -_SLACK), default=None)
    best = [person for time, person in shared if time == longest]
    # Menus and queues often hang up late: of several, a human is meant.
    agents = [person for person in best if person.role == "agent"]
    found = agents or best
    if len({person.speaker for person in found}) == 1:
        return found[0]
    same = len({person.role for person in found}) == 1
    return found[0]._replace(speaker=_INTERNAL) if found and same else None


def _duration(phrase: dict[str, Any], where: str) -> float | None:
    """Return how long a phrase takes, in seconds."""
    duration = mapping(phrase.get("duration") or {}, f"{where}.duration")
    return scaled(duration.get("milliseconds"), 1000)


def _channel(record: dict[str, Any]) -> str | None:
    medium = string(record.get("mediaType"), "mediaType")
    return _CHANNELS.get(medium.casefold(), medium) if medium else None


def _meta(record: dict[str, Any], transcripts: list[tuple[str, dict[str, Any]]]) -> dict[str, str]:
    languages = [string(part.get("language"), f"{at}.language") for at, part in transcripts]
    communication = identifier(record.get("communicationId"), "communicationId")
    meta = {"language": next(filter(None, languages), None), "communication": communication}
    return {key: value for key, value in meta.items() if value}


READER = Reader(
    name="genesys_cloud",
    title="Genesys Cloud",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
