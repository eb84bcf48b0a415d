"""Rev AI: transcript in its own JSON.

Written by: Rev AI's `GET /speechtotext/v1/jobs/{id}/transcript` with the header
`Accept: application/vnd.rev.transcript.v1.0+json`, and Rev's human transcription.

Recognised by: `monologues` with `elements`.

Roles: none in the file. Pass `speakers={"0": "agent", "1": "customer"}` with Rev's speaker numbers,
which are the channels where `speaker_channels_count` was given. Names under `speakers` are used
where there are any.

Times: `ts` and `end_ts`, seconds; punctuation has none.

A monologue is a turn. Its elements are put together as they stand: spaces are elements of their
own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.readers._meta import plain
from callclf.readers._speech import objects
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER", "rows"]


def _sniff(value: object) -> bool:
    monologues = value.get("monologues") if isinstance(value, dict) else None
    if not isinstance(monologues, list):
        return False
    return not monologues or (isinstance(monologues[0], dict) and "elements" in monologues[0])


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    yield assemble(
        rows(record),
        options,
        format=READER.name,
        id=identifier(record.get("id") or record.get("job_id")),
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
    names = {
        identifier(person.get("id"), f"{where}.id"): string(person.get("name"), f"{where}.name")
        for where, person in objects(record.get("speakers") or [], "speakers")
    }
    found = []
    for i, (where, monologue) in enumerate(each(record, "monologues")):
        number = identifier(monologue.get("speaker"), f"{where}.speaker")
        elements = objects(monologue.get("elements"), f"{where}.elements")
        text = "".join(string(e.get("value"), f"{place}.value") or "" for place, e in elements)
        starts = (scaled(element.get("ts")) for _, element in elements)
        ends = (scaled(element.get("end_ts")) for _, element in reversed(elements))
        start = next((time for time in starts if time is not None), None)
        end = next((time for time in ends if time is not None), None)
        name = names.get(number)
        alias = number if name else f"speaker {number}" if number else None
        found.append(Row(i, text, alias, name or number, start, end))
    return found


READER = Reader(
    name="rev_ai",
    title="Rev AI",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
