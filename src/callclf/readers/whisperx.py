"""Whisper and its kin: WhisperX, whisper-timestamped, faster-whisper, `verbose_json`.

Written by: `whisper --output_format json`, `whisperx --diarize --output_format json`, and speech
interfaces that answer with `response_format=verbose_json` or `diarized_json`.

Recognised by: `segments` of objects with `start`, `end` and `text`, and no `transcript` beside.

Roles: none in the file. Pass `speakers={"SPEAKER_00": "agent", "SPEAKER_01": "customer"}`. Plain
Whisper tells nobody apart, and all turns stay unknown: use WhisperX with `--diarize`.

Times: seconds.

A segment is a turn, of the speaker that stands on the segment, also where single words have
another one. A segment without a speaker is cut where the speaker of its words changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.readers._meta import plain
from callclf.readers._speech import Voice, Word, objects, voice, word_rows
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER", "rows"]


def _sniff(value: object) -> bool:
    if not isinstance(value, dict) or "transcript" in value:
        return False
    segments = value.get("segments")
    if not isinstance(segments, list):
        return False
    if not segments:
        return "language" in value or "word_segments" in value
    first = segments[0]
    return isinstance(first, dict) and {"start", "end", "text"} <= first.keys()


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    yield assemble(
        rows(record),
        options,
        format=READER.name,
        id=identifier(record.get("id")),
        channel="voice",
        meta=plain({"language": record.get("language")}),
    )


def rows(record: dict[str, Any]) -> list[Row]:
    """Return the turns of a transcript.

    Parameters
    ----------
    record
        The whole transcript.

    Raises
    ------
    ReadError
        If it is not as it should be.
    """
    found: list[Row] = []
    for i, (where, segment) in enumerate(each(record, "segments")):
        text = string(segment.get("text"), f"{where}.text")
        who = voice(segment.get("speaker"), None, False, where)
        start, end = scaled(segment.get("start")), scaled(segment.get("end"))
        words = _words(segment, where) if who.speaker is None else []
        if any(word.voice.speaker for word in words):
            found += [row._replace(source_index=i) for row in word_rows(words)]
        else:
            found.append(Row(i, text, *who, start, end))
    return found


def _words(segment: dict[str, Any], where: str) -> list[Word]:
    words: list[Word] = []
    for i, (place, word) in enumerate(objects(segment.get("words") or [], f"{where}.words")):
        text = string(word.get("word") or word.get("text"), f"{place}.word")
        who = voice(word.get("speaker"), None, False, place)
        # A word that could not be aligned has no speaker: it is its neighbour's.
        who = who if who.speaker or not words else words[-1].voice
        words.append(Word(i, text, who, scaled(word.get("start")), scaled(word.get("end"))))
    first = next((word.voice for word in words if word.voice.speaker), Voice())
    return [word if word.voice.speaker else word._replace(voice=first) for word in words]


READER = Reader(
    name="whisperx",
    title="Whisper and WhisperX",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
