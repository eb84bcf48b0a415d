"""Amazon Transcribe: what a standard transcription job writes.

Written by: Amazon Transcribe after a batch job; the job's `TranscriptFileUri` names the file. Turn
on channel identification (stereo) or speaker partitioning (mono), or nobody will be told apart. For
Call Analytics jobs, see `transcribe_call_analytics`.

Recognised by: `results` with `transcripts`.

Roles: none in the file. Speakers are "spk_0", "spk_1" (voices) or "ch_0", "ch_1" (channels); pass
`speakers={"ch_0": "agent", "ch_1": "customer"}`. There are no turns either: they are made from
`audio_segments`, or else from the words, and neighbours of one speaker become one turn. Redacted
words ("[PII]") are kept as they stand.

Times: `start_time` and `end_time`, seconds as strings. Channels lie one after the other in the file
and are interleaved by time; punctuation has no time and goes to the word before it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from callclf.readers._transcribe import Word, utterances
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, some, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_LABELS = ("speaker_label", "channel_label")


def _sniff(value: object) -> bool:
    results = value.get("results") if isinstance(value, dict) else None
    if not isinstance(results, dict) or not isinstance(results.get("transcripts"), list):
        return False
    listed = any(isinstance(results.get(key), list) for key in ("items", "audio_segments"))
    return listed or some(results["transcripts"], lambda whole: "transcript" in whole)


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    results = mapping(record.get("results"), "results")
    if results.get("audio_segments"):
        rows = _segments(results)
    elif results.get("items") or results.get("channel_labels"):
        rows = _from_words(results)
    else:
        rows = _whole(results)
    language = string(results.get("language_code"), "results.language_code")
    yield assemble(
        rows,
        options,
        format=READER.name,
        id=identifier(record.get("jobName"), "jobName"),
        channel="voice",
        meta={"language": language} if language else {},
        merge=True,
    )


def _segments(results: dict[str, Any]) -> Iterator[Row]:
    for i, (where, segment) in enumerate(each(results, "audio_segments", "results")):
        text = string(segment.get("transcript"), f"{where}.transcript")
        start, end = (scaled(segment.get(key)) for key in ("start_time", "end_time"))
        yield Row(i, text, speaker=_label(segment, where), start=start, end=end)


def _whole(results: dict[str, Any]) -> Iterator[Row]:
    for i, (where, whole) in enumerate(each(results, "transcripts", "results")):
        yield Row(i, string(whole.get("transcript"), f"{where}.transcript"))


def _from_words(results: dict[str, Any]) -> Iterator[Row]:
    if results.get("channel_labels") is None:
        return utterances(_words(each(results, "items", "results"), _Voices(results)))
    path = "results.channel_labels"
    channels = mapping(results["channel_labels"], path)
    listed = []
    for where, channel in each(channels, "channels", path):
        own = _label(channel, where)
        for at, item in each(channel, "items", where):
            listed.append((at, {"channel_label": own, **item}))
    return utterances(_words(listed, None))


class _Voices:
    """Who speaks when, for files whose items have no labels of their own."""

    def __init__(self, results: dict[str, Any]) -> None:
        path = "results.speaker_labels"
        labels = mapping(results.get("speaker_labels") or {}, path)
        self._of_words: dict[str | None, str | None] = {}
        self._segments: list[tuple[float, float, str | None]] = []
        for where, segment in each(labels, "segments", path) if labels else []:
            speaker = _label(segment, where)
            for at, item in each(segment, "items", where) if "items" in segment else []:
                start = identifier(item.get("start_time"), f"{at}.start_time")
                self._of_words[start] = _label(item, at) or speaker
            edges = (scaled(segment.get(key)) for key in ("start_time", "end_time"))
            begins, ends = (math.nan if edge is None else edge for edge in edges)
            self._segments.append((begins, ends, speaker))

    def of(self, start: str | None) -> str | None:
        """Return the speaker of the word that starts then."""
        if start is None or start in self._of_words:
            return self._of_words.get(start)
        moment = scaled(start) or 0.0
        return next((who for begins, ends, who in self._segments if begins <= moment <= ends), None)


def _words(listed: list[tuple[str, dict[str, Any]]], voices: _Voices | None) -> Iterator[Word]:
    for i, (where, item) in enumerate(listed):
        alternatives = each(item, "alternatives", where)
        best = alternatives[0][1].get("content") if alternatives else None
        text = string(best, f"{where}.alternatives[0].content")
        if not text:
            continue
        start = identifier(item.get("start_time"), f"{where}.start_time")
        speaker = _label(item, where) or (voices.of(start) if voices else None)
        is_mark = item.get("type") == "punctuation"
        yield Word(i, text, speaker, scaled(start), scaled(item.get("end_time")), is_mark)


def _label(record: dict[str, Any], where: str) -> str | None:
    labels = (identifier(record.get(key), f"{where}.{key}") for key in _LABELS)
    return next((label for label in labels if label), None)


READER = Reader(
    name="amazon_transcribe",
    title="Amazon Transcribe",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
