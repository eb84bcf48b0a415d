"""Learning turns from calls: which turn of a call with a failure shows it, when nobody said.

A call without the failure has no failing turn; a call with it has at least one. Each turn of such a
call gets the probability that it fails, given what a head says of it and that not all of them are
fine: the noisy-or model of P. Viola, J. Platt and C. Zhang, "Multiple instance boosting for object
detection", NIPS 2005. The next head learns from these probabilities as soft labels.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from callclf.calibration import sigmoid

__all__ = ["ROUNDS", "inflation", "open_pairs", "settled", "shares"]

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

ROUNDS = 3
"""Times that shares are computed and the head is fitted again; more changes little."""

_NEGLIGIBLE = 0.02
"""A smaller share counts as none: each turn with one is learned from twice, as a yes and a no."""


def open_pairs(turn_y: FloatArray, call_y: FloatArray, owner: IntArray) -> BoolArray:
    """Return which calls have a label of which no turn is known, shape (n_calls, n_labels)."""
    known = np.zeros(call_y.shape, dtype=bool)
    np.logical_or.at(known, owner, turn_y > 0)
    return (call_y > 0) & ~known


def inflation(turn_y: FloatArray, opened: BoolArray, balance: float) -> FloatArray:
    """Return by how much a head that gives rare positives more weight is too sure of them.

    Parameters
    ----------
    turn_y, opened
        As `shares` takes them; an open call is taken for one positive.
    balance
        As `HeadConfig.balance`.

    Returns
    -------
    array of shape (n_labels,)
        Log-odds.
    """
    positives = np.nansum(turn_y, axis=0) + opened.sum(axis=0) + 0.5
    ratio = np.maximum((len(turn_y) - positives) / positives, 1.0)
    return np.asarray(balance * np.log(ratio), dtype=np.float64)


def shares(
    turn_y: FloatArray, log_odds: FloatArray, opened: BoolArray, owner: IntArray
) -> FloatArray:
    """Return turn labels in which each turn of an open call has the probability that it fails.

    Parameters
    ----------
    turn_y
        1, 0 or NaN, shape (n_turns, n_labels).
    log_odds
        What is believed of each turn when nothing is known of its call; equal values give each
        turn of a call the same share.
    opened
        From `open_pairs`, shape (n_calls, n_labels).
    owner
        The call of each turn, ascending, shape (n_turns,).
    """
    shared, belief = turn_y.copy(), np.clip(sigmoid(log_odds), 1e-6, 1 - 1e-6)
    borders = np.searchsorted(owner, np.arange(len(opened) + 1))
    for call, label in np.argwhere(opened):
        turns = np.arange(borders[call], borders[call + 1])
        turns = turns[np.isnan(turn_y[turns, label])]
        own = belief[turns, label]
        share = own / -np.expm1(np.log1p(-own).sum())
        shared[turns, label] = np.where(share < _NEGLIGIBLE, 0.0, np.minimum(share, 1.0))
    return shared


def settled(shared: FloatArray) -> FloatArray:
    """Return turn labels of which the likely ones are 1; the unlikely stay unknown."""
    soft = (shared > 0) & (shared < 1)
    return np.where(soft, np.where(shared >= 0.5, 1.0, np.nan), shared)
