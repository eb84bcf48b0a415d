"""The pretext task: conversations with some turns exchanged, to be told from the real ones.

What makes most failures is that a turn does not answer this customer. No label is needed to learn
what an answer is: a turn from another conversation does not belong, nor does one from elsewhere in
the same one, nor one whose numbers contradict what was said before.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from callclf.features.tokens import TokenTurn
from callclf.finetune.vocabulary import Vocabulary

__all__ = ["TASKS", "TurnPool", "corrupted"]

TASKS = ("foreign", "misplaced", "altered")
"""What the encoder is asked of each turn of the company: is it, or what it answers, from another
conversation; is it from elsewhere in this one; was a number, a day or the like that had been named
before changed in it."""

FOREIGN, FOREIGN_QUESTION, MISPLACED, ALTERED = 0.10, 0.07, 0.10, 0.25
"""Shares of the company's turns that are corrupted in each way, where they can be."""

RENUMBERED = 0.5
"""Share of the calls in which every number, day or the like becomes another throughout, so that
only the call itself can tell which one is right."""

_TRIES = 4


class TurnPool:
    """Turns to exchange for others, by source and side.

    Parameters
    ----------
    calls
        Tokenised calls.
    sources
        Of each.
    """

    def __init__(self, calls: Sequence[Sequence[TokenTurn]], sources: Sequence[str]) -> None:
        self._turns: dict[tuple[str, bool], list[TokenTurn]] = defaultdict(list)
        for turns, source in zip(calls, sources, strict=True):
            for turn in turns:
                self._turns[source, turn.company].append(turn)

    def like(self, turn: TokenTurn, source: str, rng: random.Random) -> tuple[int, ...]:
        """Return the words of another turn of about the same length: length must tell nothing."""
        drawn = (rng.choice(self._turns[source, turn.company]).ids for _ in range(_TRIES))
        return min(drawn, key=lambda ids: abs(len(ids) - len(turn.ids)))


def corrupted(
    turns: Sequence[TokenTurn],
    source: str,
    pool: TurnPool,
    vocabulary: Vocabulary,
    rng: random.Random,
) -> tuple[list[TokenTurn], npt.NDArray[np.float32]]:
    """Return the call with some turns exchanged, and what was done: shape (n_turns, 3)."""
    if rng.random() < RENUMBERED:
        turns = _renumbered(turns, vocabulary, rng)
    result, y = list(turns), np.zeros((len(turns), len(TASKS)), dtype=np.float32)
    named = _named_before(turns, vocabulary)
    company = [k for k, turn in enumerate(turns) if turn.company]
    for k in company:
        turn, draw = turns[k], rng.random()
        if draw < FOREIGN:
            result[k] = replace(turn, ids=pool.like(turn, source, rng))
            y[k, 0] = 1
        elif draw < FOREIGN + FOREIGN_QUESTION:
            if k and not turns[k - 1].company:
                result[k - 1] = replace(turns[k - 1], ids=pool.like(turns[k - 1], source, rng))
                y[k, 0] = 1
        elif draw < FOREIGN + FOREIGN_QUESTION + MISPLACED:
            other = turns[rng.choice(company)].ids
            if other != turn.ids:
                result[k] = replace(turn, ids=other)
                y[k, 1] = 1
        elif draw < FOREIGN + FOREIGN_QUESTION + MISPLACED + ALTERED:
            changed = _altered(turn.ids, named[k], vocabulary, rng)
            if changed != turn.ids:
                result[k] = replace(turn, ids=changed)
                y[k, 2] = 1
    return result, y


def _named_before(turns: Sequence[TokenTurn], vocabulary: Vocabulary) -> list[frozenset[int]]:
    """Return, for each turn, the numbers, days and the like of the turns before it."""
    named: list[frozenset[int]] = [frozenset()]
    for turn in turns[:-1]:
        named.append(named[-1] | {token for token in turn.ids if token in vocabulary.alike})
    return named


def _altered(
    ids: tuple[int, ...], named: frozenset[int], vocabulary: Vocabulary, rng: random.Random
) -> tuple[int, ...]:
    """Change something that was named before: of anything else nobody could tell.

    Half the time it becomes another thing that was named, or looking for new ones would be enough.
    """
    places = [i for i, token in enumerate(ids) if token in named]
    changed = list(ids)
    for i in rng.sample(places, min(len(places), 1 + (rng.random() < 0.4))):
        kind = vocabulary.alike[ids[i]]
        also = [token for token in kind if token in named and token != ids[i]]
        changed[i] = rng.choice(also if also and rng.random() < 0.5 else kind)
    return tuple(changed)


def _renumbered(
    turns: Sequence[TokenTurn], vocabulary: Vocabulary, rng: random.Random
) -> list[TokenTurn]:
    other: dict[int, int] = {}
    taken: set[int] = set()
    for token in sorted({t for turn in turns for t in turn.ids} & vocabulary.alike.keys()):
        other[token] = rng.choice([t for t in vocabulary.alike[token] if t not in taken])
        taken.add(other[token])
    return [replace(turn, ids=tuple(other.get(t, t) for t in turn.ids)) for turn in turns]
