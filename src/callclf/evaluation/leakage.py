"""Calls that the model was trained on have no place in a test: find them by their words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callclf.corpus import Corpus
from callclf.evaluation.predictions import Predictions, call_ids
from callclf.lineage import printed

__all__ = ["Leakage", "find_leaks"]


@dataclass(frozen=True)
class Leakage:
    """What is known of calls that are in both the training and the test data.

    Parameters
    ----------
    known
        Whether the system says which calls it was trained on; if not, nothing could be checked.
    ids
        The calls of the test that it was trained on, copies under another id among them.
    """

    known: bool
    ids: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ids)

    def __str__(self) -> str:
        if not self.known:
            return "not checked: the system does not say which calls it was trained on"
        if not self.ids:
            return "none: no call of the test was in the training data"
        return f"{len(self.ids)} calls of the test were in the training data"

    def to_dict(self) -> dict[str, Any]:
        """Return what is known as plain JSON data."""
        return {"known": self.known, "calls": len(self.ids), "ids": list(self.ids)}


def find_leaks(predictions: Predictions, corpus: Corpus) -> Leakage:
    """Compare the fingerprints of the corpus's calls with those of the training data.

    A model's manifest lists the first 12 digits of the fingerprints (`call_fingerprint`): two calls
    share them by chance once in 10^14.
    """
    trained_on = predictions.training_calls
    if trained_on is None:
        return Leakage(known=False)
    leaked = printed(corpus.calls, trained_on)
    ids = (id for id, leak in zip(call_ids(corpus.calls), leaked, strict=True) if leak)
    return Leakage(known=True, ids=tuple(ids))
