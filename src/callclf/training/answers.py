"""What reviewers answer about a call, and what that makes of its labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import lcm

from callclf.labels import CallLabels
from callclf.transcript import Transcript

__all__ = ["Answers", "Resolved", "Sheet", "as_answers", "majority", "resolved", "votes"]

Turn = int | None
"""Number of a turn; None for the call as a whole."""

Answers = dict[str, dict[Turn, str]]
"""Label -> turn or whole call -> "yes", "no" or "unsure". What is not in it, nobody looked at."""


@dataclass(frozen=True)
class Sheet:
    """What one reviewer answered about one call.

    Parameters
    ----------
    call
        Its id.
    reviewer
        Who; None where nobody is named.
    answers
        See `Answers`.
    """

    call: str
    reviewer: str | None
    answers: Answers


@dataclass(frozen=True)
class Resolved:
    """A sheet as labels.

    Parameters
    ----------
    labels
        Of the call.
    wrong_turns
        (label, turn) of answers about turns that are not there, or not the agent's; left out.
    contradictions
        Labels with a "no" for the call and a "yes" for a turn; gaps now.
    """

    labels: CallLabels
    wrong_turns: tuple[tuple[str, int], ...] = ()
    contradictions: tuple[str, ...] = ()


@dataclass
class _Parts:
    labels: list[str] = field(default_factory=list)
    evidence: dict[str, tuple[int, ...]] = field(default_factory=dict)
    borderline: dict[str, tuple[int, ...]] = field(default_factory=dict)
    annotated: list[str] = field(default_factory=list)

    def built(self) -> CallLabels:
        return CallLabels(tuple(self.labels), self.evidence, self.borderline, tuple(self.annotated))


def as_answers(labels: CallLabels, names: Sequence[str]) -> Answers:
    """Return labels as answers; `resolved` gives them back.

    Parameters
    ----------
    labels
        Of one call.
    names
        The labels that were looked for where `labels` do not say so themselves.
    """
    answers: Answers = {}
    looked_for = names if labels.annotated is None else labels.annotated
    for name in dict.fromkeys([*looked_for, *labels.labels, *labels.borderline]):
        unsure = labels.borderline.get(name)
        given: dict[Turn, str] = dict.fromkeys(unsure or (), "unsure")
        if name in labels.labels:
            given[None] = "yes"
            given.update(dict.fromkeys(labels.evidence.get(name, ()), "yes"))
        elif unsure is None:
            given[None] = "no"
        elif not unsure:
            given[None] = "unsure"
        answers[name] = given
    return answers


def resolved(answers: Answers, call: Transcript) -> Resolved:
    """Turn one reviewer's answers into labels.

    A turn without an answer is a gap where other turns of the call have a "no" for the label;
    where only the failing turns are marked, the others are taken for fine.
    """
    spoken = set(call.scored_turns())
    parts, wrong, contradictions = _Parts(), [], []
    for name, given in answers.items():
        turns = {turn: answer for turn, answer in given.items() if turn is not None}
        wrong += [(name, turn) for turn in turns if turn not in spoken]
        turns = {turn: answer for turn, answer in turns.items() if turn in spoken}
        whole = given.get(None)
        if whole == "no" and "yes" in turns.values():
            contradictions.append(name)
        elif whole is not None or turns:
            _settle(parts, name, whole, turns, spoken)
    return Resolved(parts.built(), tuple(wrong), tuple(contradictions))


def _settle(
    parts: _Parts, name: str, whole: str | None, turns: Mapping[int, str], spoken: Iterable[int]
) -> None:
    marked = tuple(sorted(turn for turn, answer in turns.items() if answer == "yes"))
    unsure = {turn for turn, answer in turns.items() if answer == "unsure"}
    if "no" in turns.values() and whole != "no":
        unsure |= set(spoken).difference(turns)
    parts.annotated.append(name)
    if marked or whole == "yes":
        parts.labels.append(name)
        if marked:
            parts.evidence[name] = marked
    if unsure or (whole == "unsure" and not marked):
        parts.borderline[name] = tuple(sorted(unsure))


def votes(sheets: Sequence[CallLabels]) -> list[tuple[CallLabels, float]]:
    """Turn several reviewers' labels of one call into copies of it with weights.

    A copy holds one answer a label; over the copies, every reviewer who looked for a label has the
    same weight in it, and the weights sum to 1. So a label that one of three reviewers saw is yes
    with weight 1/3 and no with weight 2/3: a soft label.
    """
    if len(sheets) == 1:
        return [(sheets[0], 1.0)]
    looked: dict[str, list[CallLabels]] = {}
    for sheet in sheets:
        for name in sheet.annotated or ():
            looked.setdefault(name, []).append(sheet)
    copies = lcm(*(len(found) for found in looked.values())) if looked else 1
    counted: Counter[str] = Counter()
    built: dict[str, CallLabels] = {}
    for k in range(copies):
        parts = _Parts()
        for name, found in looked.items():
            _copy_of_label(parts, name, found[k % len(found)])
        labels = parts.built()
        counted[repr(labels)] += 1
        built[repr(labels)] = labels
    return [(built[key], times / copies) for key, times in counted.items()]


def majority(sheets: Sequence[CallLabels]) -> CallLabels:
    """Return what most reviewers said, label by label; a tie is borderline, neither yes nor no."""
    if len(sheets) == 1:
        return sheets[0]
    parts = _Parts()
    for name in dict.fromkeys(name for sheet in sheets for name in sheet.annotated or ()):
        values = [float(sheet.call_row([name])[0]) for sheet in sheets]
        yes, no = values.count(1.0), values.count(0.0)
        if yes == no:
            parts.annotated.append(name)
            parts.borderline[name] = ()
            continue
        agreeing = [sheet for sheet, v in zip(sheets, values, strict=True) if v == float(yes > no)]
        # Of those who agree, the one who marks most says which turns.
        best = max(agreeing, key=lambda sheet: len(sheet.evidence.get(name, ())))
        _copy_of_label(parts, name, best)
    return parts.built()


def _copy_of_label(parts: _Parts, name: str, sheet: CallLabels) -> None:
    parts.annotated.append(name)
    if name in sheet.labels:
        parts.labels.append(name)
    if name in sheet.evidence:
        parts.evidence[name] = tuple(sheet.evidence[name])
    if name in sheet.borderline:
        parts.borderline[name] = tuple(sheet.borderline[name])
