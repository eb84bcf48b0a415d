"""One linear head over a turn's features: a score a label for every turn in its context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from callclf.calibration import logit
from callclf.features.extract import SIDES, TurnFeatures
from callclf.offset_logistic import fit_departure

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["HeadConfig", "TurnModel", "fit_turn_model"]

FloatArray = npt.NDArray[np.float64]
Table = npt.NDArray[np.float32]

MIN_COUNT = 2
"""An n-gram of fewer training turns gets no weight: it can only be learned by heart."""

TOLERANCE = 1e-4
"""Of the solver. At 1e-3 it stops so early that cross-validation falls by 0.03."""

DEPARTURE = 3 / 8
"""How much less freely a head departs from another than it is learned from nothing."""

START_SCALE = 0.3
"""Scale of the earlier head's scores as a feature: how freely they are stretched."""


@dataclass(frozen=True)
class HeadConfig:
    """How the head is fitted.

    Parameters
    ----------
    strength
        Inverse of the L2 penalty, as scikit-learn's `C`.
    balance
        Rare labels' positives weigh (negatives / positives) ** balance: 0 not at all, 1 fully.
    channel_scale
        Channel to the scale of its n-grams against the turn's own words. A smaller scale is a
        stronger penalty: context may inform, not decide.
    dense_scale
        Scale of the history and cue features.
    bits
        The n-gram tables have 2**bits rows.
    """

    strength: float = 8.0
    balance: float = 0.5
    channel_scale: Mapping[str, float] = field(
        default_factory=lambda: {"turn": 1.0, "customer": 0.4, "previous": 0.4, "reply": 0.5}
    )
    dense_scale: float = 0.2
    bits: int = 18


@dataclass(frozen=True)
class TurnModel:
    """The fitted head.

    Parameters
    ----------
    tables
        For each side, the weights of its two channels: shape (2**bits, 2, n_labels).
    dense
        Weights of the dense features, shape (n_dense, n_labels).
    bias
        Shape (n_labels,).
    """

    tables: tuple[Table, Table]
    dense: Table
    bias: Table

    @property
    def bits(self) -> int:
        """The n-gram tables have 2**bits rows."""
        return len(self.tables[0]).bit_length() - 1

    def scores(self, features: TurnFeatures) -> FloatArray:
        """Return log-odds, not yet calibrated, shape (n_turns, n_labels)."""
        total = features.dense @ self.dense + self.bias
        for side, table in zip(SIDES, self.tables, strict=True):
            sums = features.text_sums(side, table)
            for k, channel in enumerate(side.channels):
                total = total + features.over_range(channel, sums[:, k])
        return np.asarray(total, dtype=np.float64)


def fit_turn_model(
    features: TurnFeatures,
    y: FloatArray,
    *,
    weight: FloatArray,
    config: HeadConfig,
    n_jobs: int | None = None,
    start: TurnModel | None = None,
    known: npt.NDArray[np.bool_] | None = None,
) -> TurnModel:
    """Fit one logistic regression a label.

    Parameters
    ----------
    features
        Of n turns.
    y
        1, 0 or NaN (left out), shape (n, n_labels). Values between are soft labels.
    weight
        Weight of each turn, shape (n,).
    config
        How to fit.
    n_jobs
        Labels fitted at the same time, as in joblib.
    start
        A head of the same size to depart from as little as the labels allow; none by default.
    known
        The labels of `start` that are departed from, shape (n_labels,); the others start anew.
    """
    from joblib import Parallel, delayed  # here: fitting only
    from scipy import sparse

    blocks, scales = [], []
    for channel in features.channels:
        counts = features.design(channel)
        scale = _column_scale(counts, config.channel_scale[channel])
        blocks.append(counts @ sparse.diags(scale))
        scales.append(scale)
    dense = sparse.csr_matrix(features.dense * np.float32(config.dense_scale))
    design = sparse.hstack([*blocks, dense], format="csr", dtype=np.float32)
    used = np.flatnonzero(np.diff(design.tocsc().indptr))
    compact = design[:, used]
    begin = _beginnings(features, y.shape[1], start, known)
    fits = Parallel(n_jobs=n_jobs)(
        delayed(_fit_label)(compact, y[:, j], weight, config, begin[j]) for j in range(y.shape[1])
    )
    coefficients = np.zeros((design.shape[1], y.shape[1]), dtype=np.float32)
    coefficients[used] = np.stack([fit.weights for fit in fits], axis=1)
    size = features.table_size
    by_channel = {
        channel: coefficients[k * size : (k + 1) * size] * scales[k][:, None]
        for k, channel in enumerate(features.channels)
    }
    first, second = (
        _half(np.stack([by_channel[channel] for channel in side.channels], axis=1))
        for side in SIDES
    )
    model = TurnModel(
        tables=(first, second),
        dense=coefficients[-dense.shape[1] :] * np.float32(config.dense_scale),
        bias=np.array([fit.bias for fit in fits], dtype=np.float32),
    )
    if start is None:
        return model
    return _added(model, start, np.array([fit.start for fit in fits], dtype=np.float32))


