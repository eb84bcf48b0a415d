"""The points of the plots: precision and recall, calibration, review budget."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from callclf.evaluation.metrics import lift_top, precision_top, recall_top
from callclf.evaluation.ranking import CALIBRATION_BINS, Sample

__all__ = ["BudgetPoint", "CalibrationBin", "Curves", "PrecisionRecallPoint", "curves_of"]

MOST_POINTS = 200
"""Points of a precision-recall curve, at most; a plot shows no more."""

_Z = 1.959963984540054
"""97.5 % quantile of the normal distribution."""


@dataclass(frozen=True, slots=True)
class PrecisionRecallPoint:
    """Precision and recall of flagging everything from a cut-off up."""

    threshold: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """A tenth of the items: what was said, what was true, and how sure that is.

    Parameters
    ----------
    items
        How many.
    probability
        Their mean probability.
    share
        The share that has the label.
    low, high
        95 % interval of the share (Wilson 1927), which takes items for independent.
    """

    items: int
    probability: float
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class BudgetPoint:
    """What reviewing the worst `budget` of the calls finds; see `metrics`.

    Parameters
    ----------
    budget
        Share of the calls that are listened to, 0 to 1.
    precision
        Share of these that has the label.
    recall
        Share of all calls with the label that is found.
    lift
        Calls with the label per hour of listening, as a multiple of random.
    """

    budget: float
    precision: float
    recall: float
    lift: float


@dataclass(frozen=True)
class Curves:
    """What plots of one label are drawn from; empty where there is nothing to draw.

    Parameters
    ----------
    precision_recall
        From the highest cut-off to the lowest.
    calibration
        From the least to the most probable tenth.
    budget
        At every per cent; for calls only.
    """

    precision_recall: tuple[PrecisionRecallPoint, ...] = ()
    calibration: tuple[CalibrationBin, ...] = ()
    budget: tuple[BudgetPoint, ...] = ()

    def to_dict(self) -> dict[str, list[dict[str, Any]]]:
        """Return the points as plain JSON data."""
        return {
            "precision_recall": [asdict(point) for point in self.precision_recall],
            "calibration": [asdict(point) for point in self.calibration],
            "budget": [asdict(point) for point in self.budget],
        }


def curves_of(sample: Sample, *, budget: bool) -> Curves:
    """Return the curves of one label.

    Parameters
    ----------
    sample
        Its items.
    budget
        Whether to add the review-budget curve.
    """
    if not len(sample):
        return Curves()
    if not (sample.y == 1).any():
        return Curves(calibration=_calibration(sample))
    return Curves(
        _precision_recall(sample), _calibration(sample), _budget(sample) if budget else ()
    )


def _precision_recall(sample: Sample) -> tuple[PrecisionRecallPoint, ...]:
    w = sample.one()
    precision = w.positives_above[0] / w.items_above[0]
    recall = w.positives_above[0] / w.positives[0]
    chosen = np.arange(len(recall))
    if len(chosen) > MOST_POINTS:
        chosen = np.unique(np.linspace(0, len(recall) - 1, MOST_POINTS).round().astype(int))
    cuts = sample.p[sample.ends]
    return tuple(
        PrecisionRecallPoint(float(cuts[i]), float(precision[i]), float(recall[i])) for i in chosen
    )


def _calibration(sample: Sample) -> tuple[CalibrationBin, ...]:
    bins = []
    for number in range(CALIBRATION_BINS):
        inside = sample.bins == number
        n = int(inside.sum())
        if not n:
            continue
        share = float(sample.y[inside].mean())
        centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z * np.sqrt(share * (1 - share) / n + (_Z / (2 * n)) ** 2) / (1 + _Z**2 / n)
        probability = float(sample.p[inside].mean())
        low, high = max(float(centre - half), 0.0), min(float(centre + half), 1.0)
        bins.append(CalibrationBin(n, probability, share, low, high))
    return tuple(bins)


def _budget(sample: Sample) -> tuple[BudgetPoint, ...]:
    w = sample.one()
    return tuple(
        BudgetPoint(
            float(share),
            float(precision_top(w, share=share)[0]),
            float(recall_top(w, share=share)[0]),
            float(lift_top(w, share=share)[0]),
        )
        for share in np.arange(1, 101) / 100
    )
