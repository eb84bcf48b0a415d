"""Deepgram: the response of pre-recorded transcription.

Written by: Deepgram's `/v1/listen` for a file, saved as it comes. Ask for `diarize=true` or, with
agent and customer on separate channels, `multichannel=true`; `utterances=true` gives turns.

Recognised by: `results.channels` with `alternatives`.

Roles: none in the file. Pass `speakers={"0": "agent", "1": "customer"}` with Deepgram's speaker
numbers, or `{"channel 0": ...}` where there are several channels. Without `diarize` nobody is told
apart, and all turns stay unknown.

Times: seconds, as numbers.

Turns are the `utterances`. Where there are none, words are joined as long as one speaker goes on,
those of several channels in the order of their times. Only the first alternative is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.readers._meta import plain
from callclf.readers._speech import Word, objects, several, voice, word_rows
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER", "rows"]


def _sniff(value: object) -> bool:
    results = value.get("results") if isinstance(value, dict) else None
    channels = results.get("channels") if isinstance(results, dict) else None
    if not isinstance(channels, list):
        return False
    return not channels or (isinstance(channels[0], dict) and "alternatives" in channels[0])


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    metadata = mapping(record.get("metadata") or {}, "metadata")
    yield assemble(
        rows(record),
        options,
        format=READER.name,
        id=identifier(metadata.get("request_id"), "metadata.request_id"),
        channel="voice",
        meta=plain({"language": _language(record), "created": metadata.get("created")}),
    )


def rows(record: dict[str, Any]) -> list[Row]:
    """Return the turns of a response.

    Parameters
    ----------
    record
        The whole response.

    Raises
    ------
    ReadError
        If it is not as it should be.
    """
    results = mapping(record.get("results"), "results")
    if utterances := results.get("utterances"):
        return _from_utterances(objects(utterances, "results.utterances"))
    channels = objects(results.get("channels"), "results.channels")
    best = [
        alternatives[0]
        for where, channel in channels
        if (alternatives := objects(channel.get("alternatives"), f"{where}.alternatives"))
    ]
    words = [word for i, (where, one) in enumerate(best) for word in _words(one, where, i, best)]
    if not words:
        return [
            Row(
                i,
                string(one.get("transcript"), f"{where}.transcript"),
                *voice(None, i, True, where),
            )
            if len(best) > 1
            else Row(i, string(one.get("transcript"), f"{where}.transcript"))
            for i, (where, one) in enumerate(best)
        ]
    if len(best) > 1 and all(word.start is not None for word in words):
        words.sort(key=lambda word: word.start or 0.0)
    return word_rows(words)


def _from_utterances(utterances: list[tuple[str, dict[str, Any]]]) -> list[Row]:
    stereo = several(utterance.get("channel") for _, utterance in utterances)
    return [
        Row(
            i,
            string(utterance.get("transcript"), f"{where}.transcript"),
            *voice(utterance.get("speaker"), utterance.get("channel"), stereo, where),
            scaled(utterance.get("start")),
            scaled(utterance.get("end")),
        )
        for i, (where, utterance) in enumerate(utterances)
    ]


def _words(
    alternative: dict[str, Any], where: str, channel: int, best: list[Any]
) -> Iterator[Word]:
    listed = objects(alternative.get("words") or [], f"{where}.words")
    for i, (place, word) in enumerate(listed):
        text = string(word.get("punctuated_word") or word.get("word"), f"{place}.word")
        who = voice(word.get("speaker"), channel, len(best) > 1, place)
        yield Word(i, text, who, scaled(word.get("start")), scaled(word.get("end")))


def _language(record: dict[str, Any]) -> object:
    channels = mapping(record.get("results"), "results").get("channels")
    first = channels[0] if isinstance(channels, list) and channels else None
    return first.get("detected_language") if isinstance(first, dict) else None


READER = Reader(
    name="deepgram",
    title="Deepgram",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
