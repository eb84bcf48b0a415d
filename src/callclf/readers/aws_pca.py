"""AWS Post Call Analytics (PCA): the sample solution on top of Amazon Transcribe.

Written by: the PCA stack, into the `parsedFiles` folder of its output bucket; one call a file.

Recognised by: `ConversationAnalytics` with `SpeechSegments`.

Roles: a segment has a `SegmentSpeaker` ("spk_0"), and `ConversationAnalytics.SpeakerLabels[]` what
it is called: "Agent", "Customer", or whatever somebody typed there. A name is no role: pass
`speakers=` with the name or with "spk_0". `DisplayText`, edited and redacted, is read before
`OriginalText`.

Times: `SegmentStartTime` and `SegmentEndTime`, seconds. Segments overlap; they are sorted by their
start.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_META = {"language": "LanguageCode", "agent": "Agent", "date": "ConversationTime"}


def _sniff(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("ConversationAnalytics"), dict)
        and isinstance(value.get("SpeechSegments"), list)
    )


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    call = mapping(record.get("ConversationAnalytics"), "ConversationAnalytics")
    labels = _labels(call)
    rows = []
    for i, (where, segment) in enumerate(each(record, "SpeechSegments")):
        speaker = identifier(segment.get("SegmentSpeaker"), f"{where}.SegmentSpeaker")
        shown = string(segment.get("DisplayText"), f"{where}.DisplayText")
        text = shown or string(segment.get("OriginalText"), f"{where}.OriginalText")
        start = scaled(segment.get("SegmentStartTime"))
        end = scaled(segment.get("SegmentEndTime"))
        rows.append(Row(i, text, labels.get(speaker or ""), speaker, start, end))
    meta = {name: _said(call, key) for name, key in _META.items()}
    yield assemble(
        rows,
        options,
        format=READER.name,
        id=_said(call, "GUID") or _job(call),
        channel="voice",
        meta={name: text for name, text in meta.items() if text},
    )


def _labels(call: dict[str, Any]) -> dict[str, str | None]:
    labels = {}
    for where, label in _listed(call, "SpeakerLabels"):
        speaker = identifier(label.get("Speaker"), f"{where}.Speaker")
        if speaker:
            labels[speaker] = string(label.get("DisplayText"), f"{where}.DisplayText")
    return labels


def _said(call: dict[str, Any], key: str) -> str | None:
    text = identifier(call.get(key), f"ConversationAnalytics.{key}")
    return None if text == "None" else text  # what PCA writes where it knows nothing


def _job(call: dict[str, Any]) -> str | None:
    for where, source in _listed(call, "SourceInformation"):
        job = mapping(source.get("TranscribeJobInfo") or {}, f"{where}.TranscribeJobInfo")
        if name := identifier(job.get("TranscriptionJobName"), "TranscriptionJobName"):
            return name
    return None


def _listed(call: dict[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
    return each(call, key, "ConversationAnalytics") if call.get(key) else []


READER = Reader(
    name="aws_pca",
    title="AWS Post Call Analytics",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
