"""Which calls a model has learned from, by their words: under another id they are the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.fingerprint import call_fingerprint
from callclf.transcript import Transcript

__all__ = ["learned_from", "prints_of", "printed"]

BoolArray = npt.NDArray[np.bool_]


def prints_of(model: Any) -> frozenset[str] | None:
    """Return the fingerprints, or their first digits, of the calls that a model has learned from.

    Those that its encoder was fine-tuned on are among them. None if the model does not say.
    """
    prints = getattr(model, "manifest", {}).get("training", {}).get("calls")
    encoder = getattr(getattr(getattr(model, "fitted_", None), "scorer", None), "encoder", None)
    if prints is None and encoder is None:
        return None
    return frozenset(prints or ()) | (encoder.seen if encoder else frozenset())


def printed(calls: Iterable[Transcript], prints: Collection[str]) -> BoolArray:
    """Return which calls are among fingerprints, shape (n_calls,)."""
    lengths = {len(print) for print in prints}  # models keep the first digits only
    return np.array(
        [any(call_fingerprint(call)[:length] in prints for length in lengths) for call in calls],
        dtype=bool,
    )


def learned_from(model: Any, calls: Iterable[Transcript]) -> BoolArray:
    """Return which calls a model has learned from, shape (n_calls,); none if it does not say."""
    return printed(calls, prints_of(model) or frozenset())
