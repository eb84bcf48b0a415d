"""Minimal pairs: two calls that differ in the point, and the failing one must score higher."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from callclf.corpus import Corpus
from callclf.evaluation.behaviour.case import Case
from callclf.labels import CallLabels
from callclf.transcript import Transcript

__all__ = ["minimal_pairs"]


def minimal_pairs(
    writers: frozenset[str] | None = None,
) -> Callable[[Corpus, np.random.Generator], Iterator[Case]]:
    """Return what makes cases of the pairs in a corpus: calls that share `meta["pair"]`.

    Parameters
    ----------
    writers
        Only pairs whose `meta["writer"]` is one of these; None for all.
    """
    return partial(_cases, writers=writers)


def _cases(
    corpus: Corpus, rng: np.random.Generator, writers: frozenset[str] | None
) -> Iterator[Case]:
    pairs: dict[str, list[tuple[Transcript, CallLabels]]] = defaultdict(list)
    for call, marks in corpus:
        pair, writer = call.meta.get("pair"), call.meta.get("writer")
        if pair is not None and (writers is None or writer in writers):
            pairs[str(pair)].append((call, marks))
    for name, both in pairs.items():
        if len(both) == 2:
            yield from _directed(name, both[0], both[1])
            yield from _directed(name, both[1], both[0])


def _directed(
    name: str, failing: tuple[Transcript, CallLabels], fine: tuple[Transcript, CallLabels]
) -> Iterator[Case]:
    """Yield a case for the labels that one call has and the other surely has not."""
    lacks = fine[1].call_row(failing[1].labels) == 0
    at_stake = tuple(label for label, no in zip(failing[1].labels, lacks, strict=True) if no)
    if at_stake:
        yield Case(fine[0], failing[0], name, at_stake)
