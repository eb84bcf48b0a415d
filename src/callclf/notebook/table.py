"""Tagged calls as a table that can be sorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callclf.notebook.conversation import TaggedCall, duration
from callclf.notebook.render import render
from callclf.notebook.words import percent
from callclf.tag import Tag

__all__ = ["table_html"]

MOST_ROWS = 500
"""Calls shown, at most: a browser draws a few thousand cells at once, not millions."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Parameters
    ----------
    text
        What it says.
    sort
        What its column is sorted by; None goes last.
    detail
        Said below, smaller.
    decision
        Of a label's cell: "flagged", "unsure" or "clear"; else empty.
    """

    text: str
    sort: float | str | None
    detail: str = ""
    decision: str = ""


def table_html(tagged: Sequence[TaggedCall]) -> str:
    """Return tagged calls as an HTML table, one row a call and one column a label."""
    shown = tagged[:MOST_ROWS]
    titles = {tag.label: tag.title for item in shown for tag in item.tags}
    timed = any(duration(item.call) for item in shown)
    facts = ("#", "Call", "Turns", *(["Length"] if timed else []), "Result")
    values = {
        "columns": [*facts, *titles.values()],
        "result": facts.index("Result"),
        "rows": [_row(i, item, list(titles), timed) for i, item in enumerate(shown)],
        "total": len(tagged),
        "flagged": sum(any(tag.flagged for tag in item.tags) for item in tagged),
        "not_scored": sum(item.not_scored is not None for item in tagged),
    }
    return render("table.html", values)


def _row(number: int, item: TaggedCall, labels: Sequence[str], timed: bool) -> list[Cell]:
    call = item.call
    tags = {tag.label: tag for tag in item.tags}
    name = call.id or "(no id)"
    return [
        Cell(str(number), number),
        Cell(name, name, call.channel or ""),
        Cell(f"{len(call):,}", len(call)),
        *([Cell(duration(call) or "", _seconds(item))] if timed else []),
        _result(item),
        *(_probability(tags.get(label)) for label in labels),
    ]


def _result(item: TaggedCall) -> Cell:
    if item.not_scored:
        return Cell("Not scored", None, item.not_scored)
    found = sorted(item.tags, key=lambda tag: -tag.probability)
    said = {
        decision: ", ".join(tag.title for tag in found if tag.decision == decision)
        for decision in ("flagged", "unsure")
    }
    surest = found[0].probability if found else 0.0
    sort = sum(tag.flagged for tag in found) + surest  # more labels first, then the surer
    unsure = f"unsure: {said['unsure']}" if said["unsure"] else ""
    return Cell(said["flagged"] or "Nothing flagged", sort, unsure)


def _probability(tag: Tag | None) -> Cell:
    if tag is None:
        return Cell("", None)
    said = "" if tag.decision == "clear" else tag.decision
    return Cell(percent(tag.probability), tag.probability, said, tag.decision)


def _seconds(item: TaggedCall) -> float | None:
    times = [t for turn in item.call.turns for t in (turn.start, turn.end) if t is not None]
    return max(times) - min(times) if len(times) > 1 else None
