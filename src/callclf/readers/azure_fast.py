"""Azure AI Speech: fast transcription.

Written by: Azure's `/speechtotext/transcriptions:transcribe`, saved as it comes. Ask for
`diarization`, or for `channels: [0, 1]` with agent and customer on separate channels.

Recognised by: `combinedPhrases` with `phrases`.

Roles: none in the file. Pass `speakers={"1": "agent", "2": "customer"}` with Azure's speaker
numbers, or `{"channel 0": ..., "channel 1": ...}` for a recording with two channels.

Times: milliseconds. A phrase is a turn; phrases of two channels are sorted by their start.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.readers._azure import locale, span
from callclf.readers._meta import plain
from callclf.readers._speech import several, voice
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.transcript import Transcript

__all__ = ["READER", "rows"]


def _sniff(value: object) -> bool:
    if not isinstance(value, dict) or "combinedPhrases" not in value:
        return False
    return isinstance(value.get("phrases"), list)


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    language = locale([phrase for _, phrase in each(record, "phrases")])
    yield assemble(
        rows(record),
        options,
        format=READER.name,
        channel="voice",
        meta=plain({"language": language}),
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
    phrases = each(record, "phrases")
    stereo = several(phrase.get("channel") for _, phrase in phrases)
    return [
        Row(
            i,
            string(phrase.get("text"), f"{where}.text"),
            *voice(phrase.get("speaker"), phrase.get("channel"), stereo, where),
            *span(phrase),
        )
        for i, (where, phrase) in enumerate(phrases)
    ]


READER = Reader(
    name="azure_fast",
    title="Azure AI Speech, fast transcription",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
