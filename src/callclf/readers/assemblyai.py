"""AssemblyAI: a finished transcript.

Written by: AssemblyAI's `GET /v2/transcript/{id}`, saved as it comes. Ask for
`speaker_labels: true`, or `multichannel: true` with agent and customer on separate channels.

Recognised by: an object with `audio_url`, and `utterances` or `text` and `words`.

Roles: none in the file, unless speaker identification was asked for. Pass
`speakers={"A": "agent", "B": "customer"}`; several channels are "1", "2". Without speaker labels
nobody is told apart, and the one turn stays unknown.

Times: milliseconds. Where they can only be seconds, by the length of the audio, a warning says so.

Turns are the `utterances`. Where they are null, words are joined as long as one speaker goes on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers._meta import plain
from callclf.readers._speech import Voice, Word, objects, voice, word_rows
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER", "rows"]

_FINISHED = "completed"
_TOO_SHORT = 0.02
"""Seconds of speech a second of audio; below it, milliseconds are likely seconds."""


def _sniff(value: object) -> bool:
    if not isinstance(value, dict) or "audio_url" not in value:
        return False
    return "utterances" in value or {"text", "words"} <= value.keys()


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    status = record.get("status") or _FINISHED
    if status != _FINISHED:
        reason = f": {record['error']}" if isinstance(record.get("error"), str) else ""
        raise ReadError(
            f"expected a finished transcript, got one with status {status!r}{reason}; fetch it "
            "again when it is done",
            where="status",
        )
    found = rows(record)
    meta = plain({"language": record.get("language_code")})
    if _in_seconds(found, record.get("audio_duration")):
        meta["warnings"] = ["times are far shorter than the audio; in seconds, not milliseconds?"]
    yield assemble(
        found,
        options,
        format=READER.name,
        id=identifier(record.get("id")),
        channel="voice",
        meta=meta,
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
    if utterances := record.get("utterances"):
        return [
            Row(
                i,
                string(utterance.get("text"), f"{where}.text"),
                *_voice(utterance, where),
                *_span(utterance),
            )
            for i, (where, utterance) in enumerate(objects(utterances, "utterances"))
        ]
    words = [
        Word(i, string(word.get("text"), f"{where}.text"), _voice(word, where), *_span(word))
        for i, (where, word) in enumerate(objects(record.get("words") or [], "words"))
    ]
    if len({word.voice for word in words}) > 1:
        return word_rows(words)
    # One voice: the text as a whole has the better punctuation.
    text = string(record.get("text"), "text")
    return [row._replace(text=text or row.text) for row in word_rows(words)] or [Row(0, text)]


def _voice(part: dict[str, Any], where: str) -> Voice:
    # A speaker's label is unique in the file: with several channels it names the channel too.
    speaker, channel = part.get("speaker"), part.get("channel")
    return voice(speaker, channel, speaker is None, where)


def _span(part: dict[str, Any]) -> tuple[float | None, float | None]:
    return scaled(part.get("start"), 1000), scaled(part.get("end"), 1000)


def _in_seconds(found: list[Row], duration: object) -> bool:
    seconds = scaled(duration)
    ends = [row.end for row in found if row.end is not None and math.isfinite(row.end)]
    return bool(ends) and seconds is not None and 0 < max(ends) < seconds * _TOO_SHORT


READER = Reader(
    name="assemblyai",
    title="AssemblyAI",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
