"""From scores to probabilities: of a call's turns, and pooled from them of the call.

With an encoder there are two ways. The full one looks at the encoder's scores beside the head's;
the quick one at the head's alone, and a cascade takes it where it is sure that a call is clean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from callclf.calibration import LogisticMap, fit_logistic
from callclf.pooling import pool_features

__all__ = ["Cascade", "Maps", "fit_maps", "map_features", "mean_precision", "widest_cut"]

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

COST = 0.005
"""What a cascade may cost in average precision, the mean over labels, on held-out calls."""


@dataclass(frozen=True)
class Maps:
    """Fitted maps.

    Parameters
    ----------
    turn
        From features of a turn, `map_features`, to probabilities.
    call
        From pooled turns to calls' probabilities.
    """

    turn: LogisticMap
    call: LogisticMap

    def __call__(
        self, features: FloatArray, owner: IntArray, n_calls: int
    ) -> tuple[FloatArray, FloatArray]:
        """Return the probabilities of turns and of calls.

        Parameters
        ----------
        features
            From `map_features`.
        owner
            The call of each turn, ascending.
        n_calls
            Number of calls.
        """
        turns = self.turn(features)
        return turns, self.call(pool_features(turns, owner, n_calls))


@dataclass(frozen=True)
class Cascade:
    """When the encoder need not read a call.

    Parameters
    ----------
    maps
        From the head's scores alone.
    cut
        A call of which no label is likelier than this is left at that.
    """

    maps: Maps
    cut: float


def map_features(scores: FloatArray, encoded: FloatArray | None) -> FloatArray:
    """Lay the head's score of a label and all of the encoder's side by side.

    A label that the encoder was not fine-tuned on has its scores beside it all the same: how much
    a turn looks like the failures that it knows says something of others, too.

    Parameters
    ----------
    scores
        Of the head, shape (n_turns, n_labels).
    encoded
        Of the encoder, shape (n_turns, n_encoded); None without one.

    Returns
    -------
    array of shape (n_turns, n_labels, 1 + n_encoded)
    """
    if encoded is None:
        return scores[:, :, None]
    beside = np.broadcast_to(encoded[:, None], (*scores.shape, encoded.shape[1]))
    return np.concatenate([scores[:, :, None], beside], axis=2)


def fit_maps(
    features: FloatArray,
    turn_y: FloatArray,
    y: FloatArray,
    owner: IntArray,
    *,
    weight: FloatArray,
    fold: IntArray,
    start: Maps | None = None,
    known: BoolArray | None = None,
) -> tuple[Maps, FloatArray]:
    """Fit the maps; also return probabilities of calls, each by a map that had not seen it.

    Parameters
    ----------
    features
        Of turns, from scores that were made out of fold.
    turn_y, y
        Labels of turns and of calls: 1, 0 or NaN.
    owner
        The call of each turn, ascending.
    weight, fold
        Of each call.
    start, known
        As `calibration.fit_logistic` takes them.
    """
    turn = fit_logistic(
        features, turn_y, weight=weight[owner], start=start.turn if start else None, known=known
    )
    pooled = pool_features(turn(features), owner, len(y))

    def of_calls(chosen: BoolArray) -> LogisticMap:
        return fit_logistic(
            pooled, y, weight=weight * chosen, start=start.call if start else None, known=known
        )

    probability = np.zeros(y.shape)
    for k in np.unique(fold):
        probability[fold == k] = of_calls(fold != k)(pooled[fold == k])
    return Maps(turn, of_calls(np.ones(len(y), dtype=bool))), probability


def widest_cut(full: FloatArray, quick: FloatArray, y: FloatArray) -> float:
    """Return the highest cut at which a cascade costs no more than `COST`.

    Parameters
    ----------
    full, quick
        Held-out probabilities of calls, with and without the encoder, shape (n_calls, n_labels).
    y
        Labels of calls.
    """
    likeliest = quick.max(axis=1)
    lowest = mean_precision(full, y) - COST
    best = 0.0
    for cut in np.quantile(likeliest, np.linspace(0.05, 0.95, 19)):
        mixed = np.where((likeliest < cut)[:, None], quick, full)
        if mean_precision(mixed, y) >= lowest:
            best = float(cut)
    return best


def mean_precision(probability: FloatArray, y: FloatArray) -> float:
    """Return average precision, the mean over labels that have positives; NaN if none has.

    Gaps in either of the two, both of shape (n_calls, n_labels), are left out.
    """
    from sklearn.metrics import average_precision_score  # here: fitting and scoring only

    known = ~np.isnan(y) & ~np.isnan(probability)
    values = [
        average_precision_score(y[known[:, j], j], probability[known[:, j], j])
        for j in range(y.shape[1])
        if np.any(y[known[:, j], j] == 1)
    ]
    return float(np.mean(values)) if values else float("nan")
