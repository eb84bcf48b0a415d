"""Invariance: a neutral exchange more, at the beginning or at the end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from callclf.corpus import Corpus
from callclf.evaluation.behaviour.case import Case
from callclf.evaluation.behaviour.material import call_name, words
from callclf.evaluation.behaviour.rewrite import exchange, insert

__all__ = ["closing_added", "opening_added"]


def opening_added(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield calls that begin with a greeting of customer and agent more."""
    yield from _added(corpus, rng, "opening")


def closing_added(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield calls that end with a goodbye of customer and agent more."""
    yield from _added(corpus, rng, "closing")


def _added(corpus: Corpus, rng: np.random.Generator, where: str) -> Iterator[Case]:
    for number, call in enumerate(corpus.calls):
        customer, agent = rng.choice(words()["benign"][where])
        turns = exchange(call, str(customer), str(agent))
        changed = insert(call, 0 if where == "opening" else len(call), turns)
        yield Case(call, changed, call_name(call, number))
