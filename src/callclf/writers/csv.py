"""A table in CSV, one turn a row: id, channel, turn, role, speaker, start, end, text.

Calls without an id are numbered ("call-1"). Times are seconds, empty where there are none. `meta`
has no place in it. When it is read again, the channel is in `meta["channel"]`, unless `columns=`
says that it is one.

With tags, `flagged` lists the call's labels in each of its rows, `evidence_for` those that this
turn is evidence for, both separated by semicolons; `score_rudeness` and so on are the turn's own
probabilities, empty where the turn is not scored, and `not_scored` says why a call was not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from callclf.errors import WriteError
from callclf.tags import Tags
from callclf.writers.writer import Entry, Writer

__all__ = ["WRITER"]

_COLUMNS = ("id", "channel", "turn", "role", "speaker", "start", "end", "text")
_TAG_COLUMNS = ("flagged", "evidence_for", "not_scored")

Cell = str | float | None


def _write(entries: Iterable[Entry]) -> Iterator[str]:
    entries = iter(entries)
    # Only a call that was scored says which labels there are.
    held: list[Entry] = []
    labels: list[str] = []
    for entry in entries:
        held.append(entry)
        if entry.tags is None or entry.tags.tags:
            labels = [tag.label for tag in entry.tags.tags] if entry.tags else []
            break
    tagged = any(entry.tags is not None for entry in held)
    scores = [f"score_{label}" for label in labels]
    yield _line([*_COLUMNS, *(_TAG_COLUMNS if tagged else ()), *scores])
    seen: set[int] = set()
    for number, entry in enumerate(chain(held, entries), 1):
        id = entry.call.id or f"call-{number}"
        if hash(id) in seen:
            raise WriteError(
                f"the id {id!r} is used twice, and a table tells calls apart by their ids; give "
                "each call its own"
            )
        seen.add(hash(id))
        yield "".join(map(_line, _rows(id, entry, labels)))


def _rows(id: str, entry: Entry, labels: Sequence[str]) -> Iterator[list[Cell]]:
    cells = {} if entry.tags is None else _tag_cells(entry.tags, labels)
    for i, turn in enumerate(entry.call.turns):
        said: list[Cell] = [turn.role.value, turn.speaker, turn.start, turn.end, turn.text]
        yield [id, entry.call.channel, i, *said, *cells.get(i, [])]


def _tag_cells(tags: Tags, labels: Sequence[str]) -> dict[int, list[Cell]]:
    """Return turn -> what the tags say of it, for every turn of the call."""
    evidence: dict[int, list[str]] = {}
    for tag in tags:
        if tag.flagged:
            for item in tag.evidence:
                evidence.setdefault(item.turn, []).append(tag.label)
    own = [tag.label for tag in tags]
    scores = {
        int(turn): dict(zip(own, (round(float(score), 6) for score in row), strict=True))
        for turn, row in zip(tags.turns, tags.turn_scores, strict=True)
    }
    cells: dict[int, list[Cell]] = {}
    for i in range(len(tags.call.turns)):
        cells[i] = [";".join(tags.labels), ";".join(evidence.get(i, [])), tags.not_scored]
        cells[i] += [scores.get(i, {}).get(label) for label in labels]
    return cells


def _line(cells: Sequence[Cell]) -> str:
    line = io.StringIO()
    # A NUL in a table is taken for damage.
    safe = [cell.replace("\0", "\ufffd") if isinstance(cell, str) else cell for cell in cells]
    # Only cells with a character of the line end are quoted, and readers take "\r" for one, too.
    csv.writer(line, lineterminator="\r\n").writerow(safe)
    return line.getvalue().removesuffix("\r\n") + "\n"


WRITER = Writer(
    name="csv",
    title="CSV table, one turn a row",
    write=_write,
    suffixes=(".csv",),
    several=True,
    tags=True,
)
