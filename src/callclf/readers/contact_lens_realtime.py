"""Amazon Connect Contact Lens, real time: the stream of analysed segments.

Written by: Amazon Connect during contacts, onto the Kinesis data stream of the instance, and by the
interface calls that list real-time segments. Save the events as JSON lines or as a list; contacts
may be mixed.

Recognised by: `ContactId` with `EventType` (voice) or `StreamingEventType` (chat) STARTED,
SEGMENTS, COMPLETED or FAILED; or `Segments` that hold `Transcript`, `Utterance` and the like.

Roles: `ParticipantRole` of the segment: AGENT, CUSTOMER, SYSTEM, CUSTOM_BOT or SUPERVISOR. Only
`Transcript` segments are read: an `Utterance` is the same speech, not yet final. Of segments with
one id the redacted one counts, or else the last.

Times: voice, `BeginOffsetMillis` and `EndOffsetMillis`, milliseconds from the start; chat,
`Time.AbsoluteTime`, ISO 8601, counted from the first segment, events included.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from callclf.errors import ReadError
from callclf.readers._grouped import each_call
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions, Result
from callclf.readers.times import from_first, iso, scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_TYPES = ("EventType", "StreamingEventType")
_EVENTS = ("STARTED", "SEGMENTS", "COMPLETED", "FAILED")
_KINDS = ("Transcript", "Utterance", "Categories", "Event", "Issues", "Attachments")

Event = tuple[int, dict[str, Any]]


class _Segment(NamedTuple):
    """What one element of `Segments` holds, and where it stands."""

    number: int
    where: str
    kind: str
    body: dict[str, Any]
    is_redacted: bool

    @property
    def moment(self) -> float | None:
        """When it was written, in seconds since 1970."""
        time = self.body.get("Time")
        return iso(time.get("AbsoluteTime")) if isinstance(time, dict) else None


def _sniff(value: object) -> bool:
    return isinstance(value, list) and bool(value) and _is_event(value[0])


def _is_event(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    if "ContactId" in value and any(value.get(key) in _EVENTS for key in _TYPES):
        return True
    segments = value.get("Segments")
    first = segments[0] if isinstance(segments, list) and segments else None
    return isinstance(first, dict) and any(isinstance(first.get(kind), dict) for kind in _KINDS)


def _read(value: object, options: ReadOptions) -> Iterator[Result]:
    listed = value if isinstance(value, list) else [value]
    events = ((i, mapping(event, f"[{i}]")) for i, event in enumerate(listed))
    keyed = ((identifier(e.get("ContactId"), f"[{i}].ContactId"), (i, e)) for i, e in events)
    yield from each_call(keyed, partial(_contact, options=options))


def _contact(id: str | None, events: list[Event], *, options: ReadOptions) -> Transcript:
    # A stream may carry each text twice; the redacted one comes last here, to be the one kept.
    segments = sorted(_segments(events), key=lambda segment: segment.is_redacted)
    starts = from_first([segment.moment for segment in segments])
    said: dict[tuple[object, object], Row] = {}
    for segment, start in zip(segments, starts, strict=True):
        if segment.kind == "Transcript":
            own = identifier(segment.body.get("Id"), f"{segment.where}.Id")
            # With the speaker: in test data, all ids may be the same.
            key = (own or segment.number, str(segment.body.get("ParticipantId")))
            said[key] = _row(segment, start)
    if not said:
        kinds = ", ".join(dict.fromkeys(_kind(event) for _, event in events))
        raise ReadError(
            "no turns: expected SEGMENTS events with Transcript segments, "
            f"this contact has only {kinds}",
            where=id,
        )
    channel = next((str(e["Channel"]).lower() for _, e in events if e.get("Channel")), None)
    language = _language(events)
    return assemble(
        said.values(),
        options,
        format=READER.name,
        id=id,
        channel=channel,
        meta={"language": language} if language else {},
    )


def _segments(events: list[Event]) -> Iterator[_Segment]:
    number = 0
    for i, event in events:
        is_redacted = event.get("OutputType") == "Redacted"
        for at, segment in each(event, "Segments", f"[{i}]") if event.get("Segments") else []:
            for kind, body in segment.items():
                where = f"{at}.{kind}"
                body = mapping(body, where) if kind == "Transcript" else body
                yield _Segment(
                    number, where, kind, body if isinstance(body, dict) else {}, is_redacted
                )
            number += 1


def _row(segment: _Segment, start: float | None) -> Row:
    body, where = segment.body, segment.where
    if start is None:
        start = scaled(body.get("BeginOffsetMillis"), 1000)
    return Row(
        segment.number,
        string(body.get("Content"), f"{where}.Content"),
        string(body.get("ParticipantRole"), f"{where}.ParticipantRole"),
        string(body.get("ParticipantId"), f"{where}.ParticipantId"),
        start,
        scaled(body.get("EndOffsetMillis"), 1000),
    )


def _kind(event: dict[str, Any]) -> str:
    return str(next((event[key] for key in _TYPES if key in event), "other"))


def _language(events: list[Event]) -> str | None:
    for i, event in events:
        settings = mapping(event.get("StreamingSettings") or {}, f"[{i}].StreamingSettings")
        code = event.get("LanguageCode") or settings.get("LanguageCode")
        if code:
            return string(code, f"[{i}].LanguageCode")
    return None


READER = Reader(
    name="contact_lens_realtime",
    title="Amazon Connect Contact Lens, real time",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json", ".jsonl"),
    whole_file=True,
)
