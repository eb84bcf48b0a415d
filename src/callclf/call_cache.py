"""What is expensive to compute of a call, kept by the call's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.array_store import ArrayStore, content_key
from callclf.transcript import Transcript

__all__ = ["CallCache"]

Array = npt.NDArray[Any]

BATCH = 32
"""Calls that are computed together; so many are lost at the most when a run is killed."""


class CallCache:
    """Arrays of calls, computed once for the same roles and words, whatever the calls' ids.

    Parameters
    ----------
    store
        Where they are kept, also between runs.
    version
        Of all that decides the result but the call itself, such as the digest of an encoder.
    """

    def __init__(self, store: ArrayStore, version: str) -> None:
        self._store = store
        self._version = version

    def __call__(
        self,
        calls: Sequence[Transcript],
        compute: Callable[[list[Transcript]], Sequence[Array]],
    ) -> list[Array]:
        """Return an array a call, in order; what is not kept yet is computed in small batches.

        Parameters
        ----------
        calls
            Transcripts.
        compute
            Gives the arrays of a few calls; the array of a call must not depend on the others.
        """
        keys = [self._key(call) for call in calls]
        arrays = [self._store.get(key) for key in keys]
        absent = [i for i, array in enumerate(arrays) if array is None]
        for start in range(0, len(absent), BATCH):
            part = absent[start : start + BATCH]
            for i, array in zip(part, compute([calls[i] for i in part]), strict=True):
                self._store.put(keys[i], array)
                arrays[i] = array
        return [array if array is not None else np.empty(0) for array in arrays]

    def _key(self, call: Transcript) -> str:
        words = json.dumps([[turn.role.value, turn.text] for turn in call.turns])
        return content_key(self._version, words)
