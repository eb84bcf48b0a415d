"""Noise on training calls, so that what is learned holds for other transcripts too."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from callclf.features.tokens import TokenTurn
from callclf.finetune.vocabulary import Vocabulary

__all__ = ["augmented"]

MASKED = 0.06
"""Share of tokens hidden: no single word may carry a label."""

NO_PUNCTUATION = 0.25
"""Share of calls without punctuation, as recognisers write. The vocabulary knows no case."""

LOSSY, LOST = 0.3, 0.04
"""Share of calls that lose words, and share of the words that those lose."""

HESITANT, FILLED = 0.25, 0.1
"""Share of calls with fillers, and share of the words before which those have one."""

RENAMED = 0.4
"""Share of calls in which every name becomes another: who somebody is must not matter."""

CUT, LONG = 0.2, 6
"""Share of the calls of more than so many turns that lose the first one or two."""


def augmented(
    turns: Sequence[TokenTurn], vocabulary: Vocabulary, rng: random.Random
) -> list[TokenTurn]:
    """Return a noisy copy of a call; its turns keep their `place`."""
    bare = rng.random() < NO_PUNCTUATION
    lost = LOST if rng.random() < LOSSY else 0.0
    filled = FILLED if rng.random() < HESITANT else 0.0
    if len(turns) > LONG and rng.random() < CUT:
        turns = turns[rng.randint(1, 2) :]
    renamed = vocabulary.names if rng.random() < RENAMED else ()
    names = {name: rng.choice(vocabulary.names) for name in renamed}
    result = []
    for turn in turns:
        ids = _hesitant(_renamed(turn.ids, names), filled, vocabulary.fillers, rng)
        result.append(replace(turn, ids=_noisy(ids, bare, lost, vocabulary, rng)))
    return result


def _renamed(ids: tuple[int, ...], names: dict[int, int]) -> tuple[int, ...]:
    return tuple(names.get(token, token) for token in ids) if names else ids


def _hesitant(
    ids: tuple[int, ...], share: float, fillers: Sequence[tuple[int, ...]], rng: random.Random
) -> tuple[int, ...]:
    if not share or not fillers:
        return ids
    result: list[int] = []
    for token in ids:
        if rng.random() < share:
            result.extend(rng.choice(fillers))
        result.append(token)
    return tuple(result)


def _noisy(
    ids: tuple[int, ...], bare: bool, lost: float, vocabulary: Vocabulary, rng: random.Random
) -> tuple[int, ...]:
    kept = [token for token in ids if not (bare and token in vocabulary.punctuation)]
    if lost and len(kept) > 3:
        kept = [token for token in kept if rng.random() >= lost]
    noisy = tuple(vocabulary.mask if rng.random() < MASKED else token for token in kept)
    return noisy or ids
