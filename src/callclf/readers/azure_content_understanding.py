"""Azure AI Content Understanding: analysis of a recording.

Written by: an analyzer for audio or video (`GET .../analyzerResults/{id}`), saved as it comes.

Recognised by: `contents`, in `result` or bare, with `transcriptPhrases` or with WebVTT captions in
`markdown`.

Roles: `speaker` where the analyzer knows "Agent" and "Customer"; else numbers, which need
`speakers={"Speaker 1": "agent", ...}`.

Times: milliseconds in phrases; `mm:ss.mmm` in captions.

A phrase is a turn. Captions are read, as the format `webvtt` reads them, where there are no
phrases. Each of several contents is a call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers import webvtt
from callclf.readers._azure import locale
from callclf.readers._meta import plain
from callclf.readers._speech import objects
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions, Result
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_CAPTIONS = re.compile(r"^[ \t]*(?:```\w*[ \t]*)?(?=WEBVTT(?:\s|$))", re.MULTILINE)
_UNFINISHED = ("Running", "NotStarted", "Failed", "Canceled")


def _sniff(value: object) -> bool:
    return isinstance(value, dict) and any(map(_has_speech, _contents(value)))


def _contents(record: dict[str, Any]) -> list[Any]:
    result = record.get("result")
    contents = (result if isinstance(result, dict) else record).get("contents")
    return contents if isinstance(contents, list) else []


def _has_speech(content: object) -> bool:
    if not isinstance(content, dict):
        return False
    markdown = content.get("markdown")
    captions = isinstance(markdown, str) and _CAPTIONS.search(markdown) is not None
    return captions or "transcriptPhrases" in content


def _read(value: object, options: ReadOptions) -> Iterator[Result]:
    record = mapping(value)
    if record.get("status") in _UNFINISHED:
        raise ReadError(
            f"expected a finished analysis, got status {record['status']!r}", where="status"
        )
    path = "result.contents" if isinstance(record.get("result"), dict) else "contents"
    id = identifier(record.get("id"))
    listed = objects(_contents(record), path)
    spoken = [(where, content) for where, content in listed if _has_speech(content)]
    if not spoken:
        raise ReadError("expected transcriptPhrases or captions in markdown", where=path)
    for number, (where, content) in enumerate(spoken, 1):
        own = id if id is None or number == 1 else f"{id}#{number}"
        try:
            yield _call(content, where, own, options)
        except ReadError as error:
            place = ", ".join(part for part in (where, error.where) if part)
            yield ReadError(error.problem, where=place if error.where != where else where)


def _call(content: dict[str, Any], where: str, id: str | None, options: ReadOptions) -> Transcript:
    phrases = objects(content.get("transcriptPhrases") or [], f"{where}.transcriptPhrases")
    meta = plain({"language": locale([phrase for _, phrase in phrases])})
    if not phrases:
        return _captions(content, where, id, options)
    rows = [
        Row(
            i,
            string(phrase.get("text"), f"{place}.text"),
            None,
            identifier(phrase.get("speaker"), f"{place}.speaker"),
            scaled(phrase.get("startTimeMs"), 1000),
            scaled(phrase.get("endTimeMs"), 1000),
        )
        for i, (place, phrase) in enumerate(phrases)
    ]
    return assemble(rows, options, format=READER.name, id=id, channel="voice", meta=meta)


def _captions(
    content: dict[str, Any], where: str, id: str | None, options: ReadOptions
) -> Transcript:
    markdown = string(content.get("markdown"), f"{where}.markdown") or ""
    start = _CAPTIONS.search(markdown)
    if start is None:
        raise ReadError("no turns: no phrases, and no captions in markdown", where=where)
    # What the analyzer writes after the fence is a list of key frames.
    text = markdown[start.end() :].partition("```")[0]
    call = next(iter(webvtt.READER.read(text, options)))
    if not isinstance(call, Transcript):
        raise call
    return Transcript(call.turns, id, "voice", {**call.meta, "format": READER.name})


READER = Reader(
    name="azure_content_understanding",
    title="Azure AI Content Understanding",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
