"""The pretext task: conversations with some turns exchanged, to be told from the real ones.

What makes most failures is that a turn does not answer this customer. No label is needed to learn
what an answer is: a turn from another conversation does not belong, nor does one from elsewhere in
the same one, nor one whose numbers are wrong.
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
conversation; is it from elsewhere in this one; were its numbers, days or the like changed."""

FOREIGN, FOREIGN_QUESTION, MISPLACED, ALTERED = 0.10, 0.07, 0.10, 0.15
"""Shares of the company's turns that are corrupted in each way."""

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
    result, y = list(turns), np.zeros((len(turns), len(TASKS)), dtype=np.float32)
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
            changed = _altered(turn.ids, vocabulary, rng)
            if changed != turn.ids:
                result[k] = replace(turn, ids=changed)
                y[k, 2] = 1
    return result, y


def _altered(ids: tuple[int, ...], vocabulary: Vocabulary, rng: random.Random) -> tuple[int, ...]:
    places = [i for i, token in enumerate(ids) if token in vocabulary.alike]
    changed = list(ids)
    for i in rng.sample(places, min(len(places), 1 + (rng.random() < 0.4))):
        changed[i] = rng.choice(vocabulary.alike[ids[i]])
    return tuple(changed)
