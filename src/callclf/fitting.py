"""How the stages are fitted so that none learns from scores that were made with its own answers.

The head is fitted on all turns; blending, pooling, calibration and thresholds are fitted on the
scores of heads that had never seen the call, nor any call that is tied to it (see `grouping`), and
only on calls that the encoder, where there is one, was not fine-tuned on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from callclf.blending import Blend, fit_blend
from callclf.calibration import LogisticMap, fit_logistic
from callclf.errors import LabelError
from callclf.features.encoder import Encoder
from callclf.features.extract import extract
from callclf.fingerprint import call_fingerprint
from callclf.grouping import group_calls
from callclf.labels import CallLabels, call_matrix
from callclf.multiple_instance import ROUNDS, open_pairs, spread, witnesses
from callclf.pooling import pool_features
from callclf.transcript import Transcript
from callclf.turn_model import HeadConfig, TurnModel, fit_turn_model

__all__ = ["FOLDS", "FitConfig", "Stages", "TrainingSet", "fit_stages"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

FOLDS = 5
"""Folds for the out-of-fold scores; fewer where there are fewer groups."""


@dataclass(frozen=True)
class FitConfig:
    """How to fit: the head's settings, and those of `FailureModeClassifier` of the same name."""

    head: HeadConfig
    bots: bool
    group_by: tuple[str, ...]
    n_jobs: int | None
    seed: int
    encoder: Encoder | None = None


@dataclass(frozen=True)
class TrainingSet:
    """What is fitted on.

    Parameters
    ----------
    calls
        Every one with at least one scored turn.
    labels
        Of the same calls.
    names
        The label set, in order.
    weight
        Weight of each call, shape (n_calls,).
    representative
        Which calls look like those the model will see; calibration, pooling and thresholds are
        fitted on these alone. Shape (n_calls,).
    """

    calls: Sequence[Transcript]
    labels: Sequence[CallLabels]
    names: Sequence[str]
    weight: FloatArray
    representative: BoolArray

    def __getitem__(self, chosen: IntArray) -> TrainingSet:
        return TrainingSet(
            [self.calls[i] for i in chosen],
            [self.labels[i] for i in chosen],
            self.names,
            self.weight[chosen],
            self.representative[chosen],
        )


@dataclass(frozen=True)
class Stages:
    """The fitted stages, and what decisions can be taken from later.

    Parameters
    ----------
    turn_model
        The head.
    blend
        From its scores, and the encoder's, to probabilities.
    call_map
        From pooled turns to calls' probabilities.
    probability, y
        Out-of-fold probabilities and labels of the representative calls that the encoder has not
        seen, (n, n_labels) each.
    """

    turn_model: TurnModel
    blend: Blend
    call_map: LogisticMap
    probability: FloatArray
    y: FloatArray


def fit_stages(data: TrainingSet, config: FitConfig) -> Stages:
    """Fit head, calibration and pooling.

    Raises
    ------
    LabelError
        If the calls form a single group, so that nothing can be held out.
    """
    groups = group_calls(data.calls, config.group_by)
    fold = _folds(groups, config.seed)
    turn_y, owner = _turn_labels(data, config.bots)
    scores = np.full(turn_y.shape, np.nan)
    for k in range(fold.max() + 1):
        held = np.flatnonzero(fold == k)
        model, _ = _fit_head(data[np.flatnonzero(fold != k)], config)
        features = extract(data[held].calls, bits=config.head.bits, bots=config.bots)
        scores[fold[owner] == k] = model.scores(features)
    turn_model, turn_y = _fit_head(data, config)

    use = data.representative & ~_seen(data.calls, config.encoder)
    if not use.any():
        raise LabelError(
            "the encoder was fine-tuned on all of these calls, so nothing is left to set "
            "probabilities on; give calls of your own, or train without the encoder"
        )
    encoded = config.encoder(data.calls, bots=config.bots) if config.encoder else None
    blend = fit_blend(
        scores,
        encoded,
        turn_y,
        weight=(data.weight * use)[owner],
        names=data.names,
        known=config.encoder.labels if config.encoder else (),
    )
    pooled = pool_features(blend(scores, encoded), owner, len(data.calls))
    y = call_matrix(data.labels, data.names)
    probability = np.zeros(y.shape)
    for k in range(fold.max() + 1):
        held_fold = fold == k
        call_map = fit_logistic(pooled, y, weight=data.weight * (use & ~held_fold))
        probability[held_fold] = call_map(pooled[held_fold])
    call_map = fit_logistic(pooled, y, weight=data.weight * use)
    return Stages(turn_model, blend, call_map, probability[use], y[use])


def _seen(calls: Sequence[Transcript], encoder: Encoder | None) -> BoolArray:
    """Return which calls the encoder was fine-tuned on."""
    seen = encoder.seen if encoder else frozenset()
    return np.array([bool(seen) and call_fingerprint(call)[:12] in seen for call in calls])


def _folds(groups: IntArray, seed: int) -> IntArray:
    """Deal whole groups to folds of about equal size, at random, shape (n_calls,)."""
    sizes = np.bincount(groups)
    if len(sizes) < 2:
        raise LabelError(
            "the calls form a single group, so nothing can be held out for calibration; give "
            "calls of at least two groups, or other `group_by` keys"
        )
    n_folds = min(FOLDS, len(sizes))
    fold_of, load = np.zeros(len(sizes), dtype=np.int64), np.zeros(n_folds)
    order = np.random.default_rng(seed).permutation(len(sizes))
    for group in order[np.argsort(-sizes[order], kind="stable")]:
        fold_of[group] = np.argmin(load)
        load[fold_of[group]] += sizes[group]
    return fold_of[groups]


def _turn_labels(data: TrainingSet, bots: bool) -> tuple[FloatArray, IntArray]:
    """Return the labels of all scored turns, and the call of each."""
    rows = [
        labels.turn_rows(data.names, call)[call.scored_turns(bots=bots)]
        for labels, call in zip(data.labels, data.calls, strict=True)
    ]
    return np.concatenate(rows), np.repeat(np.arange(len(rows)), [len(row) for row in rows])


def _fit_head(data: TrainingSet, config: FitConfig) -> tuple[TurnModel, FloatArray]:
    """Fit the head; also return the turn labels with witnesses where only the call was labelled."""
    turn_y, owner = _turn_labels(data, config.bots)
    opened = open_pairs(turn_y, call_matrix(data.labels, data.names), owner)
    features = extract(data.calls, bits=config.head.bits, bots=config.bots)

    def fit(y: FloatArray) -> TurnModel:
        return fit_turn_model(
            features, y, weight=data.weight[owner], config=config.head, n_jobs=config.n_jobs
        )

    if not opened.any():
        return fit(turn_y), turn_y
    model, chosen = fit(spread(turn_y, opened, owner)), turn_y
    for _ in range(ROUNDS):
        chosen = witnesses(turn_y, model.scores(features), opened, owner)
        model = fit(chosen)
    return model, chosen
