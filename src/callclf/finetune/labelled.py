"""Stage two: the labels of every turn of the company, learned from whole calls."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from callclf.features.tokens import TokenTurn, TokenWindow, cut_windows, marks_of
from callclf.finetune.augment import augmented
from callclf.finetune.config import FinetuneConfig
from callclf.finetune.corrupt import TASKS
from callclf.finetune.items import Group, Item, bucketed
from callclf.finetune.loop import Loss, Trainer
from callclf.finetune.network import TurnNetwork, collate
from callclf.finetune.pretext import Pretext
from callclf.finetune.text import Text
from callclf.finetune.vocabulary import read_vocabulary
from callclf.labels import CallLabels, call_matrix
from callclf.probabilities import mean_precision

__all__ = ["learn_labels"]

SCALE = 4.0
"""Of the loss, which is an average over labels of which nearly all are 0."""

TASK_WEIGHT = 0.3
"""Of a pretext task against a label: its loss stays higher."""


def learn_labels(
    network: TurnNetwork,
    texts: Sequence[Text],
    held_out: Sequence[Text],
    pretext: Pretext,
    names: Sequence[str],
    config: FinetuneConfig,
    checkpoint: Path,
) -> float:
    """Train the network on labels; return the seconds that its steps took.

    It also learns whether the turn fails at all, and goes on with the pretext tasks, on other
    conversations that come between the labelled ones.

    Gaps are left out of the loss. Failing turns weigh `positive_weight`; calls without any mark
    are thinned out, those of public sources by `clean_share`; long written calls come more than
    once.

    Parameters
    ----------
    network
        With an output a label, one more, and one a pretext task.
    texts
        Labelled conversations. Two halves of a contrast pair go through the network together.
    held_out
        Others, that say which pass was the best.
    pretext
        Conversations to be seen with turns exchanged.
    names
        The label set, in order.
    config
        How.
    checkpoint
        Where the trainer keeps its state.
    """
    tokenizer = texts[0].tokenizer
    vocabulary, marks = read_vocabulary(tokenizer), marks_of(tokenizer)
    targets = [_with_any(text.y(names)) for text in texts]
    clean = [text.public and not text.has_remark and not _gaps(text, y)
             and not np.any(y != 0, where=~np.isnan(y))
             for text, y in zip(texts, targets, strict=True)]  # fmt: skip
    targets = [_wide(y, after=len(TASKS)) for y in targets]

    def epoch(number: int) -> list[list[Group]]:
        rng = random.Random(f"{config.seed} labelled {number}")
        pairs: dict[str, list[Item]] = defaultdict(list)
        groups: list[Group] = []
        for text, y, dull in zip(texts, targets, clean, strict=True):
            if dull and rng.random() >= config.clean_share:
                continue
            items = []
            for _ in range(config.long_call_passes if text.is_long_written_call else 1):
                turns = augmented(text.turns, vocabulary, rng)
                items += _items(turns, y, cut_windows(turns, marks, config.labelled.limits))
            if text.is_half and len(items) == 1:
                pairs[text.group] += items
            else:
                groups += [(item,) for item in items]
        groups += [tuple(items) for items in pairs.values()]
        for item in pretext.draw(rng, config.pretext_share):
            groups.append((Item(item.window, _wide(item.y, before=len(names) + 1)),))
        return bucketed(groups, config.tokens_per_batch, rng)

    return Trainer(
        network,
        _loss(config, len(names)),
        rate=config.labelled.rate,
        epochs=config.labelled.epochs,
        checkpoint=checkpoint,
        seed=config.seed,
        judge=partial(_precision, network, held_out, names, config) if held_out else None,
    ).run(epoch)


def _loss(config: FinetuneConfig, n_labels: int) -> Loss:
    """Return the loss of the labels that are known, and of the order in contrast pairs."""
    positive = torch.tensor([config.positive_weight] * n_labels + [1.5] + [1.0] * len(TASKS))
    weight = torch.tensor([1.0] * (n_labels + 1) + [TASK_WEIGHT] * len(TASKS))

    def loss(scores: Tensor, batch: Sequence[Group]) -> Tensor:
        y = torch.cat([torch.from_numpy(item.y) for group in batch for item in group])
        known = ~torch.isnan(y)
        each = torch.nn.functional.binary_cross_entropy_with_logits(
            scores, torch.nan_to_num(y), pos_weight=positive, reduction="none"
        )
        pairs = _pair_loss(scores[:, :n_labels], y[:, :n_labels], batch, config.pair_margin)
        return SCALE * (each * known * weight).sum() / known.sum() + config.pair_weight * pairs

    return loss


def _precision(
    network: TurnNetwork, texts: Sequence[Text], names: Sequence[str], config: FinetuneConfig
) -> float:
    """Return average precision per call, the mean over labels: a call is as bad as its worst turn.

    A window's "labels" here are the number of its call, once a turn.
    """
    marks, groups = marks_of(texts[0].tokenizer), list[Group]()
    for number, text in enumerate(texts):
        for window in cut_windows(text.turns, marks, config.labelled.limits):
            groups.append((Item(window, np.full(len(window.turns), number, np.float32)),))
    scores = np.full((len(texts), len(names)), -np.inf)
    for batch in bucketed(groups, config.tokens_per_batch, random.Random(0)):
        items = [item for (item,) in batch]
        owner = np.concatenate([item.y for item in items]).astype(int)
        np.maximum.at(scores, owner, network(collate(items)).numpy()[:, : len(names)])
    labels = [text.labels or CallLabels() for text in texts]
    return mean_precision(scores, call_matrix(labels, names))


def _items(
    turns: Sequence[TokenTurn], y: npt.NDArray[np.float32], windows: Sequence[TokenWindow]
) -> list[Item]:
    """Give each window the labels of the turns that are scored in it."""
    return [Item(window, y[[turns[k].place for k in window.turns]]) for window in windows]


def _pair_loss(scores: Tensor, y: Tensor, batch: Sequence[Group], margin: float) -> Tensor:
    """Return how far the failing halves of contrast pairs are from being above the fine ones.

    The turn in question is the last of each half.
    """
    losses, row = [], 0
    for group in batch:
        ends = np.cumsum([len(item.window.marks) for item in group]) + row - 1
        if len(group) == 2:
            first, second = ends
            sign = torch.nan_to_num(y[first] - y[second])
            gap = sign * (scores[first] - scores[second])
            losses.append(torch.nn.functional.softplus(margin - gap)[sign != 0])
        row = int(ends[-1]) + 1
    each = torch.cat(losses) if losses else torch.zeros(0)
    return each.mean() if len(each) else torch.zeros(())


def _with_any(y: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Append whether the turn fails at all: 1 if any label is, NaN if one may be, 0 else."""
    some = np.any(y == 1, axis=1)
    unsure = np.any(np.isnan(y), axis=1)
    return np.column_stack([y, np.where(some, 1.0, np.where(unsure, np.nan, 0.0))]).astype(
        np.float32
    )


def _wide(y: npt.NDArray[np.float32], before: int = 0, after: int = 0) -> npt.NDArray[np.float32]:
    """Add columns that are not known."""
    return np.pad(y, ((0, 0), (before, after)), constant_values=np.nan)


def _gaps(text: Text, y: npt.NDArray[np.float32]) -> bool:
    """Return whether any label of a scored turn is not known."""
    return bool(np.isnan(y[[turn.place for turn in text.turns if turn.company]]).any())
