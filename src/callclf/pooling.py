"""From a call's turns to the call: a learned summary of the turns' scores.

A call has a failure when at least one of its turns does, so the summary looks at the highest
scores; how many turns there were matters too, because a long call has more chances to look bad.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from callclf.calibration import logit

__all__ = ["POOL_FEATURES", "pool_features"]

POOL_FEATURES = ("highest", "second", "any", "log_turns")
"""Names of the columns that `pool_features` makes."""

FloatArray = npt.NDArray[np.float64]

_NO_SECOND = 0.001
"""Stands for the second-highest probability where a call has a single scored turn."""


def pool_features(
    turn_probability: FloatArray, owner: npt.NDArray[np.int64], n_calls: int
) -> FloatArray:
    """Summarise turns a call and label.

    Parameters
    ----------
    turn_probability
        Shape (n_turns, n_labels).
    owner
        The call of each turn, ascending, shape (n_turns,).
    n_calls
        Number of calls; one without turns gets the features of a turn that shows nothing.

    Returns
    -------
    array of shape (n_calls, n_labels, 4)
        Log-odds of the highest and of the second-highest turn; log-odds that at least one turn
        fails if turns were independent; logarithm of the number of turns.
    """
    n_labels = turn_probability.shape[1]
    features = np.zeros((n_calls, n_labels, len(POOL_FEATURES)))
    highest = np.full((n_calls, n_labels), _NO_SECOND)
    second, clear = highest.copy(), np.zeros((n_calls, n_labels))
    counts = np.bincount(owner, minlength=n_calls)
    there = np.flatnonzero(counts)
    if len(there):
        starts = np.r_[0, np.cumsum(counts[there])[:-1]]
        highest[there] = np.maximum.reduceat(turn_probability, starts, axis=0)
        clear[there] = np.add.reduceat(
            np.log1p(-np.clip(turn_probability, 0, 1 - 1e-6)), starts, axis=0
        )
        # Without one occurrence of the highest, the highest of the rest is the second.
        rest = turn_probability.copy()
        is_top = rest == np.repeat(highest[there], counts[there], axis=0)
        rest[_first_true(is_top, starts, counts[there])] = 0.0
        several = np.flatnonzero(counts[there] > 1)
        second[there[several]] = np.maximum.reduceat(rest, starts, axis=0)[several]
    features[:, :, 0] = logit(highest)
    features[:, :, 1] = logit(second)
    features[:, :, 2] = logit(-np.expm1(clear))
    features[:, :, 3] = np.log(np.maximum(counts, 1))[:, None]
    return features


def _first_true(
    mask: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Keep only the first True of each segment and column."""
    seen = np.cumsum(mask, axis=0)
    before: npt.NDArray[np.int64] = np.repeat(seen[starts] - mask[starts], counts, axis=0)
    first: npt.NDArray[np.bool_] = mask & (seen - before == 1)
    return first
