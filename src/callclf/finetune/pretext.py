"""Stage one: what an answer is, learned from conversations without labels."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from callclf.features.tokens import TokenTurn, WindowLimits, cut_windows, marks_of
from callclf.finetune.config import FinetuneConfig
from callclf.finetune.corrupt import TASKS, TurnPool, corrupted
from callclf.finetune.items import Group, Item, bucketed
from callclf.finetune.loop import Trainer
from callclf.finetune.network import TurnNetwork
from callclf.finetune.text import Text
from callclf.finetune.vocabulary import read_vocabulary

__all__ = ["Pretext", "learn_pretext"]

MASKED = 0.05
"""Share of tokens hidden."""

LONG = 14
"""Turns of a stretch of a longer call: half of the longer calls are seen in part only."""


class Pretext:
    """Conversations in which turns are exchanged, anew each time they are drawn.

    Parameters
    ----------
    texts
        Conversations; labels are not looked at.
    limits
        How much is read at once.
    """

    def __init__(self, texts: Sequence[Text], limits: WindowLimits) -> None:
        self.texts = [t for t in texts if sum(turn.company for turn in t.turns) > 1]
        self._pool = TurnPool([t.turns for t in self.texts], [t.source for t in self.texts])
        tokenizer = texts[0].tokenizer
        self._vocabulary, self._marks = read_vocabulary(tokenizer), marks_of(tokenizer)
        self._limits = limits

    def draw(self, rng: random.Random, share: float = 1.0) -> Iterator[Item]:
        """Yield windows of a share of the conversations, with a target for each of `TASKS`."""
        for text in self.texts:
            if rng.random() >= share:
                continue
            turns = text.turns
            if len(turns) > LONG and rng.random() < 0.5:
                first = rng.randrange(len(turns) - LONG)
                turns = turns[first : first + LONG]  # before: what contradicts it must be in sight
            turns, y = corrupted(turns, text.source, self._pool, self._vocabulary, rng)
            turns = [_masked(turn, self._vocabulary.mask, rng) for turn in turns]
            for window in cut_windows(turns, self._marks, self._limits):
                yield Item(window, y[window.turns])


def learn_pretext(
    network: TurnNetwork, texts: Sequence[Text], config: FinetuneConfig, checkpoint: Path
) -> float:
    """Train the network to find exchanged turns; return the seconds that its steps took.

    Parameters
    ----------
    network
        With an output for each of `corrupt.TASKS`.
    texts
        Conversations; labels are not looked at.
    config
        How.
    checkpoint
        Where the trainer keeps its state.
    """
    pretext = Pretext(texts, config.pretext.limits)

    def epoch(number: int) -> list[list[Group]]:
        rng = random.Random(f"{config.seed} pretext {number}")
        groups = [(item,) for item in pretext.draw(rng)]
        return bucketed(groups, config.tokens_per_batch, rng)

    return Trainer(
        network,
        _loss,
        rate=config.pretext.rate,
        epochs=config.pretext.epochs,
        checkpoint=checkpoint,
        seed=config.seed,
    ).run(epoch)


def _loss(scores: Tensor, batch: Sequence[Group]) -> Tensor:
    y = torch.cat([torch.from_numpy(item.y) for group in batch for item in group])
    assert y.shape[1] == len(TASKS)
    return torch.nn.functional.binary_cross_entropy_with_logits(scores, y)


def _masked(turn: TokenTurn, mask: int, rng: random.Random) -> TokenTurn:
    ids = tuple(mask if rng.random() < MASKED else token for token in turn.ids)
    return replace(turn, ids=ids)
