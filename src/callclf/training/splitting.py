"""Which calls are kept untouched: random ones or the newest, with all that they are tied to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.errors import LabelError
from callclf.grouping import group_calls
from callclf.training.config import Split
from callclf.transcript import Transcript

__all__ = ["untouched"]

BoolArray = npt.NDArray[np.bool_]


def untouched(
    calls: Sequence[Transcript], split: Split, *, group_by: Sequence[str], seed: int
) -> BoolArray:
    """Return which calls are kept untouched, shape (n_calls,).

    Parameters
    ----------
    calls
        Transcripts.
    split
        How many, and which.
    group_by
        Names in `meta` that tie calls together.
    seed
        Same seed, same calls.

    Raises
    ------
    LabelError
        If calls do not say when they were, or belong together so that nothing can be parted.
    """
    if not split.test or not calls:
        return np.zeros(len(calls), dtype=bool)
    groups = group_calls(calls, group_by)
    sizes = np.bincount(groups)
    if split.time is None:
        order = np.random.default_rng(seed).permutation(len(sizes))
    else:
        # A group is as new as its newest call, so that none of what is learned from comes later
        # than what it is tied to.
        newest = np.full(len(sizes), -np.inf)
        np.maximum.at(newest, groups, _moments(calls, split.time))
        order = np.argsort(-newest, kind="stable")
    wanted, total, held = split.test * len(calls), 0, []
    for group in order:
        # The group that crosses the line goes where it brings the share closer to what was asked.
        if abs(total + sizes[group] - wanted) <= abs(total - wanted):
            held.append(group)
            total += sizes[group]
        elif split.time is not None:
            break  # an older group must not be kept while a newer one is learned from
    chosen = np.isin(groups, held)
    if chosen.all() or not chosen.any():
        raise LabelError(
            f"the calls form {len(sizes)} groups by {', '.join(group_by) or 'id'}, so none can be "
            "kept untouched; give more calls, or tie them together less"
        )
    return chosen


def _moments(calls: Sequence[Transcript], key: str) -> npt.NDArray[np.float64]:
    moments = [_moment(call.meta.get(key)) for call in calls]
    lacking = [call.id for call, moment in zip(calls, moments, strict=True) if moment is None]
    if lacking:
        raise LabelError(
            f"split.time is {key!r}, but {len(lacking)} of {len(calls)} calls have no date or "
            f"number there in their meta, such as {lacking[0]!r}; add it, or split without time"
        )
    return np.array(moments, dtype=np.float64)


def _moment(value: Any) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()
