"""The metrics: a table of pure functions, each with what it needs to be defined.

Every function takes a `Weighted` sample and returns one figure a resample, shape (n_resamples,).
A figure whose needs are not met is not computed: it has no value, and a note that says what is
missing. So a label without positives never gets a silent 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from callclf.evaluation.outcomes import Unit
from callclf.evaluation.ranking import CALIBRATION_BINS, Sample, Weighted, ratio

__all__ = ["METRICS", "Metric", "metrics_for"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


# ---- the functions ------------------------------------------------------------------------


def average_precision(w: Weighted) -> FloatArray:
    """Return Σ (R_k - R_(k-1)) P_k over the cut-offs k, as scikit-learn defines it."""
    steps = np.diff(w.positives_above, prepend=0.0, axis=1)
    seen = w.items_above
    precision = np.divide(w.positives_above, seen, out=np.zeros_like(seen), where=seen > 0)
    return ratio((steps * precision).sum(axis=1), w.positives)


def roc_auc(w: Weighted) -> FloatArray:
    """Return how often a positive is above a negative, ties counting half."""
    found = w.positives_above
    alarms = np.diff(w.items_above - found, prepend=0.0, axis=1)
    middle = found - np.diff(found, prepend=0.0, axis=1) / 2
    return ratio((alarms * middle).sum(axis=1), w.positives * (w.size - w.positives))


def precision(w: Weighted) -> FloatArray:
    """Return the share of the flags that is right."""
    return ratio(w.total(w.sample.flagged * w.sample.y), w.total(w.sample.flagged))


def recall(w: Weighted) -> FloatArray:
    """Return the share of the positives that is flagged; an abstention flags nothing."""
    return ratio(w.total(w.sample.flagged * w.sample.y), w.positives)


def f1(w: Weighted) -> FloatArray:
    """Return the harmonic mean of precision and recall; 0 if nothing is flagged."""
    return ratio(
        2 * w.total(w.sample.flagged * w.sample.y), w.total(w.sample.flagged) + w.positives
    )


def false_alarms(w: Weighted) -> FloatArray:
    """Return the flags per 100 items that are clean of every failure."""
    return 100 * ratio(w.total(w.sample.flagged * w.sample.clean), w.total(w.sample.clean))


def recall_at(w: Weighted, *, per_100: float) -> FloatArray:
    """Return the highest recall of a cut-off with so many false alarms per 100 clean items."""
    return ratio(w.positives_within(per_100 / 100 * w.total(w.sample.clean)), w.positives)


def precision_top(w: Weighted, *, share: float) -> FloatArray:
    """Return the share of positives in the first part of the ranking."""
    top = w.top(share)
    return ratio(top.positives, top.items)


def recall_top(w: Weighted, *, share: float) -> FloatArray:
    """Return the share of all positives that is in the first part of the ranking."""
    return ratio(w.top(share).positives, w.positives)


def lift_top(w: Weighted, *, share: float) -> FloatArray:
    """Return the positives per hour of listening to the first part, as a multiple of random.

    Random is the positives per hour of listening to everything. Where calls have no times, words
    stand in for hours; see `outcomes.listening`.
    """
    top = w.top(share)
    return ratio(ratio(top.positives, top.cost), ratio(w.positives, w.total(w.sample.cost)))


def brier(w: Weighted) -> FloatArray:
    """Return the mean squared difference of probability and truth."""
    return ratio(w.total((w.sample.p - w.sample.y) ** 2), w.size)


def calibration_error(w: Weighted) -> FloatArray:
    """Return the expected calibration error over ten bins with the same number of items.

    The mean over items of |mean probability - share of positives| in their bin. Equal numbers
    rather than equal widths, since nearly all probabilities of a rare failure are near 0.
    """
    inside = np.eye(CALIBRATION_BINS)[w.sample.bins]
    gap = w.total(inside * (w.sample.p - w.sample.y)[:, None])
    return ratio(np.abs(gap).sum(axis=1), w.size)


def calibration_bias(w: Weighted) -> FloatArray:
    """Return mean probability minus share of positives: above 0, the system cries too much."""
    return ratio(w.total(w.sample.p - w.sample.y), w.size)


def evidence_hit_rate(w: Weighted) -> FloatArray:
    """Return the share of the right flags whose surest evidence turn annotators marked.

    Over flagged calls that have the label and whose turns were marked; a top turn that annotators
    found borderline is left out.
    """
    judged = ~np.isnan(w.sample.hit)
    return ratio(w.total(np.nan_to_num(w.sample.hit)), w.total(judged))


# ---- the table ----------------------------------------------------------------------------

_NEEDS: dict[str, tuple[Callable[[Sample], bool], str]] = {
    "items": (lambda s: len(s) > 0, "nothing both labelled and scored"),
    "positives": (lambda s: bool((s.y == 1).any()), "no positives"),
    "negatives": (lambda s: bool((s.y == 0).any()), "no negatives"),
    "clean": (lambda s: bool(s.clean.any()), "nothing clean of every failure"),
    "decisions": (lambda s: s.decided, "the system says no flags"),
    "flags": (lambda s: bool((s.flagged == 1).any()), "nothing flagged"),
    "evidence": (lambda s: bool((~np.isnan(s.hit)).any()), "no right flag with marked turns"),
}


def _items(s: Sample) -> BoolArray:
    return np.ones(len(s), dtype=bool)


def _positives(s: Sample) -> BoolArray:
    return np.asarray(s.y == 1)


def _first(s: Sample, *, share: float) -> BoolArray:
    return np.arange(len(s)) < share * len(s)


@dataclass(frozen=True)
class Metric:
    """One figure: what it is called, how it is computed, what it needs.

    Parameters
    ----------
    name
        Key in results.
    title
        What people read; "{unit}" is replaced by "call" or "turn".
    function
        Weighted sample -> figure, shape (n_resamples,).
    needs
        What must be there, in the order in which its absence is reported.
    rests_on
        The items that the figure is about; with too few of them it gets no interval.
    better
        1 if more is better, -1 if less is, 0 if neither.
    scale
        The most that a figure that is a share can be: 1, or 100; None if it is no share.
    fewest
        Groups of calls that the figure must rest on to get an interval.
    noisy
        Whether noise can only add to the figure, so that resamples lie above it.
    lifted
        Whether copies of an item make the figure better, so that resamples lie above it.
    units
        Where it makes sense.
    micro
        Whether it makes sense over pooled (item, label) pairs.
    """

    name: str
    title: str
    function: Callable[[Weighted], FloatArray]
    needs: tuple[str, ...] = ("items", "positives", "negatives")
    rests_on: Callable[[Sample], BoolArray] = _positives
    better: int = 1
    scale: float | None = 1.0
    fewest: int = 5
    noisy: bool = False
    lifted: bool = False
    units: tuple[Unit, ...] = ("call", "turn")
    micro: bool = True

    def lacking(self, sample: Sample) -> str | None:
        """Return what the sample lacks for this metric, in words, or None."""
        for need in self.needs:
            met, note = _NEEDS[need]
            if not met(sample):
                return note
        return None


def _recall_at(per_100: int) -> Metric:
    return Metric(
        f"recall_at_{per_100}_false_alarm{'s' * (per_100 > 1)}",
        f"Recall at {per_100} false alarm{'s' * (per_100 > 1)} per 100 clean {{unit}}s",
        partial(recall_at, per_100=per_100),
        needs=("items", "positives", "clean"),
        micro=False,
    )


def _precision_top(percent: int) -> Metric:
    share = percent / 100
    return Metric(
        f"precision_top_{percent}",
        f"Precision in the worst {percent} %",
        partial(precision_top, share=share),
        ("items", "positives"),
        rests_on=partial(_first, share=share),
        units=("call",),
        micro=False,
    )


def _lift_top(percent: int) -> Metric:
    return Metric(
        f"lift_top_{percent}",
        f"Times more per hour of listening than at random, worst {percent} %",
        partial(lift_top, share=percent / 100),
        ("items", "positives"),
        scale=None,
        units=("call",),
        micro=False,
    )


_ALL = (
    Metric("average_precision", "Average precision", average_precision, fewest=10, lifted=True),
    Metric("roc_auc", "ROC AUC", roc_auc, fewest=10),
    Metric(
        "precision",
        "Precision",
        precision,
        ("items", "positives", "decisions", "flags"),
        rests_on=lambda s: s.flagged == 1,
    ),
    Metric("recall", "Recall", recall, ("items", "positives", "decisions")),
    Metric("f1", "F1", f1, ("items", "positives", "decisions")),
    Metric(
        "false_alarms_per_100",
        "False alarms per 100 clean {unit}s",
        false_alarms,
        ("items", "clean", "decisions"),
        rests_on=lambda s: s.clean,
        better=-1,
        scale=100.0,
        micro=False,
    ),
    _recall_at(1),
    _recall_at(5),
    _precision_top(5),
    _lift_top(5),
    _precision_top(20),
    Metric(
        "recall_top_20",
        "Recall in the worst 20 %",
        partial(recall_top, share=0.2),
        ("items", "positives"),
        units=("call",),
        micro=False,
    ),
    _lift_top(20),
    Metric("brier", "Brier score", brier, ("items",), _items, better=-1, scale=None),
    Metric(
        "calibration_error",
        "Expected calibration error, 10 bins of equal size",
        calibration_error,
        ("items",),
        _items,
        better=-1,
        scale=None,
        noisy=True,
    ),
    Metric(
        "calibration_bias",
        "Mean probability minus share of positives",
        calibration_bias,
        ("items",),
        _items,
        better=0,
        scale=None,
    ),
    Metric(
        "evidence_hit_rate",
        "Evidence hit rate",
        evidence_hit_rate,
        ("items", "positives", "decisions", "evidence"),
        rests_on=lambda s: ~np.isnan(s.hit),
        units=("call",),
    ),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
"""Every metric by name, in the order of reports."""


def metrics_for(unit: Unit) -> tuple[Metric, ...]:
    """Return the metrics that make sense for calls, or for turns."""
    return tuple(metric for metric in METRICS.values() if unit in metric.units)
