"""Run behaviours on a model."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.corpus import Corpus
from callclf.errors import LabelError
from callclf.evaluation.behaviour.case import NOT_SCORED, Answers, Case
from callclf.evaluation.behaviour.material import base_corpus, call_name
from callclf.evaluation.behaviour.measure import measure
from callclf.evaluation.behaviour.registry import Behaviour, behaviours
from callclf.evaluation.behaviour.report import BehaviourReport, BehaviourResult
from callclf.lineage import printed, prints_of
from callclf.taxonomy import Taxonomy
from callclf.transcript import Transcript

__all__ = ["run"]


def run(
    model: Any,
    corpus: Corpus | None = None,
    names: Iterable[str] | None = None,
    seed: int = 0,
    *,
    pairs: Corpus | None = None,
) -> BehaviourReport:
    """Test how a model behaves when calls change in ways that should not matter, or should.

    What a model says of calls that it was trained on proves nothing: these are left out, and how
    many that were is in the result.

    Parameters
    ----------
    model
        A `FailureModeClassifier`, or any object with `predict_proba(calls)` and `predict(calls)`
        that return one row a call and one column a label. Columns are named by its `classes_`,
        else they are the shipped labels. If its `thresholds_` give each label a cut-off, its
        decisions are read off the probabilities, and `predict` is not asked.
    corpus
        The labelled calls to change; the package's own 184 by default. Dialect twins and calls of
        rude customers are always the package's.
    names
        Which behaviours; all by default.
    seed
        Same seed, model and calls: same report.
    pairs
        Further labelled calls for the behaviours of the kind "pairs"; two that share
        `meta["pair"]` are one.

    Raises
    ------
    CallclfError
        If there is no behaviour of a name.
    LabelError
        If the model's output does not fit calls and labels.
    """
    chosen = behaviours(names)
    labels = _labels(model)
    calls = base_corpus() if corpus is None else corpus
    paired = calls if pairs is None else calls + pairs
    results = tuple(
        _run(behaviour, model, paired if behaviour.kind == "pairs" else calls, labels, seed)
        for behaviour in chosen
    )
    return BehaviourReport(str(getattr(model, "version", type(model).__name__)), seed, results)


def _run(
    behaviour: Behaviour, model: Any, corpus: Corpus, labels: Sequence[str], seed: int
) -> BehaviourResult:
    # A stream for each name: which other behaviours run does not change the cases.
    rng = np.random.default_rng([seed, zlib.crc32(behaviour.name.encode())])
    every = list(behaviour.cases(corpus, rng))
    cases = _unseen(every, model, corpus)
    answers = _ask(model, [case.changed for case in cases], labels)
    found = measure(behaviour, cases, _before(model, cases, labels), answers, labels, seed=seed)
    left_out = {case.group for case in every} - {case.group for case in cases}
    return replace(found, n_left_out=len(left_out))


def _unseen(cases: Sequence[Case], model: Any, corpus: Corpus) -> list[Case]:
    """Return the cases of calls that the model was not trained on, as far as it says."""
    prints = prints_of(model)
    if not prints:
        return list(cases)
    seen = printed(corpus.calls, prints)
    # By name as well: a behaviour may hold two changed calls against each other.
    names = {call_name(call, i) for i, call in enumerate(corpus.calls) if seen[i]}
    calls = [[call for call in (case.original, case.changed) if call] for case in cases]
    return [
        case
        for case, both in zip(cases, calls, strict=True)
        if case.group not in names and not printed(both, prints).any()
    ]


def _before(model: Any, cases: Sequence[Case], labels: Sequence[str]) -> Answers:
    """Return the answers on the originals, each of which is asked about once."""
    originals = {id(case.original): case.original for case in cases if case.original is not None}
    row = {key: i for i, key in enumerate(originals)}
    asked = _ask(model, list(originals.values()), labels)
    probability = np.full((len(cases), len(labels)), np.nan)
    decision = np.full((len(cases), len(labels)), NOT_SCORED)
    for i, case in enumerate(cases):
        if case.original is not None:
            probability[i] = asked.probability[row[id(case.original)]]
            decision[i] = asked.decision[row[id(case.original)]]
    return Answers(probability, decision)


def _ask(model: Any, calls: Sequence[Transcript], labels: Sequence[str]) -> Answers:
    shape = (len(calls), len(labels))
    if not calls:
        return Answers(np.empty(shape), np.empty(shape, dtype=np.int64))

    def asked(method: str) -> npt.NDArray[np.float64]:
        answer = np.asarray(getattr(model, method)(calls), dtype=float)
        if answer.shape != shape:
            raise LabelError(
                f"{method} returned shape {answer.shape}, expected {shape}: one column "
                f"each for {', '.join(labels)}; a model with other labels names them in classes_"
            )
        return answer

    probability = asked("predict_proba")
    thresholds = getattr(model, "thresholds_", None)
    if isinstance(thresholds, Mapping) and thresholds.keys() >= set(labels):
        # To ask once takes half the time.
        flagged = probability >= [thresholds[label] for label in labels]
    else:
        flagged = asked("predict") == 1
    decision = np.where(np.isnan(probability), NOT_SCORED, flagged).astype(np.int64)
    return Answers(probability, decision)


def _labels(model: Any) -> tuple[str, ...]:
    for method in ("predict_proba", "predict"):
        if not callable(getattr(model, method, None)):
            raise LabelError(
                f"expected a model with predict_proba and predict, got {type(model).__name__}"
            )
    return tuple(map(str, getattr(model, "classes_", Taxonomy.default().names)))
