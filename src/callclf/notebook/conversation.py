"""A tagged call as a conversation: who spoke, what failed where, and which words carried it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from callclf.notebook.marks import Piece, pieces
from callclf.notebook.render import render
from callclf.notebook.words import clock, counted, percent
from callclf.tag import Evidence, Tag
from callclf.transcript import Role, Transcript, Turn

__all__ = ["TaggedCall", "conversation_html", "duration"]

BEFORE, AFTER = 2, 1
"""Turns shown around evidence: what a turn answers, and what it led to."""

OPENING = 2
"""Turns shown from the start."""

FEWEST_FOLDED = 4
"""A shorter stretch stays open: folding it would save nothing."""

_SIDES = {Role.CUSTOMER: "customer", Role.AGENT: "company", Role.BOT: "company"}


class TaggedCall(Protocol):
    """What is shown of a call; `Tags` is one."""

    @property
    def call(self) -> Transcript:
        """The transcript."""

    @property
    def tags(self) -> Sequence[Tag]:
        """One a label; empty if the call was not scored."""

    @property
    def not_scored(self) -> str | None:
        """Why the call was not scored, or None if it was."""

    @property
    def model(self) -> str:
        """Name and version of the model."""


@dataclass(frozen=True, slots=True)
class ShownFlag:
    """A label that a turn is evidence for.

    Parameters
    ----------
    title
        Of the label.
    decision
        "flagged" or "unsure".
    probability
        That this turn shows it, in words.
    carried
        What carried it, in words.
    """

    title: str
    decision: str
    probability: str
    carried: str


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """One turn.

    Parameters
    ----------
    number
        Index in `Transcript.turns`.
    who, speaker, time
        Role; name, unless that is the role again; start. The last two are empty if unknown.
    side
        "customer" (left), "company" (right) or "nobody".
    pieces
        The text, cut where shading begins and ends.
    flags
        Labels that it is evidence for.
    """

    number: int
    who: str
    speaker: str
    time: str
    side: str
    pieces: tuple[Piece, ...]
    flags: tuple[ShownFlag, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Turns that follow each other; a folded one says in words what is in it."""

    turns: tuple[ShownTurn, ...]
    folded: str | None


def conversation_html(tagged: TaggedCall) -> str:
    """Return a tagged call as HTML: the labels, then the turns, those without evidence folded."""
    call = tagged.call
    facts = [call.channel, counted(len(call), "turn"), duration(call), tagged.model]
    found = [tag for tag in tagged.tags if tag.decision != "clear"]
    values = {
        "id": call.id,
        "facts": [fact for fact in facts if fact],
        "not_scored": tagged.not_scored,
        "found": sorted(found, key=lambda tag: -tag.probability),
        "tags": tagged.tags,
        "stretches": list(_stretches(call, found)),
        "percent": percent,
    }
    return render("conversation.html", values)


def duration(call: Transcript) -> str | None:
    """Return how long a call takes, in words, or None where its turns have no times."""
    times = [t for turn in call.turns for t in (turn.start, turn.end) if t is not None]
    return clock(max(times) - min(times)) if len(times) > 1 else None


def _stretches(call: Transcript, found: Sequence[Tag]) -> Iterator[Stretch]:
    evidence: dict[int, list[tuple[Tag, Evidence]]] = {}
    for tag in found:
        for item in tag.evidence:
            evidence.setdefault(item.turn, []).append((tag, item))
    shown = _near(evidence, len(call))
    for near, group in groupby(range(len(call)), key=lambda i: i in shown):
        numbers = list(group)
        turns = tuple(_turn(i, call.turns[i], evidence.get(i, ())) for i in numbers)
        fold = not near and len(turns) >= FEWEST_FOLDED
        yield Stretch(turns, _folded(call, numbers) if fold else None)


def _near(evidence: Mapping[int, object], n_turns: int) -> set[int]:
    near = set(range(min(OPENING, n_turns)))
    for turn in evidence:
        near.update(range(max(turn - BEFORE, 0), min(turn + AFTER + 1, n_turns)))
    return near


def _folded(call: Transcript, numbers: Sequence[int]) -> str:
    first, last = call.turns[numbers[0]], call.turns[numbers[-1]]
    words = f"{counted(len(numbers), 'turn')} without evidence"
    if first.start is None or last.start is None:
        return words
    return f"{words}, {clock(first.start)} to {clock(last.start)}"


def _turn(number: int, turn: Turn, evidence: Sequence[tuple[Tag, Evidence]]) -> ShownTurn:
    who, speaker = turn.role.value.capitalize(), turn.speaker or ""
    flags = tuple(
        ShownFlag(tag.title, tag.decision, percent(item.score), _carried(item))
        for tag, item in sorted(evidence, key=lambda pair: -pair[1].score)
    )
    return ShownTurn(
        number=number,
        who=who,
        speaker="" if speaker.casefold() == turn.role.value else speaker,
        time="" if turn.start is None else clock(turn.start),
        side=_SIDES.get(turn.role, "nobody"),
        pieces=tuple(pieces(turn.text, [(tag.title, item.words) for tag, item in evidence])),
        flags=flags,
    )


def _carried(evidence: Evidence) -> str:
    words = ", ".join(f"“{span.text}”" for span in evidence.words)
    return f"carried by {words}" if words else "carried by what went before, by no word of its own"
