"""The worst mistakes, to be read: surest false alarms, and failures given the least probability."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from callclf.corpus import Corpus
from callclf.evaluation.outcomes import Outcomes
from callclf.evaluation.predictions import Predictions

__all__ = ["Mistake", "worst_mistakes"]

Kind = Literal["false alarm", "miss"]

MOST = 5
"""Mistakes of each kind and label, at most."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A call that was flagged wrongly, or not flagged wrongly.

    Parameters
    ----------
    label
        For what.
    kind
        "false alarm" or "miss".
    id
        The call.
    probability, threshold
        What the system said, and its cut-off; None if that is not known.
    evidence
        Turns that the system shows; indices in `Transcript.turns`.
    marked
        Turns that annotators marked; empty if they marked the call only.
    """

    label: str
    kind: Kind
    id: str
    probability: float
    threshold: float | None
    evidence: tuple[int, ...]
    marked: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the mistake as plain JSON data."""
        return {**asdict(self), "evidence": list(self.evidence), "marked": list(self.marked)}


def worst_mistakes(
    outcomes: Outcomes, predictions: Predictions, corpus: Corpus
) -> tuple[Mistake, ...]:
    """Return the worst mistakes of each label, false alarms first, the worst first.

    Parameters
    ----------
    outcomes
        Of calls.
    predictions, corpus
        What it was made from.
    """
    mistakes: list[Mistake] = []
    for j in range(len(predictions.labels)):
        y, p, flagged = outcomes.y[:, j], outcomes.p[:, j], outcomes.flagged[:, j]
        alarms = np.flatnonzero((y == 0) & (flagged == 1) & ~np.isnan(p))
        misses = np.flatnonzero((y == 1) & (flagged == 0) & ~np.isnan(p))
        alarms = alarms[np.argsort(-p[alarms], kind="stable")][:MOST]
        misses = misses[np.argsort(p[misses], kind="stable")][:MOST]
        mistakes += [_mistake(predictions, corpus, j, i, "false alarm") for i in alarms]
        mistakes += [_mistake(predictions, corpus, j, i, "miss") for i in misses]
    return tuple(mistakes)


def _mistake(
    predictions: Predictions, corpus: Corpus, label: int, call: np.intp, kind: Kind
) -> Mistake:
    said, name = predictions.calls[call], predictions.labels[label]
    threshold = float(predictions.thresholds[label])
    return Mistake(
        label=name,
        kind=kind,
        id=said.id,
        probability=float(said.probability[label]),
        threshold=None if np.isnan(threshold) else threshold,
        evidence=tuple((said.evidence or {}).get(name, ())),
        marked=tuple(corpus.labels[call].evidence.get(name, ())),
    )
