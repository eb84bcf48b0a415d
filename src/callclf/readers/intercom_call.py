"""Intercom: transcripts of phone calls.

Written by: Intercom's interface for calls: `transcript` of a call, in the list of calls with their
transcripts, or saved by itself as a list of turns.

Recognised by: turns with `content` and `speaker_label` or `speaker_type`; bare, under `transcript`,
or in the calls under `data`.

Roles: `speaker_type` admin (agent) or user (customer). It is missing for Fin Voice and for older
calls; then pass `speakers={"Teammate 1": "agent", "Contact 1": "customer"}` with their labels.

Times: seconds, as strings or as numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers._meta import plain
from callclf.readers._speech import objects
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, string
from callclf.readers.reader import Reader, ReadOptions, Result
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER"]


def _sniff(value: object) -> bool:
    return any(_is_turns(call.get("transcript")) for _, call in _calls(value))


def _calls(value: object) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(value, list):
        return [("", {"transcript": value})]
    if not isinstance(value, dict):
        return []
    if isinstance(value.get("data"), list):
        return [(f"data[{i}]", c) for i, c in enumerate(value["data"]) if isinstance(c, dict)]
    return [("", value)]


def _is_turns(value: object) -> bool:
    first = value[0] if isinstance(value, list) and value else None
    if not isinstance(first, dict) or "content" not in first:
        return False
    return "speaker_label" in first or "speaker_type" in first


def _read(value: object, options: ReadOptions) -> Iterator[Result]:
    for where, call in _calls(value):
        try:
            yield _call(call, where, options)
        except ReadError as error:
            yield ReadError(error.problem, where=error.where or where or None)


def _call(call: dict[str, Any], where: str, options: ReadOptions) -> Transcript:
    rows = []
    path = f"{where}.transcript" if where else "transcript"
    for i, (place, turn) in enumerate(objects(call.get("transcript"), path)):
        label = turn.get("speaker_label") or turn.get("speaker") or turn.get("speaker_id")
        rows.append(
            Row(
                i,
                string(turn.get("content"), f"{place}.content"),
                string(turn.get("speaker_type"), f"{place}.speaker_type"),
                identifier(label, f"{place}.speaker_label"),
                scaled(turn.get("start_time")),
                scaled(turn.get("end_time")),
            )
        )
    names = ("direction", "conversation_id", "call_type")
    meta = plain({name: call.get(name) for name in names})
    id = identifier(call.get("id"))
    return assemble(rows, options, format=READER.name, id=id, channel="voice", meta=meta)


READER = Reader(
    name="intercom_call",
    title="Intercom, calls",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
