"""Azure AI Speech: batch transcription, version 3 and later.

Written by: Azure's batch transcription, one result file for each recording (the link `contentUrl`
of kind "Transcription"). Set `diarizationEnabled`, or record agent and customer on two channels.

Recognised by: `recognizedPhrases`.

Roles: none in the file. Pass `speakers={"1": "agent", "2": "customer"}` with Azure's speaker
numbers, or `{"channel 0": ..., "channel 1": ...}` for a recording with two channels.

Times: ticks of 100 ns, or ISO 8601 durations ("PT3.43S"). Phrases are grouped by channel and are
sorted by their start here.

A phrase is a turn; of its alternatives the first is read: `display`, else `itn`, else `lexical`.
Phrases that were not recognised are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.readers._azure import best_text, locale, span
from callclf.readers._meta import plain
from callclf.readers._speech import objects, several, voice
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, mapping
from callclf.readers.reader import Reader, ReadOptions
from callclf.transcript import Transcript

__all__ = ["READER", "rows"]


def _sniff(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("recognizedPhrases"), list)


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    language = locale([phrase for _, phrase in each(record, "recognizedPhrases")])
    yield assemble(
        rows(record),
        options,
        format=READER.name,
        channel="voice",
        meta=plain({"language": language, "created": record.get("timestamp")}),
    )


def rows(record: dict[str, Any]) -> list[Row]:
    """Return the turns of a result file.

    Parameters
    ----------
    record
        The whole file.

    Raises
    ------
    ReadError
        If it is not as it should be.
    """
    phrases = each(record, "recognizedPhrases")
    stereo = several(phrase.get("channel") for _, phrase in phrases)
    found = []
    for i, (where, phrase) in enumerate(phrases):
        best = objects(phrase.get("nBest") or [], f"{where}.nBest")[:1]
        if phrase.get("recognitionStatus", "Success") != "Success" or not best:
            continue
        who = voice(phrase.get("speaker"), phrase.get("channel"), stereo, where)
        place, first = best[0]
        found.append(Row(i, best_text(first, place), *who, *span(phrase)))
    return found


READER = Reader(
    name="azure_batch",
    title="Azure AI Speech, batch transcription",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
