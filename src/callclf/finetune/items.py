"""What one step learns from: windows of calls with a target a scored turn, in batches."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from callclf.features.tokens import TokenWindow

__all__ = ["Group", "Item", "bucketed"]


@dataclass(frozen=True)
class Item:
    """One window.

    Parameters
    ----------
    window
        Its tokens.
    y
        1, 0 or NaN (not known), shape (n_turns, n_targets).
    """

    window: TokenWindow
    y: npt.NDArray[np.float32]


Group = tuple[Item, ...]
"""Windows that go into one batch: the two halves of a contrast pair, or a single one."""


def bucketed(groups: Sequence[Group], tokens: int, rng: random.Random) -> list[list[Group]]:
    """Deal groups to batches of about equal length, so that little is padding, in random order.

    Parameters
    ----------
    groups
        What is dealt.
    tokens
        Padded tokens in a batch, at most, unless a single group has more.
    rng
        Breaks ties in length and orders the batches.
    """
    longest: Callable[[Group], int] = lambda group: max(len(i.window.ids) for i in group)  # noqa: E731
    order = sorted(groups, key=lambda group: longest(group) + 20 * rng.random())
    batches: list[list[Group]] = []
    batch: list[Group] = []
    width = windows = 0
    for group in order:
        wider = max(width, longest(group))
        if batch and wider * (windows + len(group)) > tokens:
            batches.append(batch)
            batch, wider, windows = [], longest(group), 0
        batch.append(group)
        width, windows = wider, windows + len(group)
    if batch:
        batches.append(batch)
    rng.shuffle(batches)
    return batches