def _beginnings(
    features: TurnFeatures,
    n_labels: int,
    start: TurnModel | None,
    known: npt.NDArray[np.bool_] | None,
) -> list[FloatArray | None]:
    """Return each label's scores by the head to start from, or None for a label that it lacks."""
    if start is None:
        return [None] * n_labels
    scores = start.scores(features)
    return [scores[:, j] if known is None or known[j] else None for j in range(n_labels)]


def _added(model: TurnModel, start: TurnModel, factor: Table) -> TurnModel:
    """Return the head whose scores are those of one plus those of another times a factor."""
    first, second = (
        _half(own + factor * begun) for own, begun in zip(model.tables, start.tables, strict=True)
    )
    return TurnModel(
        tables=(first, second),
        dense=model.dense + factor * start.dense,
        bias=model.bias + factor * start.bias,
    )


def _half(table: npt.NDArray[np.floating]) -> Table:
    """Round to the precision that tables are stored in, so that saving changes no prediction."""
    return table.astype(np.float16).astype(np.float32)


def _column_scale(counts: sparse.csr_matrix, scale: float) -> Table:
    """Weight n-grams by inverse document frequency, and the channel to a mean norm of `scale`."""
    rows = counts.shape[0]
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.where(frequency >= MIN_COUNT, np.log((1 + rows) / (1 + frequency)), 0.0)
    norms = np.sqrt(np.asarray(counts.power(2) @ (idf**2)).ravel())
    there = norms > 0
    mean = norms[there].mean() if there.any() else 1.0
    return (idf * (scale / mean)).astype(np.float32)


class _LabelFit(NamedTuple):
    """Of one label: own weights and bias, and the factor of the head that was started from."""

    weights: npt.NDArray[np.float32]
    bias: float
    start: float = 0.0


def _fit_label(
    design: Any, y: FloatArray, weight: FloatArray, config: HeadConfig, begin: FloatArray | None
) -> _LabelFit:
    # Here: 0.9 s that tagging does not need.
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    known = ~np.isnan(y) & (weight > 0)
    target, weight = y[known], weight[known]
    positives, negatives = float(weight @ target), float(weight @ (1 - target))
    if min(positives, negatives) == 0:
        nothing = np.zeros(design.shape[1], dtype=np.float32)
        if begin is not None:
            return _LabelFit(nothing, 0.0, 1.0)  # nothing to learn: what was learned before stays
        rate = (positives + 0.5) / (positives + negatives + 1.0)
        return _LabelFit(nothing, float(logit(np.array(rate))))
    # A soft label is a vote for yes and a vote for no, each with its share of the weight.
    boost = (negatives / positives) ** config.balance
    rows = np.flatnonzero(known)
    yes, no = target > 0, target < 1
    chosen = np.r_[rows[yes], rows[no]]
    votes = np.r_[np.ones(yes.sum()), np.zeros(no.sum())]
    weights = np.r_[weight[yes] * target[yes] * boost, weight[no] * (1 - target[no])]
    with threadpool_limits(1):  # threads of BLAS would wait for each other
        if begin is None:
            model = LogisticRegression(C=config.strength, tol=TOLERANCE, max_iter=200)
            model.fit(design[chosen], votes, sample_weight=weights)
            return _LabelFit(model.coef_[0].astype(np.float32), float(model.intercept_[0]))
        offset = begin[chosen]
        own = sparse.csr_matrix(offset[:, None] * START_SCALE)
        found = fit_departure(
            sparse.hstack([design[chosen], own], format="csr"),
            votes,
            weight=weights,
            offset=offset,
            strength=config.strength * DEPARTURE,
            tolerance=TOLERANCE,
        )
    factor = 1.0 + START_SCALE * float(found.weights[-1])
    return _LabelFit(found.weights[:-1].astype(np.float32), found.bias, factor)
