"""A case of a behaviour test: a call, the same call changed, and what must hold of the two."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from callclf.transcript import Transcript

__all__ = ["NOT_SCORED", "Answers", "Case", "Rule"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

NOT_SCORED = -1
"""Stands in for a decision on a call that the model did not score."""


@dataclass(frozen=True, slots=True)
class Case:
    """A changed call beside the original.

    Parameters
    ----------
    original
        The call before the change; None where the changed call is judged alone.
    changed
        The call after it.
    group
        Name of the base call or pair. Cases of one group are resampled together.
    labels
        The labels at stake; None for all of the model's.
    """

    original: Transcript | None
    changed: Transcript
    group: str
    labels: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What the model said, one row a case and one column a label.

    Parameters
    ----------
    probability
        NaN where not scored.
    decision
        1 flagged, 0 clear, -1 not scored.
    """

    probability: FloatArray
    decision: IntArray


class Rule(StrEnum):
    """What must hold between the answers on the original and on the changed call."""

    SAME = "same"
    """Every decision is the same; scored on one side only counts as a difference."""
    NO_NEW_FLAG = "no new flag"
    """Nothing is flagged that was not flagged before."""
    CLEAR = "clear"
    """Nothing is flagged in the changed call."""
    FLAGGED = "flagged"
    """Every label at stake is flagged in the changed call."""
    HIGHER = "higher"
    """The probability rises; a tie is no rise, or a constant model would pass."""

    def broken(self, before: Answers, after: Answers) -> BoolArray:
        """Return where the rule is broken, shape (n_cases, n_labels)."""
        was, now = before.decision == 1, after.decision == 1
        broken: dict[Rule, BoolArray] = {
            Rule.SAME: before.decision != after.decision,
            Rule.NO_NEW_FLAG: now & ~was,
            Rule.CLEAR: now,
            Rule.FLAGGED: ~now,
            Rule.HIGHER: ~(after.probability > before.probability),
        }
        return broken[self]
