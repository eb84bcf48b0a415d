"""One label of one call: how sure it is, and the turns and words that show it."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten
from typing import Literal

__all__ = ["Decision", "Evidence", "Span", "Tag"]

Decision = Literal["flagged", "unsure", "clear"]

_LONGEST = 60
"""Characters of an evidence turn in its `repr`."""


@dataclass(frozen=True, slots=True)
class Span:
    """A word or phrase of a turn that carried its score.

    Parameters
    ----------
    start, end
        First and past-the-last character in the turn's text.
    text
        The characters themselves.
    weight
        What the words added to the turn's log-odds.
    """

    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A turn that shows a failure.

    Parameters
    ----------
    turn
        Index in `Transcript.turns`.
    source_index
        Position in the source's own list of turns.
    text
        The turn's words.
    score
        Probability that this turn shows the failure.
    start, end
        Seconds from the start of the call, or None.
    words
        The words that carried the score, in the order of the text.
    """

    turn: int
    source_index: int
    text: str
    score: float
    start: float | None
    end: float | None
    words: tuple[Span, ...] = ()

    def __repr__(self) -> str:
        return f"Evidence(turn {self.turn}, {self.score:.2f}: {shorten(self.text, _LONGEST)!r})"


@dataclass(frozen=True, slots=True)
class Tag:
    """One label of one call.

    Parameters
    ----------
    label, title
        Name and title in the model's taxonomy.
    probability
        Calibrated probability that the call shows the failure.
    threshold
        The label's cut-off under the model's policy.
    decision
        "flagged", "clear", or "unsure" inside the policy's band around the cut-off.
    evidence
        The turns that show it, the surest first; empty unless flagged or unsure.
    """

    label: str
    title: str
    probability: float
    threshold: float
    decision: Decision
    evidence: tuple[Evidence, ...] = ()

    def __repr__(self) -> str:
        turns = ", ".join(str(item.turn) for item in self.evidence)
        shown = f", turns {turns}" if turns else ""
        return f"Tag({self.label} {self.probability:.2f}, {self.decision}{shown})"

    @property
    def flagged(self) -> bool:
        """Whether the call is flagged for this label."""
        return self.decision == "flagged"
