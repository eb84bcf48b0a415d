"""Dialect twins: the same agent turn in standard English and in another variety of it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from callclf.corpus import Corpus
from callclf.evaluation.behaviour.case import Case
from callclf.evaluation.behaviour.material import shipped
from callclf.labels import CallLabels
from callclf.transcript import Transcript

__all__ = ["bad_twins", "good_twins"]


def good_twins(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield the written twins of good turns, whatever the corpus."""
    yield from _twins(failing=False)


def bad_twins(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield the written twins of failing turns, whatever the corpus."""
    yield from _twins(failing=True)


def _twins(*, failing: bool) -> Iterator[Case]:
    halves: dict[str, dict[str, tuple[Transcript, CallLabels]]] = {}
    for call, marks in shipped("twins"):
        halves.setdefault(call.meta["pair"], {})[call.meta["half"]] = (call, marks)
    for pair, both in halves.items():
        (standard, marks), (variety, _) = both["standard"], both["variety"]
        if bool(marks.labels) == failing:
            yield Case(standard, variety, pair)
