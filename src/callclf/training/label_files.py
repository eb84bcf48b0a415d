"""Reading files of labels: scorecards, tables of turns, JSON lines; nothing is guessed silently."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callclf.corpus import looked_for
from callclf.errors import LabelError, ReadError, unknown_name
from callclf.labels import CallLabels
from callclf.readers.reader import ReadOptions, Table
from callclf.readers.roles import fold
from callclf.readers.sources import open_stream
from callclf.readers.tables import from_parquet, from_text
from callclf.training.answers import Answers, Sheet, as_answers
from callclf.training.config import LabelFile

__all__ = ["LabelNotes", "read_label_file"]

FIELDS = {
    "call": "id, call, call id, callid, conversation, conversation id, contact id, interaction id, "
    "dialogue id, transcript, transcript id, file, filename",
    "question": "question, label, criterion, item, failure, failure mode, category",
    "answer": "answer, value, score, rating, result, response",
    "turn": "turn, turn index, turn number, turn id",
    "reviewer": "reviewer, annotator, rater, auditor, evaluator, coder, labeller, labeler",
}
"""Field -> the headers that name it, without case and punctuation."""

_YES = {"yes", "y", "true", "t", "1", "1.0", "x"}
_NO = {"no", "n", "false", "f", "0", "0.0"}
_UNSURE = {"unsure", "maybe", "borderline", "unclear"}
_GAP = {"", "na", "n/a", "nan", "none", "null", "-", "not applicable", "not answered"}


@dataclass
class LabelNotes:
    """What a file held that was not used, or not as it stands.

    Parameters
    ----------
    rows
        Rows that were read.
    repeated
        Answers given again.
    contradicting
        (call, label) pairs that one reviewer answered in two ways; gaps now.
    unknown
        Question or label -> rows that name it, though it is none of the model's.
    not_understood
        Answer -> how often; taken for gaps.
    without_call
        Rows that name no call.
    """

    rows: int = 0
    repeated: int = 0
    contradicting: list[tuple[str, str]] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    not_understood: Counter[str] = field(default_factory=Counter)
    without_call: int = 0


def read_label_file(file: LabelFile, names: Sequence[str]) -> tuple[list[Sheet], LabelNotes]:
    """Read who answered what.

    Parameters
    ----------
    file
        The file, and how to read it.
    names
        The model's labels.

    Raises
    ------
    ReadError
        If the file cannot be read, or it is not clear which column is which.
    """
    notes = LabelNotes()
    sheets = _Sheets(notes)
    try:
        if Path(file.path).suffix.lower() in (".jsonl", ".json", ".ndjson"):
            _read_records(file, names, sheets)
        else:
            _read_table(file, names, sheets)
    except ReadError as error:
        raise ReadError(error.problem, source=file.path, where=error.where) from None
    return sheets.all(), notes


class _Sheets:
    """Collects answers; the second of two that contradict each other undoes both."""

    def __init__(self, notes: LabelNotes) -> None:
        self.notes = notes
        self._sheets: dict[tuple[str, str | None], Answers] = {}
        self._undone: set[tuple[str, str | None, str, int | None]] = set()

    def add(
        self, call: str, reviewer: str | None, label: str, turn: int | None, answer: str
    ) -> None:
        given = self._sheets.setdefault((call, reviewer), {}).setdefault(label, {})
        place = (call, reviewer, label, turn)
        if place in self._undone:
            self.notes.repeated += 1
        elif turn not in given:
            given[turn] = answer
        elif given[turn] == answer:
            self.notes.repeated += 1
        else:
            del given[turn]
            self._undone.add(place)
            self.notes.contradicting.append((call, label))

    def all(self) -> list[Sheet]:
        return [Sheet(call, reviewer, a) for (call, reviewer), a in self._sheets.items()]


# ---- tables ------------------------------------------------------------------------------------


def _read_table(file: LabelFile, names: Sequence[str], sheets: _Sheets) -> None:
    with open_stream(Path(file.path), ReadOptions()) as stream:
        table = from_parquet(stream) if stream.is_parquet else from_text(stream)
        at = _columns(file, table)
        questions = _questions(file, names)
        # A column that is named like a label outweighs one that is named like a question: tables
        # with a column a label often have a "category", too.
        asked = {i: c for i, c in enumerate(table.columns) if c in questions}
        if "question" in file.columns or not asked:
            asked = {}
            if "question" not in at:
                raise ReadError(
                    "found neither a column of questions nor one that is named like a label; "
                    f"columns: {', '.join(table.columns)}; labels: {', '.join(names)}. Say which "
                    "is which with columns and questions"
                )
        understand = _understand(file)
        for where, row in table.rows():
            sheets.notes.rows += 1
            _read_row(_Row(file, where, row, at), asked, questions, understand, sheets)


@dataclass(frozen=True)
class _Row:
    file: LabelFile
    where: str
    values: tuple[Any, ...]
    at: Mapping[str, int]

    def text(self, field: str) -> str:
        position = self.at.get(field)
        return "" if position is None else _text(self.values, position)

    def turn(self) -> int | None:
        text = self.text("turn")
        if fold(text) in _GAP:
            return None
        try:
            number = float(text)
            if number != int(number):
                raise ValueError
        except (ValueError, OverflowError):
            raise ReadError(f"expected a turn's number, got {text!r}", where=self.where) from None
        return int(number) - self.file.turns_from


def _read_row(
    row: _Row,
    asked: Mapping[int, str],
    questions: Mapping[str, tuple[str, bool]],
    understand: Callable[[str], str | None],
    sheets: _Sheets,
) -> None:
    call, turn = row.text("call"), row.turn()
    if not call:
        sheets.notes.without_call += 1
        return
    if not asked:
        # Without a column of answers, a row says that there was one.
        given = [(row.text("question"), row.text("answer") if "answer" in row.at else "yes")]
    else:
        given = [(question, _text(row.values, i)) for i, question in asked.items()]
    for question, text in given:
        if question not in questions:
            sheets.notes.unknown[question] += 1
            continue
        answer = understand(text)
        if answer is None:
            sheets.notes.not_understood[text] += 1
        elif answer != "gap":
            label, turned = questions[question]
            if turned:
                answer = {"yes": "no", "no": "yes"}.get(answer, answer)
            sheets.add(call, row.text("reviewer") or None, label, turn, answer)


def _text(values: tuple[Any, ...], position: int) -> str:
    value = values[position] if position < len(values) else None
    if value is None or value != value:  # NaN, where a parquet column has nothing
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # an id that a table program took for a number
    return str(value).strip()


def _columns(file: LabelFile, table: Table) -> dict[str, int]:
    """Return field -> position of its column."""
    for key, column in file.columns.items():
        if key not in FIELDS:
            raise ReadError(unknown_name("field", key, FIELDS), where="columns")
        if column not in table.columns:
            raise ReadError(unknown_name("column", column, table.columns), where="columns")
    at = {key: table.columns.index(column) for key, column in file.columns.items()}
    for key, headers in FIELDS.items():
        known = headers.split(", ")
        found = [i for i, c in enumerate(table.columns) if fold(c) in known]
        if key not in at and found:
            # The list is in order of how sure it is: "id" before "file".
            at[key] = min(found, key=lambda i: known.index(fold(table.columns[i])))
    if "call" not in at:
        raise ReadError(
            f"found no column of call ids among {', '.join(table.columns)}; name it with "
            'columns = { call = "…" }'
        )
    return at


def _questions(file: LabelFile, names: Sequence[str]) -> dict[str, tuple[str, bool]]:
    """Return question -> the label that it is about, and whether "yes" means there was none."""
    questions = {name: (name, False) for name in names}
    for question, meaning in file.questions.items():
        turned = meaning.startswith("not ")
        label = meaning.removeprefix("not ").strip()
        if label not in names:
            raise ReadError(unknown_name("label", label, names), where="questions")
        questions[question.strip()] = (label, turned)
    return questions


def _understand(file: LabelFile) -> Callable[[str], str | None]:
    """Return a function from what was written to yes, no, unsure, gap; None if it is no answer."""
    meanings = dict.fromkeys(_YES, "yes") | dict.fromkeys(_NO, "no")
    meanings |= dict.fromkeys(_UNSURE, "unsure") | dict.fromkeys(_GAP, "gap")
    meanings |= {word.casefold(): "yes" for word in file.yes}
    meanings |= {word.casefold(): "no" for word in file.no}
    return lambda text: meanings.get(text.strip().casefold())


# ---- JSON lines --------------------------------------------------------------------------------


def _read_records(file: LabelFile, names: Sequence[str], sheets: _Sheets) -> None:
    found: list[tuple[str, str | None, CallLabels]] = []
    for where, record in _records(Path(file.path)):
        sheets.notes.rows += 1
        if not isinstance(record, dict):
            raise ReadError("expected one JSON object a line", where=where)
        if record.get("id") in (None, ""):
            sheets.notes.without_call += 1
            continue
        try:
            labels = CallLabels.from_dict(record)
        except LabelError as error:
            raise ReadError(str(error), where=where) from None
        reviewer = record.get("reviewer")
        found.append((str(record["id"]), None if reviewer is None else str(reviewer), labels))
    default = looked_for([labels for _, _, labels in found])
    for call, reviewer, labels in found:
        for name, given in as_answers(labels, default).items():
            if name not in names:
                sheets.notes.unknown[name] += name in labels.labels or bool(labels.annotated)
                continue
            for turn, answer in given.items():
                number = None if turn is None else turn - file.turns_from
                sheets.add(call, reviewer, name, number, answer)


def _records(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    try:
                        yield f"line {number}", json.loads(line)
                    except ValueError as error:
                        raise ReadError(f"not JSON: {error}", where=f"line {number}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"cannot be read: {error}") from None
