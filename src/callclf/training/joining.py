"""Joining labels to calls by id, and saying what did not match."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from callclf.errors import ReadError
from callclf.labels import CallLabels
from callclf.training.answers import Answers, Sheet, as_answers, resolved
from callclf.training.label_files import LabelNotes
from callclf.transcript import Transcript

__all__ = ["JoinReport", "Joined", "join_labels"]

_SHOWN = 5


@dataclass
class JoinReport:
    """What was joined, and what was not.

    Parameters
    ----------
    calls, labelled
        Calls that were read, and those of them with a label or a "no".
    unreadable
        What is wrong with calls that could not be read.
    repeated_calls
        Ids that came more than once; the first is used.
    labels_without_call, calls_without_labels
        Ids.
    matched_by_file_name
        Calls that were found under their file's name without its ending.
    disputed
        (call, label) pairs on which reviewers disagree.
    reviewers
        How many there were.
    wrong_turns
        (call, label, turn) of answers about turns that are not there, or not the agent's.
    contradictory
        (call, label) pairs answered in two ways by one reviewer; gaps.
    notes
        File -> what of it was not used.
    """

    calls: int = 0
    labelled: int = 0
    unreadable: list[str] = field(default_factory=list)
    repeated_calls: list[str] = field(default_factory=list)
    labels_without_call: list[str] = field(default_factory=list)
    calls_without_labels: list[str] = field(default_factory=list)
    matched_by_file_name: int = 0
    disputed: list[tuple[str, str]] = field(default_factory=list)
    reviewers: int = 0
    wrong_turns: list[tuple[str, str, int]] = field(default_factory=list)
    contradictory: list[tuple[str, str]] = field(default_factory=list)
    notes: dict[str, LabelNotes] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Whether everything matched."""
        return not self.problems()

    def problems(self) -> list[str]:
        """Say in words what did not match, one thing a line."""
        listed: Sequence[tuple[str, Sequence[Any]]] = (
            ("calls that could not be read", self.unreadable),
            ("ids of calls that came again (the first is used)", self.repeated_calls),
            ("labelled calls that are not among the calls", self.labels_without_call),
            ("calls without labels", self.calls_without_labels),
            (
                "answers about turns that are not there, or not the agent's",
                [f"{call}: {label}, turn {turn}" for call, label, turn in self.wrong_turns],
            ),
            (
                "answers that contradict each other (gaps now)",
                [f"{call}: {label}" for call, label in self.contradictory],
            ),
        )
        lines = [f"{len(items)} {what}: {_shown(items)}" for what, items in listed if items]
        for file, notes in self.notes.items():
            lines += [f"{file}: {line}" for line in _of_file(notes)]
        return lines

    def __str__(self) -> str:
        lines = [f"{self.labelled:,} of {self.calls:,} calls have labels"]
        if self.matched_by_file_name:
            lines.append(f"{self.matched_by_file_name} calls were found by their file's name")
        if self.reviewers > 1:
            lines.append(
                f"{self.reviewers} reviewers, who disagree on {len(self.disputed)} labels of calls"
            )
        return "\n".join(lines + self.problems())

    def to_dict(self) -> dict[str, Any]:
        """Return counts and the first few of each as plain JSON data."""
        return {
            "calls": self.calls,
            "labelled": self.labelled,
            "reviewers": self.reviewers,
            "disputed": len(self.disputed),
            "matched_by_file_name": self.matched_by_file_name,
            "problems": self.problems(),
        }


def _of_file(notes: LabelNotes) -> list[str]:
    lines = []
    if notes.without_call:
        lines.append(f"{notes.without_call} rows without a call id")
    if notes.repeated:
        lines.append(f"{notes.repeated} answers given again")
    if notes.unknown:
        lines.append(f"questions that are about no label: {_counted(notes.unknown)}")
    if notes.not_understood:
        lines.append(f"answers not understood (gaps now): {_counted(notes.not_understood)}")
    return lines


def _counted(counter: Counter[str]) -> str:
    return _shown([f"{what!r} ({times})" for what, times in counter.most_common()])


def _shown(items: Sequence[Any]) -> str:
    more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return ", ".join(map(str, items[:_SHOWN])) + more


