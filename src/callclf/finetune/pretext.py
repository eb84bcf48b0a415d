"""Stage one: what an answer is, learned from conversations without labels."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from callclf.features.tokens import TokenTurn, cut_windows, marks_of
from callclf.finetune.config import FinetuneConfig
from callclf.finetune.corrupt import TASKS, TurnPool, corrupted
from callclf.finetune.items import Group, Item, bucketed
from callclf.finetune.loop import Trainer
from callclf.finetune.network import TurnNetwork
from callclf.finetune.text import Text
from callclf.finetune.vocabulary import read_vocabulary

__all__ = ["learn_pretext"]

MASKED = 0.05
"""Share of tokens hidden."""

LONG = 14
"""Turns of a stretch of a longer call: half of the longer calls are seen in part only."""


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
    texts = [t for t in texts if sum(turn.company for turn in t.turns) > 1]
    pool = TurnPool([text.turns for text in texts], [text.source for text in texts])
    tokenizer = texts[0].tokenizer
    vocabulary, marks = read_vocabulary(tokenizer), marks_of(tokenizer)

    def epoch(number: int) -> list[list[Group]]:
        rng = random.Random(f"{config.seed} pretext {number}")
        groups: list[Group] = []
        for text in texts:
            turns, y = corrupted(text.turns, text.source, pool, vocabulary, rng)
            first = 0
            if len(turns) > LONG and rng.random() < 0.5:
                first = rng.randrange(len(turns) - LONG)
                turns, y = turns[first : first + LONG], y[first : first + LONG]
            turns = [_masked(turn, vocabulary.mask, rng) for turn in turns]
            for window in cut_windows(turns, marks, config.pretext.limits):
                groups.append((Item(window, y[window.turns]),))
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
