"""Minimal pairs: two calls that differ in the point, and the failing one must score higher."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import Literal

import numpy as np

from callclf.corpus import Corpus
from callclf.evaluation.behaviour.case import Case
from callclf.labels import CallLabels
from callclf.transcript import Role, Transcript

__all__ = ["Differ", "minimal_pairs"]

Differ = Literal["answers", "contexts"]
"""Answers differ where the customer says the same in both calls of a pair, else contexts do."""


def minimal_pairs(
    differ: Differ | None = None,
) -> Callable[[Corpus, np.random.Generator], Iterator[Case]]:
    """Return what makes cases of the pairs in a corpus: calls that share `meta["pair"]`.

    Parameters
    ----------
    differ
        Only pairs that differ in this; None for all.
    """
    return partial(_cases, differ=differ)


def _cases(corpus: Corpus, rng: np.random.Generator, differ: Differ | None) -> Iterator[Case]:
    pairs: dict[str, list[tuple[Transcript, CallLabels]]] = defaultdict(list)
    for call, marks in corpus:
        if (pair := call.meta.get("pair")) is not None:
            pairs[str(pair)].append((call, marks))
    for name, both in pairs.items():
        if len(both) == 2 and differ in (None, _differ(both[0][0], both[1][0])):
            yield from _directed(name, both[0], both[1])
            yield from _directed(name, both[1], both[0])


def _differ(a: Transcript, b: Transcript) -> Differ:
    asked = ([t.text for t in call.turns if t.role is Role.CUSTOMER] for call in (a, b))
    return "answers" if next(asked) == next(asked) else "contexts"


def _directed(
    name: str, failing: tuple[Transcript, CallLabels], fine: tuple[Transcript, CallLabels]
) -> Iterator[Case]:
    """Yield a case for the labels that one call has and the other surely has not."""
    lacks = fine[1].call_row(failing[1].labels) == 0
    at_stake = tuple(label for label, no in zip(failing[1].labels, lacks, strict=True) if no)
    if at_stake:
        yield Case(fine[0], failing[0], name, at_stake)
