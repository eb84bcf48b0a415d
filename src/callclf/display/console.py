"""Tags as a table in a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from callclf.errors import ReadError
from callclf.tags import Evidence, Tag, Tags
from callclf.transcript import Transcript

__all__ = ["print_tags"]

_LONGEST = 160
"""Characters of an evidence turn shown."""


def print_tags(results: Iterable[Tags | ReadError], console: Console) -> int:
    """Print one row a flagged label, with its surest turn, then a count; return the failures.

    Parameters
    ----------
    results
        Tags, and errors in the places of the calls that could not be read.
    console
        Where to print.
    """
    table = Table(show_lines=False, header_style="bold", expand=True)
    table.add_column("call", overflow="fold", ratio=2)
    table.add_column("failure", no_wrap=True)
    table.add_column("sure", justify="right", no_wrap=True)
    table.add_column("evidence", overflow="fold", ratio=6)
    counts = {"flagged": 0, "clear": 0, "not scored": 0, "unreadable": 0}
    for result in results:
        if isinstance(result, ReadError):
            counts["unreadable"] += 1
            table.add_row(_place(result), Text("unreadable", "red"), "", escape(result.problem))
        elif result.not_scored:
            counts["not scored"] += 1
            table.add_row(
                _name(result), Text("not scored", "yellow"), "", escape(result.not_scored)
            )
        else:
            shown = [tag for tag in result if tag.decision != "clear"]
            counts["flagged" if result.labels else "clear"] += 1
            for i, tag in enumerate(shown):
                table.add_row(_name(result) if i == 0 else "", *_cells(tag, result.call))
            if shown:
                table.add_section()
    if table.row_count:
        console.print(table)
    total = sum(counts.values())
    parts = [f"{n} {what}" for what, n in counts.items() if n or what == "flagged"]
    console.print(f"{total} call{'s' * (total != 1)}: {', '.join(parts)}", highlight=False)
    return counts["unreadable"]


def _cells(tag: Tag, call: Transcript) -> tuple[Text, str, Text]:
    title = Text(tag.title, "bold")
    if tag.decision == "unsure":
        title.append(" (unsure)", "yellow")
    sure = f"{tag.probability:.0%}" if tag.probability < 0.995 else ">99%"
    return title, sure, _quote(tag.evidence[0], call)


def _quote(evidence: Evidence, call: Transcript) -> Text:
    where = f"turn {evidence.turn}"
    if evidence.start is not None:
        minutes, seconds = divmod(int(evidence.start), 60)
        where += f" at {minutes}:{seconds:02d}"
    quote = Text(evidence.text)
    for span in evidence.words:
        quote.stylize("bold underline", span.start, span.end)
    first = evidence.words[0].start if evidence.words else 0
    if len(quote) > _LONGEST:
        begin = max(0, min(first - 30, len(quote) - _LONGEST))
        quote = quote[begin : begin + _LONGEST]
        quote = Text("…" if begin else "") + quote + Text("…")
    speaker = call.turns[evidence.turn].role.value
    return Text(f"{where}, {speaker}: ", "dim") + Text(" ").join(quote.split("\n"))


def _name(tags: Tags) -> str:
    return escape(tags.id or "(no id)")


def _place(error: ReadError) -> str:
    file = error.source.rsplit("/", 1)[-1] if error.source else None
    return escape(": ".join(part for part in (file, error.where) if part))
