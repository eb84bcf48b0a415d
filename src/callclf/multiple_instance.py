"""Learning turns from calls: which turn of a call with a failure shows it, when nobody said.

The rule of MI-SVM (S. Andrews, I. Tsochantaridis and T. Hofmann, "Support vector machines for
multiple-instance learning", NIPS 2002): a call without the failure has no failing turn; a call
with it has at least one, and the turn that now scores highest is taken for it.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["ROUNDS", "open_pairs", "spread", "witnesses"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

ROUNDS = 3
"""Times that witnesses are chosen and the head is fitted again; more changes little."""


def open_pairs(turn_y: FloatArray, call_y: FloatArray, owner: IntArray) -> npt.NDArray[np.bool_]:
    """Return which calls have a label of which no turn is known, shape (n_calls, n_labels)."""
    known = np.zeros(call_y.shape, dtype=bool)
    np.logical_or.at(known, owner, turn_y > 0)
    return (call_y > 0) & ~known


def spread(turn_y: FloatArray, opened: npt.NDArray[np.bool_], owner: IntArray) -> FloatArray:
    """Return turn labels in which each turn of an open call counts as one n-th of a witness."""
    share = 1.0 / np.bincount(owner, minlength=len(opened))[owner]
    unknown = opened[owner] & np.isnan(turn_y)
    return np.where(unknown, share[:, None], turn_y)


def witnesses(
    turn_y: FloatArray, scores: FloatArray, opened: npt.NDArray[np.bool_], owner: IntArray
) -> FloatArray:
    """Return turn labels in which the highest-scoring turn of each open call is its witness.

    The other turns of such a call stay unknown: they may fail as well.

    Parameters
    ----------
    turn_y
        1, 0 or NaN, shape (n_turns, n_labels).
    scores
        Of the same turns, shape (n_turns, n_labels).
    opened
        From `open_pairs`, shape (n_calls, n_labels).
    owner
        The call of each turn, ascending, shape (n_turns,).
    """
    chosen = turn_y.copy()
    borders = np.searchsorted(owner, np.arange(len(opened) + 1))
    for call, label in np.argwhere(opened):
        turns = np.arange(borders[call], borders[call + 1])
        turns = turns[np.isnan(turn_y[turns, label])]
        if len(turns):
            chosen[turns[np.argmax(scores[turns, label])], label] = 1.0
    return chosen
