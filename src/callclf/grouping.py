"""Which calls must never be split between training and test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.transcript import Transcript

__all__ = ["group_calls"]


def group_calls(calls: Sequence[Transcript], keys: Sequence[str] = ()) -> npt.NDArray[np.int64]:
    """Return the number of each call's group, shape (n_calls,).

    Calls belong together when they share their id, their exact words, or the value of one of the
    keys; groups that share a call are one group.

    Parameters
    ----------
    calls
        Transcripts.
    keys
        Names in `meta`, such as "pair" or "writer". A call without the key is not tied by it.
    """
    parent = list(range(len(calls)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    first: dict[tuple[str, Any], int] = {}
    for i, call in enumerate(calls):
        ties: list[tuple[str, Any]] = [
            (key, str(call.meta[key])) for key in keys if call.meta.get(key) is not None
        ]
        ties.append((" words", tuple((turn.role, turn.text) for turn in call.turns)))
        if call.id is not None:
            ties.append((" id", call.id))
        for tie in ties:
            parent[root(i)] = root(first.setdefault(tie, i))
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(root(i), len(numbers)) for i in range(len(calls))])
