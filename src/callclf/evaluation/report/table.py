"""A table that can be drawn as HTML or written as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callclf.evaluation.report import words

__all__ = ["Cell", "Row", "Table", "figure_cell", "number_cell"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One field.

    Parameters
    ----------
    text
        What it says.
    interval, note
        What stands smaller below: an interval, or why there is none.
    sort
        What the column is sorted by, if not the text; missing values go last.
    tone
        "good", "bad" or "": only underlines what the text says too.
    """

    text: str
    interval: str = ""
    note: str = ""
    sort: float | None = None
    tone: str = ""

    def to_markdown(self) -> str:
        """Return the field in one line, without what would break out of a table."""
        small = self.interval or self.note
        return _escaped(f"{self.text} ({small})" if small else self.text)


@dataclass(frozen=True, slots=True)
class Row:
    """One line; the first cell is its heading.

    Parameters
    ----------
    cells
        One a column.
    muted
        Whether there is too little behind it to say much.
    """

    cells: tuple[Cell, ...]
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings.

    Parameters
    ----------
    caption
        What the table shows.
    columns
        Headings; the first is that of the row headings.
    rows
        Lines that can be sorted.
    footer
        Averages and the like, which stay at the bottom.
    words
        Columns that hold words, aligned to the left, counted from 0.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    footer: tuple[Row, ...] = ()
    words: tuple[int, ...] = (0,)

    def to_markdown(self) -> str:
        """Return the table as Markdown, without the caption; ends without a line break."""
        rule = ["---" if i in self.words else "--:" for i in range(len(self.columns))]
        lines = [list(map(_escaped, self.columns)), rule]
        for row in (*self.rows, *self.footer):
            lines.append([cell.to_markdown() for cell in row.cells])
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figure_cell(metric: str, figure: Mapping[str, Any] | None) -> Cell:
    """Return a figure with its interval, or with the reason why one is missing.

    Parameters
    ----------
    metric
        Decides how the number is written.
    figure
        `{"value", "low", "high", "note"}`, or None where the metric makes no sense.
    """
    if figure is None:
        return Cell(words.MISSING)
    note = (figure["note"] or "") if figure["low"] is None else ""
    return Cell(words.value(metric, figure), words.interval(metric, figure), note, figure["value"])


def number_cell(number: int) -> Cell:
    """Return a count."""
    return Cell(f"{number:,}", sort=number)


def _escaped(text: str) -> str:
    # Names of labels, slices and corpora are the user's own.
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
