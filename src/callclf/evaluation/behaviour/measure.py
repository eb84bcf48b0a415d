"""From answers on cases to figures with intervals.

Intervals are those of the evaluation's bootstrap: base calls are drawn with replacement, each with
all its cases and labels. A share that is 0 or 1 in the data would be so in every resample; it gets
the exact bound of Clopper and Pearson (1934) for as many base calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from callclf.evaluation.behaviour.case import NOT_SCORED, Answers, Case
from callclf.evaluation.behaviour.registry import Behaviour
from callclf.evaluation.behaviour.report import BehaviourResult, Example, Measured
from callclf.evaluation.bootstrap import LEVEL, Bootstrap, Figure

__all__ = ["N_WORST", "mean", "measure"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

N_WORST = 10
"""Cases kept for reading."""

FEWEST = 5
"""A figure that rests on fewer base calls than these gets no interval."""


@dataclass(frozen=True)
class _Table:
    """One row a case; all but `groups` have one column a label.

    `used` are the decisions at stake that were scored on a side, `paired` those with an original.
    """

    groups: IntArray
    used: BoolArray
    paired: BoolArray
    flagged: BoolArray
    flips: BoolArray
    broken: BoolArray
    shift: FloatArray


def measure(
    behaviour: Behaviour,
    cases: Sequence[Case],
    before: Answers,
    after: Answers,
    labels: Sequence[str],
    *,
    seed: int,
) -> BehaviourResult:
    """Compare answers and draw the figures.

    Parameters
    ----------
    behaviour, cases
        What was tested, on what.
    before, after
        Answers on the original and the changed calls, one row a case; where there is no original,
        not scored.
    labels
        Names of the columns.
    seed
        Of the bootstrap.
    """
    names, groups = np.unique([case.group for case in cases], return_inverse=True)
    scored = (before.decision != NOT_SCORED) | (after.decision != NOT_SCORED)
    used = _at_stake(cases, labels) & scored
    paired = used & np.array([case.original is not None for case in cases], dtype=bool)[:, None]
    table = _Table(
        groups=groups,
        used=used,
        paired=paired,
        flagged=used & ((before.decision == 1) | (after.decision == 1)),
        flips=paired & (before.decision != after.decision),
        broken=used & behaviour.rule.broken(before, after),
        shift=np.where(used, after.probability - before.probability, np.nan),
    )
    columns = [j for j in range(len(labels)) if used[:, j].any()]
    return BehaviourResult(
        behaviour=behaviour,
        n_cases=len(cases),
        n_calls=len(names),
        overall=_measured(table, list(range(len(labels))), seed),
        calls_changed=_calls_changed(table, len(names), seed),
        labels={labels[j]: _measured(table, [j], seed) for j in columns},
        worst=_worst(cases, labels, before, after, table.broken),
    )


def mean(
    groups: IntArray, values: npt.ArrayLike, counts: npt.ArrayLike, *, seed: int, share: bool
) -> Figure:
    """Return sum of values over sum of counts, with an interval from resampled groups.

    Parameters
    ----------
    groups
        Group of each row, 0-based, shape (n_rows,).
    values, counts
        Shape (n_rows,).
    seed
        Of the bootstrap.
    share
        Whether the mean is a share, 0 to 1.
    """
    n_groups = int(groups.max()) + 1 if len(groups) else 0
    total = np.bincount(groups, np.asarray(values, dtype=float), n_groups)
    count = np.bincount(groups, np.asarray(counts, dtype=float), n_groups)
    resting = int((count > 0).sum())
    if not resting:
        return Figure(None, note="no decisions to compare")
    value = float(total.sum() / count.sum())
    if resting < FEWEST:
        return Figure(value, note=f"no interval: rests on {resting} call{'s' * (resting != 1)}")
    tail = (1 - LEVEL) / 2
    if share and value in (0.0, 1.0):
        bound = tail ** (1 / resting)  # (1 - p)^n or p^n equals the tail
        return Figure(value, *((bound, 1.0) if value else (0.0, 1.0 - bound)))
    drawn = []
    for _, weight in Bootstrap(np.arange(n_groups), seed=seed).weights(n_groups):
        size = weight @ count
        drawn.append((weight @ total)[size > 0] / size[size > 0])
    low, high = np.quantile(np.concatenate(drawn), [tail, 1 - tail])
    return Figure(value, float(low), float(high))


def _measured(table: _Table, columns: Sequence[int], seed: int) -> Measured:
    used = table.used[:, columns].sum(axis=1)
    paired = table.paired[:, columns].sum(axis=1)
    flips = table.flips[:, columns].sum(axis=1)
    broken = table.broken[:, columns].sum(axis=1)
    shift = table.shift[:, columns]
    known = (~np.isnan(shift)).sum(axis=1)
    return Measured(
        n_decisions=int(used.sum()),
        n_flagged=int(table.flagged[:, columns].sum()),
        flip_rate=mean(table.groups, flips, paired, seed=seed, share=True),
        broken_rate=mean(table.groups, broken, used, seed=seed, share=True),
        shift=mean(table.groups, np.nansum(shift, axis=1), known, seed=seed, share=False),
    )


def _calls_changed(table: _Table, n_groups: int, seed: int) -> Figure:
    everyone = np.arange(n_groups)
    flips = np.bincount(table.groups, table.flips.any(axis=1), n_groups)
    compared = np.bincount(table.groups, table.paired.any(axis=1), n_groups)
    return mean(everyone, flips > 0, compared > 0, seed=seed, share=True)


def _at_stake(cases: Sequence[Case], labels: Sequence[str]) -> BoolArray:
    rows = [[case.labels is None or label in case.labels for label in labels] for case in cases]
    return np.array(rows, dtype=bool).reshape(len(cases), len(labels))


def _worst(
    cases: Sequence[Case],
    labels: Sequence[str],
    before: Answers,
    after: Answers,
    broken: BoolArray,
) -> tuple[Example, ...]:
    rows, columns = np.nonzero(broken)
    # Judged alone, the surest flag is the worst.
    size = np.abs(after.probability - np.nan_to_num(before.probability))[rows, columns]
    order = np.argsort(-np.nan_to_num(size, nan=np.inf), kind="stable")[:N_WORST]
    return tuple(
        Example(
            group=cases[i].group,
            label=labels[j],
            before=_number(before.probability[i, j]),
            after=_number(after.probability[i, j]),
            flagged_before=_flag(before.decision[i, j]),
            flagged_after=_flag(after.decision[i, j]),
            original=cases[i].original,
            changed=cases[i].changed,
        )
        for i, j in zip(rows[order], columns[order], strict=True)
    )


def _number(probability: float) -> float | None:
    return None if np.isnan(probability) else float(probability)


def _flag(decision: int) -> bool | None:
    return None if decision == NOT_SCORED else bool(decision)
