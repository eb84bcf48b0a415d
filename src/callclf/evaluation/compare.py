"""Is one system better than another on the same calls? Paired differences, and a plain verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from callclf.corpus import Corpus
from callclf.errors import LabelError, unknown_name
from callclf.evaluation.bootstrap import (
    LEVEL,
    Bootstrap,
    Figure,
    percentile_interval,
    replicate,
)
from callclf.evaluation.evaluate import predictions_for
from callclf.evaluation.metrics import METRICS, Metric
from callclf.evaluation.outcomes import ANY, MACRO, Outcomes, call_outcomes
from callclf.evaluation.ranking import Sample

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "Difference", "compare", "holm"]

FloatArray = npt.NDArray[np.float64]

_SAYS = {
    "average_precision": "finds better",
    "roc_auc": "ranks better",
    "precision": "is right more often on",
    "recall": "finds more",
    "false_alarms_per_100": "raises fewer false alarms on",
    "evidence_hit_rate": "shows the right turn more often for",
    "brier": "gives better probabilities for",
    "calibration_error": "gives better calibrated probabilities for",
}
"""What a system does that has the better figure; the others are said to be "better on"."""


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


@dataclass(frozen=True)
class Comparison:
    """System B against system A.

    Parameters
    ----------
    a, b
        Names of the systems.
    metric
        The figure that was compared, over calls.
    labels
        Label -> difference, in the order of A's taxonomy.
    any_failure, macro
        The same for "at least one label", and for the mean over labels.
    verdict
        What the differences show, in words.
    notes
        What a reader must know beside them.
    """

    a: str
    b: str
    metric: str
    labels: Mapping[str, Difference]
    any_failure: Difference
    macro: Difference
    verdict: str
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Comparison({self.b} against {self.a}, {self.metric}: {self.verdict})"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON data."""
        return {
            "a": self.a,
            "b": self.b,
            "metric": self.metric,
            "labels": {name: item.to_dict() for name, item in self.labels.items()},
            "any_failure": self.any_failure.to_dict(),
            "macro": self.macro.to_dict(),
            "verdict": self.verdict,
            "notes": list(self.notes),
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row a label, then "any failure" and "macro average"."""
        import pandas as pd  # here: 0.3 s that tagging does not need

        rows = {**self.labels, ANY: self.any_failure, MACRO: self.macro}
        return pd.DataFrame(
            [
                {
                    "label": name,
                    "a": item.a,
                    "b": item.b,
                    "difference": item.difference.value,
                    "low": item.difference.low,
                    "high": item.difference.high,
                    "p": item.p,
                    "p_corrected": item.p_corrected,
                    "shown": item.shown,
                    "note": item.difference.note,
                }
                for name, item in rows.items()
            ]
        )


def compare(
    a: Any,
    b: Any,
    corpus: Corpus,
    *,
    metric: str = "average_precision",
    groups: Sequence[str] = ("pair",),
    n_resamples: int = 1000,
    seed: int = 0,
) -> Comparison:
    """Compare two systems on the same calls, label by label.

    Both are computed on the same resamples of calls (paired bootstrap), on the calls that both
    scored. The p-value is the smallest level at which the interval would exclude no difference;
    over labels it is corrected by Holm's method (1979).

    Parameters
    ----------
    a, b
        Two systems, each as in `evaluate`. Labels that only one of them has are left out.
    corpus
        Labelled calls with different ids.
    metric
        Which figure of calls to compare: a name in `metrics.METRICS`.
    groups
        Keys of `meta` that tie calls together in the bootstrap.
    n_resamples, seed
        Of the bootstrap.

    Raises
    ------
    LabelError, ReadError
        If the metric is unknown, the systems share no label, or they do not fit the calls.
    """
    known = [name for name, item in METRICS.items() if item.better and "call" in item.units]
    if metric not in known:
        raise LabelError(unknown_name("metric", metric, known))
    sides = [predictions_for(a, corpus), predictions_for(b, corpus)]
    outcomes = [call_outcomes(side, corpus) for side in sides]
    shared = tuple(name for name in outcomes[0].labels if name in outcomes[1].labels)
    if not shared:
        raise LabelError(
            f"the systems share no label: {', '.join(outcomes[0].labels)} and "
            f"{', '.join(outcomes[1].labels)}"
        )
    bootstrap = Bootstrap(corpus.groups(*groups), n_resamples, seed)
    differences = _differences(*_paired(outcomes, shared), METRICS[metric], bootstrap)
    corrected = holm([item.p for item in differences[: len(shared)]])
    labels = {
        name: replace(item, p_corrected=p)
        for name, item, p in zip(shared, differences, corrected, strict=False)
    }
    any_failure, macro = differences[len(shared) :]
    titles = {label.name: label.title for label in sides[0].taxonomy}
    names = _two_names(sides[0].name, sides[1].name)
    verdict = _verdict(names, METRICS[metric], labels, macro, titles)
    return Comparison(
        sides[0].name,
        sides[1].name,
        metric,
        labels,
        any_failure,
        macro,
        verdict,
        tuple(_notes(outcomes, shared, names)),
    )


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p-values corrected for being several; None stays None and counts for nothing.

    The k-th smallest of m is multiplied by m - k + 1, and never gets smaller than one before it.

    >>> holm([0.01, 0.04, None, 0.03])
    [0.03, 0.06, None, 0.06]
    """
    known = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    corrected: list[float | None] = [None] * len(p_values)
    highest = 0.0
    for rank, (p, i) in enumerate(known):
        highest = max(highest, min(1.0, p * (len(known) - rank)))
        corrected[i] = highest
    return corrected


def _paired(
    outcomes: Sequence[Outcomes], shared: Sequence[str]
) -> tuple[list[Sample], list[Sample]]:
    """Return both systems' samples of the same calls: shared labels, then any failure."""
    a, b = (item.of_labels(shared) for item in outcomes)
    both = ~np.isnan(a.p) & ~np.isnan(b.p)
    sides = [replace(item, p=np.where(both, item.p, np.nan)) for item in (a, b)]
    first, second = ([side.sample(column) for column in side.columns] for side in sides)
    return first, second


def _differences(
    a: Sequence[Sample], b: Sequence[Sample], metric: Metric, bootstrap: Bootstrap
) -> list[Difference]:
    """Return the differences of each sample, and last that of the mean over the labels."""
    first, second = (replicate(side, [metric], bootstrap) for side in (a, b))
    values = np.stack([first.value[:, 0], second.value[:, 0]])
    drawn = np.stack([first.drawn[:, 0], second.drawn[:, 0]])
    trials = np.minimum(first.trials, second.trials)[:, 0]
    calls = [len(sample) for sample in a]
    differences = []
    for i in range(len(a)):
        note = first.notes[i][0] or second.notes[i][0]
        rests_on = _RestsOn(int(trials[i]), calls[i], note)
        differences.append(_difference(values[:, i], drawn[:, i], metric, rests_on))
    labels = np.flatnonzero(~np.isnan(values[:, :-1]).any(axis=0))
    note = f"over {len(labels)} of {len(a) - 1} labels"
    rests_on = _RestsOn(int(trials[labels].sum()), max(calls[:-1]), note)
    if not len(labels):
        return [*differences, _difference(np.full(2, np.nan), drawn[:, 0], metric, rests_on)]
    # As for averages of one system: a label missing from a resample keeps its figure.
    filled = np.where(np.isnan(drawn), values[:, :, None], drawn)[:, labels].mean(axis=1)
    mean = values[:, labels].mean(axis=1)
    return [*differences, _difference(mean, filled, metric, rests_on)]


@dataclass(frozen=True)
class _RestsOn:
    trials: int
    calls: int
    note: str | None


def _difference(
    values: FloatArray, drawn: FloatArray, metric: Metric, rests_on: _RestsOn
) -> Difference:
    """Return b - a from both figures, shape (2,), and both resampled, shape (2, n_resamples)."""
    change = drawn[1] - drawn[0]
    figure = percentile_interval(
        float(values[1] - values[0]),
        change,
        trials=rests_on.trials,
        fewest=metric.fewest,
        note=rests_on.note,
    )
    a, b = (None if np.isnan(value) else float(value) for value in values)
    p = None if figure.low is None else _p_value(change[~np.isnan(change)])
    return Difference(a, b, figure, p, None, rests_on.calls)


def _p_value(change: FloatArray) -> float:
    """Return twice the share of resamples on the rarer side of no difference."""
    rarer = min((change <= 0).sum(), (change >= 0).sum())
    return float(min(1.0, 2 * (rarer + 1) / (len(change) + 1)))


def _verdict(
    names: tuple[str, str],
    metric: Metric,
    labels: Mapping[str, Difference],
    macro: Difference,
    titles: Mapping[str, str],
) -> str:
    shown = {name: item.difference.value or 0.0 for name, item in labels.items() if item.shown}
    says = _SAYS.get(metric.name, f"has the better {metric.title.lower()} for")
    parts = []
    for side, sign in ((names[1], metric.better), (names[0], -metric.better)):
        better = [titles[name] for name, change in shown.items() if change * sign > 0]
        if better:
            parts.append(f"{side} {says}: {', '.join(better)}")
    if not shown:
        parts.append(f"no difference shown between {names[0]} and {names[1]} for any label")
        if macro.shown:
            better_side = names[(macro.difference.value or 0.0) * metric.better > 0]
            parts.append(f"on the average over labels {better_side} is better")
    elif len(shown) < len(labels):
        parts.append("no difference shown elsewhere")
    return "; ".join(parts)


def _two_names(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a != b else (f"{a} (A)", f"{b} (B)")


def _notes(
    outcomes: Sequence[Outcomes], shared: Sequence[str], names: tuple[str, str]
) -> list[str]:
    notes = []
    for name, item in zip(names, outcomes, strict=True):
        alone = [label for label in item.labels if label not in shared]
        if alone:
            notes.append(f"Labels that only {name} has, left out: {', '.join(alone)}.")
    scored = [~np.isnan(item.p).all(axis=1) for item in outcomes]
    only_one = int((scored[0] != scored[1]).sum())
    if only_one:
        notes.append(f"{only_one} calls that only one of them scored are left out.")
    return notes
