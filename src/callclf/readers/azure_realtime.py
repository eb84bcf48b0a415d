"""Azure AI Speech: results of real-time transcription, one call a file.

Written by: programs that keep what the Speech SDK gives them for each recognised phrase (the
property `SpeechServiceResponse_JsonResult`), as JSON lines or as a list.

Recognised by: objects with `Offset` and `Duration` and a `RecognitionStatus`, or a partial `Text`.

Roles: none in the file. Pass `speakers={"Guest-1": "agent", "Guest-2": "customer"}`, or
`{"channel 0": ..., "channel 1": ...}` where channels are told apart instead.

Times: ticks of 100 ns.

Only final results are read, each once; partial ones, silence and end marks are left out. The text
is `DisplayText`, else the first of `NBest`. An "Unknown" speaker is nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.readers._azure import TICKS
from callclf.readers._meta import plain
from callclf.readers._speech import objects, several, voice
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_NOBODY = ("Unknown", "")


def _sniff(events: object) -> bool:
    first = events[0] if isinstance(events, list) and events else None
    if not isinstance(first, dict) or not {"Offset", "Duration"} <= first.keys():
        return False
    return "RecognitionStatus" in first or "Text" in first


def _read(events: object, options: ReadOptions) -> Iterator[Transcript]:
    listed = objects(events, "")
    stereo = several(event.get("Channel") for _, event in listed)
    rows: dict[object, Row] = {}
    for i, (where, event) in enumerate(listed):
        if event.get("RecognitionStatus") != "Success":
            continue
        text = string(event.get("DisplayText"), f"{where}.DisplayText") or _alternative(
            event, where
        )
        speaker = event.get("SpeakerId")
        who = voice(None if speaker in _NOBODY else speaker, event.get("Channel"), stereo, where)
        start = scaled(event.get("Offset"), TICKS)
        length = scaled(event.get("Duration"), TICKS)
        end = None if start is None or length is None else round(start + length, 7)
        key = identifier(event.get("Id"), f"{where}.Id")
        # The same result sent again replaces the first.
        rows[(key, who, start) if key else i] = Row(i, text, *who, start, end)
    language = next((e["Language"] for _, e in listed if isinstance(e.get("Language"), str)), None)
    yield assemble(
        rows.values(),
        options,
        format=READER.name,
        channel="voice",
        meta=plain({"language": language}),
    )


def _alternative(event: dict[str, Any], where: str) -> str | None:
    for place, best in objects(event.get("NBest") or [], f"{where}.NBest")[:1]:
        for name in ("Display", "ITN", "Lexical"):
            if text := string(best.get(name), f"{place}.{name}"):
                return text
    return None


READER = Reader(
    name="azure_realtime",
    title="Azure AI Speech, real-time results",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".jsonl", ".json"),
    whole_file=True,
)
