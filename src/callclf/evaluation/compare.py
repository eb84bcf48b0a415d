"""Is one system better than another on the same calls? Paired differences, and a plain verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from callclf.corpus import Corpus
from callclf.errors import LabelError, unknown_name
from callclf.evaluation.bootstrap import LEVEL, Bootstrap, Figure, interval, replicate
from callclf.evaluation.evaluate import predictions_for
from callclf.evaluation.metrics import METRICS, Metric
from callclf.evaluation.outcomes import ANY, Outcomes, call_outcomes
from callclf.taxonomy import Taxonomy

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "Difference", "compare", "holm"]

FloatArray = npt.NDArray[np.float64]

_SAYS = {
    "average_precision": "finds {} better",
    "roc_auc": "ranks {} better",
    "precision": "is right more often about {}",
    "recall": "finds more {}",
    "f1": "finds {} better",
    "false_alarms_per_100": "raises fewer false alarms about {}",
    "evidence_hit_rate": "points to the right turn of {} more often",
    "brier": "gives better probabilities for {}",
    "calibration_error": "gives better calibrated probabilities for {}",
}
"""Metric -> what a system does that has the better figure; recall at few false alarms "finds more"."""


@dataclass(frozen=True)
class Difference:
    """One figure of two systems, on the calls that both scored.

    Parameters
    ----------
    a, b
        The figures; None where they are not defined, and the difference's note says why.
    difference
        b - a, with its interval.
    p
        How likely a difference at least as large is by chance; two-sided, None without interval.
    p_corrected
        The same corrected over labels (Holm); None for averages, which are tested once.
    calls
        Calls that the figures rest on.
    """

    a: float | None
    b: float | None
    difference: Figure
    p: float | None
    p_corrected: float | None
    calls: int

    @property
    def shown(self) -> bool:
        """Whether chance is ruled out at the level of the intervals."""
        p = self.p if self.p_corrected is None else self.p_corrected
        return p is not None and p < 1 - LEVEL

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as plain JSON data."""
        return {
            "a": self.a,
            "b": self.b,
            "difference": self.difference.to_dict(),
            "p": self.p,
            "p_corrected": self.p_corrected,
            "shown": self.shown,
            "calls": self.calls,
        }
