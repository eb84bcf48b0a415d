"""How the stages are fitted so that none learns from scores that were made with its own answers.

The head is fitted on all turns; pooling, calibration and thresholds are fitted on the scores of
heads that had never seen the call, nor any call that is tied to it (see `grouping`), and only on
calls that the encoder, where there is one, was not fine-tuned on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
import numpy.typing as npt

from callclf.errors import LabelError
from callclf.features.encoder import Encoder
from callclf.features.extract import TurnFeatures, extract
from callclf.fingerprint import call_fingerprint
from callclf.grouping import group_calls
from callclf.labels import CallLabels, call_matrix
from callclf.multiple_instance import ROUNDS, inflation, open_pairs, settled, shares
from callclf.probabilities import Cascade, Maps, fit_maps, map_features, widest_cut
from callclf.starting import Start
from callclf.transcript import Transcript
from callclf.turn_model import HeadConfig, TurnModel, fit_turn_model

__all__ = ["FOLDS", "FitConfig", "Keep", "Stages", "Step", "TrainingSet", "fit_stages"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

FOLDS = 5
"""Folds for the out-of-fold scores; fewer where there are fewer groups."""


@dataclass(frozen=True)
class Step:
    """One head that is fitted on the way.

    Parameters
    ----------
    number, total
        From 1; the last is the head of the model, the others only score what they did not see.
    """

    number: int
    total: int


class Keep(Protocol):
    """The place to put results away, so that an interrupted fit can go on."""

    def __call__(self, step: Step, take: Callable[[], FloatArray], /) -> FloatArray:
        """Return what a function returns that takes a step; the last step is only announced."""

    def of_calls(
        self,
        version: str,
        calls: Sequence[Transcript],
        compute: Callable[[list[Transcript]], Sequence[FloatArray]],
        /,
    ) -> list[FloatArray]:
        """Return an array a call, which depends on its words and the version alone."""


@dataclass(frozen=True)
class FitConfig:
    """How to fit: the head's settings, and those of `FailureModeClassifier` of the same name.

    Parameters
    ----------
    start
        A fitted model to depart from, or None.
    keep
        See `Keep`.
    """

    head: HeadConfig
    bots: bool
    group_by: tuple[str, ...]
    n_jobs: int | None
    seed: int
    encoder: Encoder | None = None
    start: Start | None = None
    keep: Keep | None = None

    @property
    def known(self) -> BoolArray | None:
        """The labels that are departed from."""
        return self.start.known if self.start else None


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
    maps
        From its scores, and the encoder's, to probabilities.
    probability, y
        Out-of-fold probabilities and labels of the representative calls that the encoder has not
        seen, (n, n_labels) each.
    cascade
        When the encoder need not read a call; None without an encoder.
    """

    turn_model: TurnModel
    maps: Maps
    probability: FloatArray
    y: FloatArray
    cascade: Cascade | None = None


def fit_stages(data: TrainingSet, config: FitConfig) -> Stages:
    """Fit head, calibration and pooling.

    Raises
    ------
    LabelError
        If the calls form a single group, so that nothing can be held out.
    """
    groups = group_calls(data.calls, config.group_by)
    fold = _folds(groups, config.seed)
    _, owner = _turn_labels(data, config.bots)
    scores = _held_out_scores(data, fold, config)
    turn_model, turn_y = _fit_head(data, config)

    use = data.representative & (data.weight > 0) & ~_seen(data.calls, config.encoder)
    if not use.any():
        raise LabelError(
            "no call is left to set probabilities on: none looks like what the model will see, or "
            "the encoder was fine-tuned on all of them; give calls of your own"
        )
    judged, of_judged = data[np.flatnonzero(use)], use[owner]
    y = call_matrix(judged.labels, data.names)
    number = np.cumsum(use) - 1
    fit = partial(
        fit_maps,
        turn_y=turn_y[of_judged],
        y=y,
        owner=number[owner[of_judged]],
        weight=judged.weight,
        fold=fold[use],
        known=config.known,
    )
    begin = config.start.maps if config.start else None
    if config.encoder is None:
        maps, probability = fit(map_features(scores[of_judged], None), start=begin)
        return Stages(turn_model, maps, probability, y)
    encoded = _read(config.encoder, judged.calls, config)
    maps, probability = fit(map_features(scores[of_judged], encoded), start=begin)
    quick, quickly = fit(map_features(scores[of_judged], None))
    cascade = Cascade(quick, widest_cut(probability, quickly, y))
    return Stages(turn_model, maps, probability, y, cascade)


def _read(encoder: Encoder, calls: Sequence[Transcript], config: FitConfig) -> FloatArray:
    """Return what the encoder says of the scored turns."""

    def each(part: list[Transcript]) -> list[FloatArray]:
        counts = [len(call.scored_turns(bots=config.bots)) for call in part]
        return np.split(encoder(part, bots=config.bots), np.cumsum(counts)[:-1])

    if config.keep is None:
        return encoder(calls, bots=config.bots)
    version = f"{encoder.digest} {config.bots}"
    return np.concatenate(config.keep.of_calls(version, calls, each))


def _held_out_scores(data: TrainingSet, fold: IntArray, config: FitConfig) -> FloatArray:
    """Score each turn by a head that saw no call of its fold, shape (n_turns, n_labels)."""
    turn_y, owner = _turn_labels(data, config.bots)
    scores = np.full(turn_y.shape, np.nan)
    n_folds = int(fold.max()) + 1

    def of_fold(k: int) -> FloatArray:
        model, _ = _fit_head(data[np.flatnonzero(fold != k)], config)
        held = data[np.flatnonzero(fold == k)]
        return model.scores(extract(held.calls, bits=config.head.bits, bots=config.bots))

    for k in range(n_folds):
        step = Step(k + 1, n_folds + 1)
        scores[fold[owner] == k] = (
            config.keep(step, partial(of_fold, k)) if config.keep else of_fold(k)
        )
    if config.keep:
        config.keep(Step(n_folds + 1, n_folds + 1), lambda: np.empty(0))
    return scores


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
    """Fit the head; also return the turn labels, with likely ones where only calls have labels."""
    turn_y, owner = _turn_labels(data, config.bots)
    opened = open_pairs(turn_y, call_matrix(data.labels, data.names), owner)
    features = extract(data.calls, bits=config.head.bits, bots=config.bots)

    def fit(y: FloatArray) -> TurnModel:
        return fit_turn_model(
            features,
            y,
            weight=data.weight[owner],
            config=config.head,
            n_jobs=config.n_jobs,
            start=config.start.turn_model if config.start else None,
            known=config.known,
        )

    if not opened.any():
        return fit(turn_y), turn_y
    inflated = inflation(turn_y, opened, config.head.balance)
    belief = _first_belief(turn_y.shape, features, config.start) - inflated
    shared = shares(turn_y, belief, opened, owner)
    model = fit(shared)
    for _ in range(ROUNDS):
        shared = shares(turn_y, model.scores(features) - inflated, opened, owner)
        model = fit(shared)
    return model, settled(shared)


def _first_belief(
    shape: tuple[int, ...], features: TurnFeatures, start: Start | None
) -> FloatArray:
    """Return what is believed of turns before anything was learned: all alike, but for `start`."""
    alike = np.full(shape, -10.0)  # so unlikely that each of n turns gets about one n-th
    return np.where(start.known, start.turn_model.scores(features), alike) if start else alike
