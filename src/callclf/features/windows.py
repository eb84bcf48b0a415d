"""What a turn's context is: which earlier and later words a company's turn is judged with.

Turns of one batch of calls are laid out in one list, call after call, so that every part of a
context is a range of that list. Roles never share a string: a range holds one side only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.transcript import Role, Transcript

__all__ = ["CHANNELS", "Windows", "build_windows", "prefix_sum"]

IntArray = npt.NDArray[np.int64]

CHANNELS = ("turn", "customer", "previous", "reply")
"""Parts of a context, each with features of its own."""


@dataclass(frozen=True)
class Windows:
    """The texts of a batch of calls, and for every scored turn the ranges that are its context.

    Parameters
    ----------
    texts
        Words of every turn of the company or the customer, in order; other roles are left out.
    company
        Whether the company speaks, shape (n_texts,).
    call
        Number of the call in the batch, shape (n_texts,).
    scored
        Index into `texts` of every scored turn, shape (n_turns,).
    position
        Index of every scored turn in its own transcript, shape (n_turns,).
    ranges
        Channel to (n_turns, 2) first and past-the-last index into `texts`: the turn itself; the
        customer's last words before it; the company's turn before; the customer's reply to it.
    """

    texts: list[str]
    company: npt.NDArray[np.bool_]
    call: IntArray
    scored: IntArray
    position: IntArray
    ranges: dict[str, IntArray]

    def __len__(self) -> int:
        return len(self.scored)

    @property
    def scored_call(self) -> IntArray:
        """Number of the call that each scored turn belongs to, shape (n_turns,), ascending."""
        return self.call[self.scored]


def build_windows(calls: Sequence[Transcript], *, bots: bool = True) -> Windows:
    """Lay out a batch of calls.

    Parameters
    ----------
    calls
        Transcripts.
    bots
        Whether a bot speaks for the company; if not, its turns are left out like the system's.
    """
    texts: list[str] = []
    company: list[bool] = []
    call_of: list[int] = []
    place: list[int] = []
    for number, call in enumerate(calls):
        for i, turn in enumerate(call.turns):
            role = turn.role
            speaks = role is Role.AGENT or (bots and role is Role.BOT)
            if speaks or role is Role.CUSTOMER:
                texts.append(turn.text)
                company.append(speaks)
                call_of.append(number)
                place.append(i)
    side = np.array(company, dtype=bool)
    owner = np.array(call_of, dtype=np.int64)
    scored = np.flatnonzero(side)
    return Windows(
        texts=texts,
        company=side,
        call=owner,
        scored=scored,
        position=np.array(place, dtype=np.int64)[scored],
        ranges=_ranges(side, owner, scored),
    )


def prefix_sum(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the sums of the first 0, 1, … rows: the sum over a range is one subtraction.

    Booleans are counted; other values are summed in their own type.
    """
    kind = np.dtype(np.int64) if values.dtype == bool else values.dtype
    total = np.zeros((len(values) + 1, *values.shape[1:]), dtype=kind)
    np.cumsum(values, axis=0, out=total[1:])
    return total


def _ranges(side: npt.NDArray[np.bool_], owner: IntArray, scored: IntArray) -> dict[str, IntArray]:
    n = len(side)
    if not n:
        return {channel: np.zeros((0, 2), dtype=np.int64) for channel in CHANNELS}
    # A run is an unbroken stretch of texts of one side in one call. The customer's last words are
    # the run before the company's run, also for the second of two messages sent in a row.
    turns_over = np.ones(n + 1, dtype=bool)
    turns_over[1:-1] = (side[1:] != side[:-1]) | (owner[1:] != owner[:-1])
    borders = np.flatnonzero(turns_over)
    starts, ends = borders[:-1], borders[1:]
    run = np.repeat(np.arange(len(starts)), ends - starts)[scored]
    call_of_run = owner[starts]
    before, after = np.maximum(run - 1, 0), np.minimum(run + 1, len(starts) - 1)
    has_before = (run > 0) & (call_of_run[before] == call_of_run[run])
    has_after = (run < len(starts) - 1) & (call_of_run[after] == call_of_run[run])
    earlier = np.full(len(scored), -1)
    earlier[1:] = scored[:-1]
    has_earlier = (earlier >= 0) & (owner[np.maximum(earlier, 0)] == owner[scored])
    return {
        "turn": np.stack([scored, scored + 1], axis=1),
        "customer": _masked(starts[before], ends[before], has_before),
        "previous": _masked(earlier, earlier + 1, has_earlier),
        "reply": _masked(starts[after], ends[after], has_after),
    }


def _masked(lo: IntArray, hi: IntArray, there: npt.NDArray[np.bool_]) -> IntArray:
    masked = np.zeros((len(there), 2), dtype=np.int64)
    masked[there, 0], masked[there, 1] = lo[there], hi[there]
    return masked
