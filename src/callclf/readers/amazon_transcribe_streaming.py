"""Amazon Transcribe streaming: the events of one live transcription, saved one after another.

Written by: programs that log what `StartStreamTranscription` sends back; JSON lines or a list, one
stream a file. A single event is a stream too.

Recognised by: `TranscriptEvent`, perhaps in `TranscriptResultStream`, or bare `Transcript`, with
`Results`.

Roles: none in the stream. Speakers are the `ChannelId` ("ch_0") or the `Speaker` of the words
("0"); pass `speakers={"ch_0": "agent", "ch_1": "customer"}`. Partial results are left out; of
results with one `ResultId` the last counts. Neighbours of one speaker become one turn.

Times: `StartTime` and `EndTime`, seconds as numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.readers._transcribe import Word, utterances
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_WRAPPERS = ("TranscriptResultStream", "TranscriptEvent", "Transcript")


def _sniff(value: object) -> bool:
    return isinstance(value, list) and bool(value) and _results(value[0]) is not None


def _results(event: object) -> dict[str, Any] | None:
    """Return the object that has `Results`, however deep it is wrapped."""
    for key in _WRAPPERS:
        if isinstance(event, dict) and isinstance(event.get(key), dict):
            event = event[key]
    return event if isinstance(event, dict) and isinstance(event.get("Results"), list) else None


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    finals: dict[object, tuple[str, dict[str, Any]]] = {}
    for i, event in enumerate(value if isinstance(value, list) else [value]):
        results = _results(mapping(event, f"[{i}]"))
        for where, result in each(results, "Results", f"[{i}]") if results else []:
            if result.get("IsPartial") is True:
                continue
            id = identifier(result.get("ResultId"), f"{where}.ResultId")
            # A result without an id stands for itself.
            finals[id or len(finals)] = (where, result)
    rows: list[Row] = []
    for number, (where, result) in enumerate(finals.values()):
        rows += _rows(number, where, result)
    languages = {result.get("LanguageCode") for _, result in finals.values()}
    language = languages.pop() if len(languages) == 1 else None
    meta = {"language": language} if isinstance(language, str) else {}
    yield assemble(rows, options, format=READER.name, channel="voice", meta=meta, merge=True)


def _rows(number: int, where: str, result: dict[str, Any]) -> Iterator[Row]:
    alternatives = each(result, "Alternatives", where)
    if not alternatives:
        return
    at, best = alternatives[0]
    words = each(best, "Items", at) if best.get("Items") else []
    channel = identifier(result.get("ChannelId"), f"{where}.ChannelId")
    if channel or all(item.get("Speaker") is None for _, item in words):
        text = string(best.get("Transcript"), f"{at}.Transcript")
        start, end = scaled(result.get("StartTime")), scaled(result.get("EndTime"))
        yield Row(number, text, speaker=channel, start=start, end=end)
    else:
        yield from utterances(_words(number, words))


def _words(number: int, words: list[tuple[str, dict[str, Any]]]) -> Iterator[Word]:
    for where, item in words:
        text = string(item.get("Content"), f"{where}.Content")
        speaker = identifier(item.get("Speaker"), f"{where}.Speaker")
        start, end = scaled(item.get("StartTime")), scaled(item.get("EndTime"))
        if text:
            yield Word(number, text, speaker, start, end, item.get("Type") == "punctuation")


READER = Reader(
    name="amazon_transcribe_streaming",
    title="Amazon Transcribe, streaming",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json", ".jsonl"),
    whole_file=True,
)
