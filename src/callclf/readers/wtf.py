"""World Transcription Format, the transcript extension of vCon.

Written by: `wtf-transcript-converter` from the output of many recognisers, and systems that keep
transcripts in vCon. A file of its own, or the body of a vCon's `analysis`.

Recognised by: an object `transcript`, with a list `segments` beside it, or `text` and `language` in
it.

Roles: none by rule. `speakers` gives each id a label; a label that is a role word counts, anything
else needs `speakers={"Speaker 1": "agent", ...}`, by label or by id.

Times: seconds. A segment is a turn; without segments, the whole text is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from callclf.readers._meta import plain
from callclf.readers._speech import objects
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER", "rows"]


def _sniff(value: object) -> bool:
    whole = value.get("transcript") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(whole, dict):
        return False
    return isinstance(value.get("segments"), list) or {"text", "language"} <= whole.keys()


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    whole = mapping(record.get("transcript"), "transcript")
    metadata = mapping(record.get("metadata") or {}, "metadata")
    yield assemble(
        rows(record),
        options,
        format=READER.name,
        channel="voice",
        meta=plain({"language": whole.get("language"), "provider": metadata.get("provider")}),
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
    labels = _labels(mapping(record.get("speakers") or {}, "speakers"))
    once = {label for label, count in Counter(labels.values()).items() if count == 1}
    found = []
    for i, (where, segment) in enumerate(objects(record.get("segments") or [], "segments")):
        key = identifier(segment.get("speaker"), f"{where}.speaker")
        label = labels.get(key or "") or key
        # Two speakers with one label stay two: then the id is the name.
        role, speaker = (key, label) if label in once else (label, key)
        text = string(segment.get("text"), f"{where}.text")
        start, end = scaled(segment.get("start")), scaled(segment.get("end"))
        found.append(Row(i, text, role, speaker, start, end))
    if not found:
        whole = mapping(record.get("transcript"), "transcript")
        found.append(Row(0, string(whole.get("text"), "transcript.text")))
    return found


def _labels(speakers: dict[str, Any]) -> dict[str, str]:
    labels = {}
    for key, speaker in speakers.items():
        where = f"speakers.{key}"
        label = string(mapping(speaker, where).get("label"), f"{where}.label")
        if label:
            labels[key] = label
    return labels


READER = Reader(
    name="wtf",
    title="World Transcription Format (WTF)",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
