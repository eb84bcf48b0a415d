"""A plain table for spreadsheets: a row for each call, below it one for each turn.

Reviewers write "yes" or "unsure" under a label in the row of a turn, or in the row of the call
where no single turn shows it, or "skip" there if they did not judge it, and an "x" under `done` in
the row of the call. Under a call that is done, an empty cell is a "no"; one that is not done is
not read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from callclf.errors import ReadError
from callclf.labels import CallLabels
from callclf.readers.reader import ReadOptions
from callclf.readers.sources import open_stream
from callclf.readers.tables import from_text
from callclf.suggest.sheet import Marks
from callclf.suggest.task import AnnotationFormat, Corrections, Reviewed, Task
from callclf.taxonomy import Taxonomy
from callclf.transcript import Role

__all__ = ["FORMAT"]

_COLUMNS = ("id", "turn", "done", "reviewer", "role", "text")
_CALL = "(call)"
_COMPANY = (Role.AGENT.value, Role.BOT.value)
_RISKY = ("=", "+", "-", "@", "\t", "\r", "'")
"""A spreadsheet takes a cell that begins so for a formula, which a customer may have typed."""


def _write(tasks: Sequence[Task], taxonomy: Taxonomy) -> Iterator[str]:
    yield _line([*_COLUMNS, *taxonomy.names])
    for task in tasks:
        whole = [_of_call(task.labels, name) for name in taxonomy.names]
        yield _line([_safe(task.id), "", "", "", _CALL, f"chosen as: {task.why}", *whole])
        for i, turn in enumerate(task.call.turns):
            cells = [_of_turn(task.labels, name, i) for name in taxonomy.names]
            yield _line([_safe(task.id), str(i), "", "", turn.role.value, _safe(turn.text), *cells])


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO(newline="")
    # As RFC 4180 has it; with "\n" alone, Python would leave a lone "\r" in a text unquoted.
    csv.writer(line, lineterminator="\r\n").writerow(
        [cell.replace("\0", "\ufffd") for cell in cells]
    )
    return line.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_RISKY) else text


def _of_call(labels: CallLabels | None, name: str) -> str:
    if labels is None:
        return ""
    if labels.annotated is not None and name not in labels.annotated:
        return "skip"
    if name in labels.labels and not labels.evidence.get(name):
        return "yes"
    unsure = labels.borderline.get(name)
    return "unsure" if unsure is not None and not unsure else ""


def _of_turn(labels: CallLabels | None, name: str, turn: int) -> str:
    if labels is None:
        return ""
    if turn in labels.evidence.get(name, ()):
        return "yes"
    return "unsure" if turn in labels.borderline.get(name, ()) else ""


def _sniff(beginning: str) -> bool:
    first = beginning.lstrip("\ufeff").partition("\n")[0].lower()
    return all(word in first for word in _COLUMNS[:5])


def _read(text: str) -> Corrections:
    with open_stream(text.encode(), ReadOptions()) as stream:
        table = from_text(stream)
        missing = [name for name in _COLUMNS[:5] if name not in table.columns]
        if missing:
            raise ReadError(f"lacks the columns {', '.join(missing)}")
        at = {name: i for i, name in enumerate(table.columns)}
        names = [name for name in table.columns if name not in _COLUMNS and name]
        sheets: dict[str, _Sheet] = {}
        for where, row in table.rows():
            cells = {name: str(row[i]).strip() if i < len(row) else "" for name, i in at.items()}
            if not any(cells.values()):
                continue  # spreadsheets write empty rows below the last
            id = cells["id"].removeprefix("'")
            sheet = sheets.setdefault(id, _Sheet(names))
            try:
                sheet.take(cells)
            except ValueError as error:
                raise ReadError(str(error), where=where) from None
    done = {id: sheet for id, sheet in sheets.items() if sheet.done}
    reviewed = [
        Reviewed(id, sheet.reviewer or None, sheet.marks.to_labels(sheet.spoken))
        for id, sheet in done.items()
    ]
    stray = [(id, turn) for id, sheet in done.items() for turn in sorted(sheet.marks.stray)]
    return Corrections(tuple(reviewed), tuple(id for id in sheets if id not in done), tuple(stray))


class _Sheet:
    """The rows of one call."""

    def __init__(self, names: Sequence[str]) -> None:
        self.marks = Marks(names)
        self.spoken: set[int] = set()
        self.done = False
        self.reviewer = ""

    def take(self, cells: dict[str, str]) -> None:
        """Take a row; raise a `ValueError` if a cell holds something else than it may."""
        whole = cells["role"] == _CALL or not cells["turn"]
        turn = -1 if whole else int(float(cells["turn"]))
        if whole:
            self.done = cells["done"].lower() not in ("", "no", "false", "0")
            self.reviewer = cells["reviewer"]
        elif cells["role"] in _COMPANY:
            self.spoken.add(turn)
        for name in self.marks.names:
            value = cells[name].lower()
            if value in ("", "no", "n", "0"):
                continue
            if value in ("yes", "y", "x", "1"):
                self.marks.call.add(name) if whole else self.marks.mark(name, turn, unsure=False)
            elif value in ("unsure", "?"):
                if whole:
                    self.marks.unsure_call.add(name)
                else:
                    self.marks.mark(name, turn, unsure=True)
            elif value == "skip" and whole:
                self.marks.not_judged.add(name)
            else:
                raise ValueError(
                    f"{cells[name]!r} under {name}: expected yes, unsure or nothing"
                    + (", or skip" if whole else "")
                )


FORMAT = AnnotationFormat(
    name="csv",
    title="CSV table for spreadsheets, one turn a row",
    suffix=".csv",
    write=_write,
    sniff=_sniff,
    read=_read,
)
