"""The same figures on parts of the calls: by channel, domain, length, agents, or any key of `meta`.

A slice is flagged only where the interval of a figure excludes the figure of all calls. One in
twenty intervals does so by chance, so how many were looked at is said too. Average precision and
precision fall with the share of calls that have the label, also for an equally good ranking: where
support differs much between slices, compare ROC AUC and recall.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from callclf.corpus import Corpus
from callclf.errors import LabelError, unknown_name
from callclf.evaluation.bootstrap import Bootstrap, Figure, figures, macro, replicate
from callclf.evaluation.metrics import METRICS
from callclf.evaluation.outcomes import MACRO, Outcomes, Support
from callclf.transcript import Role, Transcript

__all__ = ["SMALL", "Deviation", "Slice", "Slicing", "slice_by", "slice_members", "slice_values"]

SMALL = 20
"""A slice of fewer calls is shown, marked as small, and never flagged."""

MOST_SLICES = 30
"""Slices a key, at most; the rarest values are put together."""

SLICE_METRICS = (
    "average_precision",
    "roc_auc",
    "precision",
    "recall",
    "false_alarms_per_100",
    "calibration_bias",
)

_LENGTHS = ((10, "1-10 turns"), (20, "11-20 turns"), (40, "21-40 turns"))
_LONGEST = "over 40 turns"
_NONE = "(not given)"


@dataclass(frozen=True, slots=True)
class Deviation:
    """A figure of a slice whose interval excludes the figure of all calls.

    Parameters
    ----------
    label
        A label, "any failure" or "macro average".
    metric
        Which figure.
    direction
        Whether the slice is above or below all calls.
    """

    label: str
    metric: str
    direction: Literal["above", "below"]


@dataclass(frozen=True)
class Slice:
    """Some of the calls.

    Parameters
    ----------
    value
        What they have in common.
    calls
        How many there are.
    labels
        Label, and "any failure" -> metric -> figure.
    macro
        Metric -> mean over labels.
    support
        Label, and "any failure" -> what the figures rest on.
    flagged
        Where the slice differs from all calls.
    """

    value: str
    calls: int
    labels: Mapping[str, Mapping[str, Figure]]
    macro: Mapping[str, Figure]
    support: Mapping[str, Support]
    flagged: tuple[Deviation, ...]

    @property
    def small(self) -> bool:
        """Whether there are too few calls to say much."""
        return self.calls < SMALL


@dataclass(frozen=True)
class Slicing:
    """All slices of one key.

    Parameters
    ----------
    key
        What the calls were parted by.
    slices
        The parts.
    intervals
        How many intervals were held against the figure of all calls; by chance, one in twenty of
        them excludes it.
    """

    key: str
    slices: tuple[Slice, ...]
    intervals: int


def slice_values(call: Transcript, key: str) -> list[str]:
    """Return the values of a call for a key; a list or table in `meta` gives several.

    Parameters
    ----------
    call
        A transcript.
    key
        "channel", "length" (number of turns, in four bins), "agents" (number of different agents),
        or a key of `meta`.
    """
    if key in _OWN_KEYS:
        return [_OWN_KEYS[key](call)]
    value = call.meta.get(key)
    if isinstance(value, Mapping):
        value = [f"{name}: {item}" for name, item in value.items()]
    if value is None or value == []:
        return [_NONE]
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def slice_by(
    key: str,
    corpus: Corpus,
    outcomes: Outcomes,
    overall: Mapping[str, Mapping[str, Figure]],
    bootstrap: Bootstrap,
) -> Slicing:
    """Compute the figures of every slice of a key.

    Parameters
    ----------
    key
        As in `slice_values`.
    corpus
        The calls.
    outcomes
        Of the calls.
    overall
        Label, "any failure" and "macro average" -> metric -> figure of all calls.
    bootstrap
        How calls are drawn.

    Raises
    ------
    LabelError
        If no call has the key.
    """
    parts = [
        _slice(value, np.array(members), outcomes, overall, bootstrap)
        for value, members in slice_members(key, corpus.calls).items()
    ]
    checked = sum(
        figure.low is not None and overall[column][name].value is not None
        for part in parts
        if not part.small
        for column, by_metric in _columns(part.labels, part.macro).items()
        for name, figure in by_metric.items()
    )
    return Slicing(key, tuple(parts), checked)


def _slice(
    value: str,
    members: npt.NDArray[np.int64],
    outcomes: Outcomes,
    overall: Mapping[str, Mapping[str, Figure]],
    bootstrap: Bootstrap,
) -> Slice:
    part = outcomes.of_calls(members)
    metrics = [METRICS[name] for name in SLICE_METRICS]
    drawn = bootstrap.of_calls(members)
    replicates = replicate([part.sample(column) for column in part.columns], metrics, drawn)
    by_column = dict(zip(part.columns, figures(replicates, metrics), strict=True))
    averages = macro(replicates, metrics, len(part.labels))
    deviations = [
        Deviation(column, name, "above" if (figure.value or 0) > (reference or 0) else "below")
        for column, by_metric in _columns(by_column, averages).items()
        for name, figure in by_metric.items()
        if figure.excludes(reference := overall[column][name].value)
    ]
    return Slice(
        value,
        len(members),
        by_column,
        averages,
        {column: part.support(column) for column in part.columns},
        tuple(deviations) if len(members) >= SMALL else (),
    )


def _columns(
    labels: Mapping[str, Mapping[str, Figure]], averages: Mapping[str, Figure]
) -> dict[str, Mapping[str, Figure]]:
    return {**labels, MACRO: averages}


def slice_members(key: str, calls: Sequence[Transcript]) -> dict[str, list[int]]:
    """Return the positions of the calls that have each value of a key, the most frequent first.

    Parameters
    ----------
    key
        As in `slice_values`.
    calls
        Transcripts.

    Raises
    ------
    LabelError
        If no call has the key.
    """
    known = sorted({name for call in calls for name in call.meta})
    if key not in _OWN_KEYS and key not in known:
        raise LabelError(f"nothing to slice by: {unknown_name('key', key, [*_OWN_KEYS, *known])}")
    members: dict[str, list[int]] = {}
    for i, call in enumerate(calls):
        for value in dict.fromkeys(slice_values(call, key)):
            members.setdefault(value, []).append(i)
    ordered = sorted(members.items(), key=lambda item: _order(key, item[0], len(item[1])))
    if len(ordered) <= MOST_SLICES:
        return dict(ordered)
    kept, rest = ordered[: MOST_SLICES - 1], ordered[MOST_SLICES - 1 :]
    others = sorted({i for _, indices in rest for i in indices})
    return {**dict(kept), f"({len(rest)} others)": others}


def _order(key: str, value: str, size: int) -> tuple[int, str]:
    if key == "length":
        return [name for _, name in _LENGTHS].index(value) if value != _LONGEST else len(
            _LENGTHS
        ), ""
    if key == "agents":
        return int(value), ""
    return -size, value


def _length(call: Transcript) -> str:
    return next((name for most, name in _LENGTHS if len(call) <= most), _LONGEST)


def _agents(call: Transcript) -> str:
    return str(len({(t.role, t.speaker) for t in call.turns if t.role in (Role.AGENT, Role.BOT)}))


def _channel(call: Transcript) -> str:
    return call.channel or _NONE


_OWN_KEYS: dict[str, Callable[[Transcript], str]] = {
    "channel": _channel,
    "length": _length,
    "agents": _agents,
}
