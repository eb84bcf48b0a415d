"""Which calls a model has learned from, by their words: under another id they are the same."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from callclf.classifier import FailureModeClassifier
from callclf.fingerprint import call_fingerprint
from callclf.transcript import Transcript

__all__ = ["learned_from"]


def learned_from(
    model: FailureModeClassifier, calls: Iterable[Transcript]
) -> npt.NDArray[np.bool_]:
    """Return which calls a model has learned from, shape (n_calls,)."""
    prints = frozenset(model.manifest["training"].get("calls", ()))
    lengths = {len(print) for print in prints}  # models keep the first digits only
    return np.array(
        [any(call_fingerprint(call)[:length] in prints for length in lengths) for call in calls],
        dtype=bool,
    )
