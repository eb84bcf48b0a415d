"""Evaluate a system on labelled calls: this module only brings the parts together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from callclf.corpus import Corpus
from callclf.errors import LabelError
from callclf.evaluation.bootstrap import Bootstrap, figures, macro, replicate
from callclf.evaluation.curves import curves_of
from callclf.evaluation.leakage import Leakage, find_leaks
from callclf.evaluation.metrics import metrics_for
from callclf.evaluation.mistakes import worst_mistakes
from callclf.evaluation.outcomes import (
    Outcomes,
    Unit,
    call_outcomes,
    listening,
    turn_outcomes,
)
from callclf.evaluation.predictions import Predictions, predict_calls
from callclf.evaluation.results import ColumnResult, Coverage, Evaluation, UnitResult
from callclf.evaluation.score_file import read_predictions
from callclf.evaluation.slices import slice_by

__all__ = ["evaluate", "predictions_for"]

FEW_GROUPS = 20
"""Under so many groups of calls the intervals are known to be too short."""


def evaluate(
    model: Any,
    corpus: Corpus,
    *,
    by: Sequence[str] = (),
    groups: Sequence[str] = ("pair",),
    n_resamples: int = 1000,
    seed: int = 0,
) -> Evaluation:
    """Measure how well a system finds each failure, with 95 % intervals.

    Gaps and borderline labels are left out label by label, and so are calls that the system did
    not score; how many is in the result. Labels and their order are the system's.

    Parameters
    ----------
    model
        A model, any object with `predict_proba`, the path of a file of scores, or `Predictions`,
        which `predict_calls` and `read_predictions` make with more options.
    corpus
        Labelled calls with different ids.
    by
        What to slice by: "channel", "length", "agents", or keys of `meta`.
    groups
        Keys of `meta` that tie calls together in the bootstrap; ("writer",) asks how the figures
        would vary with other writers.
    n_resamples, seed
        Of the bootstrap.

    Raises
    ------
    LabelError, ReadError
        If predictions and calls do not fit each other.
    """
    predictions = predictions_for(model, corpus)
    bootstrap = Bootstrap(corpus.groups(*groups), n_resamples, seed)
    calls = call_outcomes(predictions, corpus)
    turns = turn_outcomes(predictions, corpus)
    units: dict[Unit, UnitResult] = {"call": _unit(calls, bootstrap)}
    if turns is not None:
        units["turn"] = _unit(turns, bootstrap)
    leakage = find_leaks(predictions, corpus)
    overall = units["call"].by_column()
    return Evaluation(
        model=predictions.name,
        taxonomy=predictions.taxonomy,
        thresholds={
            name: None if np.isnan(cut) else float(cut)
            for name, cut in zip(predictions.labels, predictions.thresholds, strict=True)
        },
        thresholds_from=predictions.thresholds_from,
        fingerprint=corpus.fingerprint(),
        resamples=n_resamples,
        seed=seed,
        groups=bootstrap.n_groups,
        listening_unit=listening(corpus.calls)[1],
        coverage=_coverage(predictions),
        leakage=leakage,
        units=units,
        slices=tuple(slice_by(key, corpus, calls, overall, bootstrap) for key in by),
        mistakes=worst_mistakes(calls, predictions, corpus),
        notes=tuple(_notes(predictions, corpus, bootstrap, leakage)),
    )


def predictions_for(model: Any, corpus: Corpus) -> Predictions:
    """Return what a system says of a corpus's calls, in their order.

    Parameters
    ----------
    model, corpus
        As in `evaluate`.

    Raises
    ------
    LabelError, ReadError
        If there are no calls, or predictions and calls do not fit each other.
    """
    if not len(corpus):
        raise LabelError("the corpus holds no calls, so there is nothing to evaluate on")
    if isinstance(model, Predictions):
        return model.for_calls(corpus.calls)
    if isinstance(model, str | Path):
        return read_predictions(model, corpus.calls)
    return predict_calls(model, corpus.calls)


def _unit(outcomes: Outcomes, bootstrap: Bootstrap) -> UnitResult:
    metrics = metrics_for(outcomes.unit)
    pooled_metrics = [metric for metric in metrics if metric.micro]
    samples = [outcomes.sample(column) for column in outcomes.columns]
    replicates = replicate(samples, metrics, bootstrap)
    results = [
        ColumnResult(
            outcomes.support(column),
            by_metric,
            curves_of(sample, budget=outcomes.unit == "call"),
        )
        for column, sample, by_metric in zip(
            outcomes.columns, samples, figures(replicates, metrics), strict=True
        )
    ]
    pooled = replicate([outcomes.pooled()], pooled_metrics, bootstrap)
    return UnitResult(
        labels=dict(zip(outcomes.labels, results[:-1], strict=True)),
        any_failure=results[-1],
        macro=macro(replicates, metrics, len(outcomes.labels)),
        micro=figures(pooled, pooled_metrics)[0],
    )


def _coverage(predictions: Predictions) -> Coverage:
    reasons: dict[str, tuple[str, ...]] = {}
    for call in predictions.calls:
        if call.not_scored is not None:
            # What follows a colon is about the one call: "too long: turn 3 has …".
            reason = call.not_scored.partition(":")[0]
            reasons[reason] = (*reasons.get(reason, ()), call.id)
    return Coverage(
        calls=len(predictions),
        scored=sum(call.not_scored is None for call in predictions.calls),
        unsure=sum(bool(call.unsure.any()) for call in predictions.calls),
        not_scored=reasons,
    )


def _notes(
    predictions: Predictions, corpus: Corpus, bootstrap: Bootstrap, leakage: Leakage
) -> list[str]:
    notes = []
    if leakage:
        notes.append(f"LEAK: {leakage}. The figures are too good; leave these calls out.")
    found = {name for labels in corpus.labels for name in labels.labels}
    unknown = sorted(found.difference(predictions.labels))
    if unknown:
        notes.append(f"Labels of the corpus that the system does not have: {', '.join(unknown)}.")
    silent = [
        name
        for j, name in enumerate(predictions.labels)
        if all(np.isnan(call.probability[j]) for call in predictions.calls)
    ]
    if silent:
        notes.append(f"Labels that the system never scored: {', '.join(silent)}.")
    if bootstrap.n_groups < FEW_GROUPS:
        notes.append(
            f"Only {bootstrap.n_groups} groups of calls: the intervals are shorter than they "
            "should be."
        )
    return notes
