"""AWS Live Call Analytics (LCA): its stream of call events.

Written by: the LCA stack, onto its Kinesis data stream, and as the input of its transcript Lambda
function. Save the events as JSON lines or as a list; calls may be mixed.

Recognised by: `CallId` with an `EventType` such as START, ADD_TRANSCRIPT_SEGMENT or END.

Roles: the segment's `Channel`: AGENT, CALLER, AGENT_ASSISTANT (a hint to the agent) or
CATEGORY_MATCH (an alert). Channels of voice tone hold no words and are left out. Partial segments
are left out; of segments with one `SegmentId` the last counts.

Times: `StartTime` and `EndTime`, seconds, as strings or numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from callclf.errors import ReadError
from callclf.readers._grouped import each_call
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions, Result
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_SEGMENT = "ADD_TRANSCRIPT_SEGMENT"
_EVENT = re.compile(r"(?:START|CONTINUE|ADD|UPDATE|END|ERROR)(?:_[A-Z0-9_]+)?")
_VOICE_TONE = "_VOICETONE"

Event = tuple[int, dict[str, Any]]


def _sniff(value: object) -> bool:
    return isinstance(value, list) and bool(value) and _is_event(value[0])


def _is_event(value: object) -> bool:
    if not isinstance(value, dict) or "CallId" not in value:
        return False
    kind = value.get("EventType")
    return isinstance(kind, str) and _EVENT.fullmatch(kind) is not None


def _read(value: object, options: ReadOptions) -> Iterator[Result]:
    listed = value if isinstance(value, list) else [value]
    events = ((i, mapping(event, f"[{i}]")) for i, event in enumerate(listed))
    keyed = ((identifier(event.get("CallId"), f"[{i}].CallId"), (i, event)) for i, event in events)
    yield from each_call(keyed, partial(_call, options=options))


def _call(id: str | None, events: list[Event], *, options: ReadOptions) -> Transcript:
    segments: dict[object, Event] = {}
    for i, event in events:
        if event.get("EventType") != _SEGMENT or event.get("IsPartial") in (True, "true"):
            continue
        key = identifier(event.get("SegmentId"), f"[{i}].SegmentId")
        # A segment without an id stands for itself.
        segments[key or i] = (i, event)
    rows = [row for i, event in segments.values() if (row := _row(i, event))]
    if not rows:
        kinds = ", ".join(dict.fromkeys(str(event.get("EventType")) for _, event in events))
        raise ReadError(
            f"no turns: expected final {_SEGMENT} events, this call has only {kinds}", where=id
        )
    agents = (string(event.get("AgentId"), f"[{i}].AgentId") for i, event in events)
    agent = next(filter(None, agents), None)
    meta = {"agent": agent} if agent else {}
    return assemble(rows, options, format=READER.name, id=id, channel="voice", meta=meta)


def _row(i: int, event: dict[str, Any]) -> Row | None:
    where = f"[{i}]"
    channel = string(event.get("Channel"), f"{where}.Channel")
    if channel and channel.endswith(_VOICE_TONE):
        return None
    text = string(event.get("Transcript"), f"{where}.Transcript")
    start, end = scaled(event.get("StartTime")), scaled(event.get("EndTime"))
    return Row(i, text, channel, start=start, end=end)


READER = Reader(
    name="aws_lca",
    title="AWS Live Call Analytics",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json", ".jsonl"),
    whole_file=True,
)
