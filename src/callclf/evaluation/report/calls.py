"""Mistakes as people read them: the call, the turns that the system shows, and those marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from callclf.corpus import Corpus
from callclf.errors import LabelError
from callclf.evaluation.predictions import call_ids
from callclf.transcript import Role, Transcript, Turn

__all__ = ["LabelMistakes", "ShownMistake", "ShownTurn", "check_texts", "shown_mistakes"]

_SIDES = {Role.AGENT: "company", Role.BOT: "company", Role.SYSTEM: "nobody"}


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """One turn of an opened call.

    Parameters
    ----------
    number
        Index in `Transcript.turns`.
    role, time, text
        Who, when (empty if unknown), what.
    side
        "company", "customer" or "nobody": where it stands.
    shown, marked
        Whether the system shows it as evidence, and whether annotators marked it.
    """

    number: int
    role: str
    time: str
    text: str
    side: str
    shown: bool
    marked: bool


@dataclass(frozen=True, slots=True)
class ShownMistake:
    """A mistake with the call to read, if its words may be shown.

    Parameters
    ----------
    kind, id
        As in `mistakes.Mistake`.
    said
        Probability and cut-off, in words.
    shown, marked
        Turn numbers, in words.
    turns
        None where the words are not shown.
    """

    kind: str
    id: str
    said: str
    shown: str
    marked: str
    turns: tuple[ShownTurn, ...] | None


@dataclass(frozen=True, slots=True)
class LabelMistakes:
    """The worst mistakes of one label."""

    title: str
    mistakes: tuple[ShownMistake, ...]


def check_texts(name: str, evaluation: Mapping[str, Any], corpus: Corpus) -> None:
    """Check that a corpus is the one that was evaluated.

    Raises
    ------
    LabelError
        If it is not.
    """
    if corpus.fingerprint() != evaluation["corpus"]["fingerprint"]:
        raise LabelError(
            f"the calls given for {name!r} are not those that were evaluated; give the same corpus"
        )


def shown_mistakes(evaluation: Mapping[str, Any], corpus: Corpus | None) -> list[LabelMistakes]:
    """Return the mistakes label by label, in the order of the taxonomy.

    Parameters
    ----------
    evaluation
        `Evaluation.to_dict`.
    corpus
        Its calls; None if their words must not be shown.
    """
    calls = {} if corpus is None else dict(zip(call_ids(corpus.calls), corpus.calls, strict=True))
    groups = []
    for label in evaluation["labels"]:
        mistakes = tuple(
            _mistake(item, calls.get(item["id"]))
            for item in evaluation["mistakes"]
            if item["label"] == label["name"]
        )
        if mistakes:
            groups.append(LabelMistakes(label["title"], mistakes))
    return groups


def _mistake(item: Mapping[str, Any], call: Transcript | None) -> ShownMistake:
    said = f"said {100 * item['probability']:.0f} %"
    if item["threshold"] is not None:
        said += f", flags from {100 * item['threshold']:.0f} %"
    turns = None
    if call is not None:
        turns = tuple(_turn(i, turn, item) for i, turn in enumerate(call.turns))
    return ShownMistake(
        item["kind"],
        item["id"],
        said,
        _numbers(item["evidence"]),
        _numbers(item["marked"]),
        turns,
    )


def _turn(i: int, turn: Turn, item: Mapping[str, Any]) -> ShownTurn:
    time = ""
    if turn.start is not None:
        minutes, seconds = divmod(int(turn.start), 60)
        time = f"{minutes}:{seconds:02d}"
    side = _SIDES.get(turn.role, "customer")
    return ShownTurn(
        i, turn.role.value, time, turn.text, side, i in item["evidence"], i in item["marked"]
    )


def _numbers(turns: list[int]) -> str:
    return ", ".join(map(str, turns)) or "none"