@dataclass(frozen=True)
class Joined:
    """Calls with what every reviewer said of them.

    Parameters
    ----------
    calls
        Those with at least one answer.
    sheets
        The labels of each reviewer, for each call.
    positions
        Where each call stands among those that were given.
    report
        What did not match.
    """

    calls: tuple[Transcript, ...]
    sheets: tuple[tuple[CallLabels, ...], ...]
    positions: tuple[int, ...]
    report: JoinReport


def join_labels(
    calls: Sequence[Transcript],
    own: Sequence[CallLabels],
    files: Mapping[str, tuple[Sequence[Sheet], LabelNotes]],
    names: Sequence[str],
    *,
    problems: Sequence[ReadError] = (),
) -> Joined:
    """Join labels to calls by id.

    Parameters
    ----------
    calls
        With ids; where one comes twice, the first is used.
    own
        The labels that the calls brought along.
    files
        File -> its sheets. What a file answers about a label replaces what the calls brought
        along and what the same reviewer answered in a file before.
    names
        The model's labels.
    problems
        What is wrong with calls that could not be read.
    """
    report = JoinReport(unreadable=[str(error) for error in problems])
    places: dict[str, int] = {}
    for i, call in enumerate(calls):
        if call.id is not None and places.setdefault(call.id, i) != i:
            report.repeated_calls.append(call.id)
    reviewed = _sheets_by_call(files, places, report)
    kept, kept_sheets, positions = [], [], []
    anonymous = (i for i, call in enumerate(calls) if call.id is None)
    for i in sorted([*places.values(), *anonymous]):
        sheets = _sheets_of(calls[i], own[i], reviewed.get(i, {}), names, report)
        report.calls += 1
        if any(sheet.annotated for sheet in sheets):
            report.labelled += 1
            kept.append(calls[i])
            kept_sheets.append(sheets)
            positions.append(i)
            report.disputed += [(str(calls[i].id), name) for name in _disputed(sheets, names)]
        else:
            report.calls_without_labels.append(calls[i].id or f"#{i}")
    named = {reviewer for by_reviewer in reviewed.values() for reviewer in by_reviewer}
    report.reviewers = len(named)
    return Joined(tuple(kept), tuple(kept_sheets), tuple(positions), report)


def _sheets_by_call(
    files: Mapping[str, tuple[Sequence[Sheet], LabelNotes]],
    places: Mapping[str, int],
    report: JoinReport,
) -> dict[int, dict[str | None, Answers]]:
    """Return call -> reviewer -> answers."""
    by_file_name: dict[str, list[int]] = {}
    for id, place in places.items():
        by_file_name.setdefault(PurePath(id).stem, []).append(place)
    reviewed: dict[int, dict[str | None, Answers]] = {}
    by_name: set[int] = set()
    lost: dict[str, None] = {}
    for file, (sheets, notes) in files.items():
        report.notes[file] = notes
        report.contradictory += notes.contradicting
        for sheet in sheets:
            found = places.get(sheet.call)
            if found is None and len(same := by_file_name.get(sheet.call, [])) == 1:
                found = same[0]
                by_name.add(found)
            if found is None:
                lost[sheet.call] = None
                continue
            reviewed.setdefault(found, {}).setdefault(sheet.reviewer, {}).update(sheet.answers)
    report.matched_by_file_name = len(by_name)
    report.labels_without_call = list(lost)
    return reviewed


def _sheets_of(
    call: Transcript,
    own: CallLabels,
    reviewed: Mapping[str | None, Answers],
    names: Sequence[str],
    report: JoinReport,
) -> tuple[CallLabels, ...]:
    """Return the labels of each reviewer; what the call brought along counts where nobody else."""
    answered = {name for answers in reviewed.values() for name in answers}
    brought = {
        name: given
        for name, given in as_answers(own, names).items()
        if name in names and name not in answered
    }
    sheets = []
    for answers in reviewed.values() or [{}]:
        result = resolved({**brought, **answers}, call)
        sheets.append(result.labels)
        report.wrong_turns += [(str(call.id), label, turn) for label, turn in result.wrong_turns]
        report.contradictory += [(str(call.id), label) for label in result.contradictions]
    return tuple(sheets)


def _disputed(sheets: Sequence[CallLabels], names: Sequence[str]) -> list[str]:
    if len(sheets) < 2:
        return []
    disputed = []
    for name in names:
        values = {float(sheet.call_row([name])[0]) for sheet in sheets}
        if {0.0, 1.0} <= values:
            disputed.append(name)
    return disputed
