"""How often each failure is flagged: by what is known of calls, and over time.

Rates are of flags, not of failures: some flags are wrong and some failures are missed, and how many
differs between queues and customers. Compare them with that in mind, and never people by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from callclf.drawing import ON_WHITE
from callclf.errors import LabelError, unknown_name
from callclf.evaluation.outcomes import ANY
from callclf.evaluation.slices import slice_members
from callclf.plot.figure import Grid, caption, percent_axis, plain, plot
from callclf.tags import Tags

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Rate", "rates", "rates_over_time"]

Every = Literal["day", "week", "month"]

_LETTER = 0.08
"""Inches of a letter in a name."""

_PERIODS: Mapping[str, Literal["D", "W", "M"]] = {"day": "D", "week": "W", "month": "M"}


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of some calls are flagged, and the 95 % interval of their share.

    The interval is Wilson's, which stays between 0 and 1 also for few calls; it takes calls as
    independent of each other.
    """

    flagged: int
    calls: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Share of the calls that is flagged."""
        return self.flagged / self.calls

    @classmethod
    def of(cls, tags: Sequence[Tags], label: str) -> Rate:
        """Count one label, or "any failure", among scored calls, of which there is one."""
        from scipy.stats import binomtest  # here: 0.5 s

        hits = sum(bool(each.labels) if label == ANY else label in each.labels for each in tags)
        ends = binomtest(hits, len(tags)).proportion_ci(method="wilson")
        return cls(hits, len(tags), float(ends.low), float(ends.high))


def rates(tags: Iterable[Tags], by: str, labels: Sequence[str] | None = None) -> Figure:
    """Draw the share of calls flagged for each value of a key, one panel a label.

    Parameters
    ----------
    tags
        From `model.tag(calls)`. Calls that were not scored are left out, and counted below.
    by
        "channel", "length", "agents", or a key of `meta`.
    labels
        Which labels; "any failure" and those that are flagged at all by default.

    Raises
    ------
    LabelError
        If no call was scored, has the key, or there is no such label.
    MissingExtraError
        If matplotlib is not installed.
    """
    scored, left_out = _scored(tags)
    members = slice_members(by, [each.call for each in scored])
    titles = _titles(scored, labels)
    found = {
        label: [Rate.of([scored[i] for i in some], label) for some in members.values()]
        for label in titles
    }
    top = max(rate.high for each in found.values() for rate in each)
    names = [f"{plain(value)} ({len(some):,})" for value, some in members.items()]
    size = {"width": 1.9 if len(titles) > 1 else 4.5, "height": 0.26 * len(members) + 0.6}
    beside = _LETTER * max(map(len, names))
    grid = Grid(len(titles), 4, **size, beside=beside, sharex=True, sharey=True)
    with plot(grid) as (figure, axes):
        for panel, (label, title) in zip(axes, titles.items(), strict=True):
            _dots(panel, found[label], Rate.of(scored, label))
            panel.set_title(plain(title), loc="left")
            percent_axis(panel, "x", top)
        axes[0].set_yticks(range(len(names)), names)
        axes[0].set_ylim(len(names) - 0.5, -0.5)
        caption(
            figure,
            f"Share of calls flagged by {plain(by)} (number of calls) with 95 % intervals. Dashed: "
            f"all {len(scored):,} calls.{left_out}",
        )
    return figure


def rates_over_time(
    tags: Iterable[Tags],
    date: str = "date",
    *,
    every: Every = "week",
    labels: Sequence[str] | None = None,
) -> Figure:
    """Draw the share of calls flagged in each day, week or month, one panel a label.

    Parameters
    ----------
    tags
        From `model.tag(calls)`. Calls that were not scored, or have no date, are left out, and
        counted below.
    date
        Key of `meta` that holds the date: ISO 8601 ("2026-03-31", "2026-03-31T09:30:00Z"), a
        `datetime`, or seconds since 1970. Dates with a time zone are taken to UTC.
    every
        "day", "week" (from Monday) or "month".
    labels
        Which labels; "any failure" and those that are flagged at all by default.

    Raises
    ------
    LabelError
        If no call was scored, no call has the key, a value is no date, or there is no such label.
    MissingExtraError
        If matplotlib is not installed.
    """
    if every not in _PERIODS:
        raise LabelError(unknown_name("period", every, _PERIODS))
    scored, left_out = _scored(tags)
    slice_members(date, [each.call for each in scored])  # says what keys there are
    dated = [each for each in scored if each.call.meta.get(date) is not None]
    without = len(scored) - len(dated)
    titles = _titles(dated, labels)
    starts = _starts([each.call.meta[date] for each in dated], every, date)
    periods = _grouped(starts, dated)
    found = {
        label: {start: Rate.of(some, label) for start, some in periods.items()} for label in titles
    }
    top = max(rate.high for each in found.values() for rate in each.values())
    wide, high = (3.1, 1.9) if len(titles) > 1 else (6.2, 2.6)
    grid = Grid(len(titles), 3, wide, high, sharex=True, sharey=True)
    with plot(grid) as (figure, axes):
        for panel, (label, title) in zip(axes, titles.items(), strict=True):
            _line(panel, found[label], every)
            panel.set_title(plain(title), loc="left")
            percent_axis(panel, "y", top)
        none = f" {without:,} without a date." if without else ""
        caption(
            figure,
            f"Share of calls flagged each {every} with 95 % intervals, {len(dated):,} calls."
            f"{left_out}{none}",
        )
    return figure


def _scored(tags: Iterable[Tags]) -> tuple[list[Tags], str]:
    """Return the calls that were scored, and a sentence about the others."""
    given = [tags] if isinstance(tags, Tags) else list(tags)
    scored = [each for each in given if not each.not_scored]
    if not scored:
        raise LabelError(f"none of the {len(given)} calls was scored, so there are no rates")
    others = len(given) - len(scored)
    return scored, f" {others:,} not scored." if others else ""


def _titles(scored: Sequence[Tags], labels: Sequence[str] | None) -> dict[str, str]:
    """Return label -> title of the labels to be drawn."""
    known = {ANY: "Any failure"} | {tag.label: tag.title for each in scored for tag in each}
    if labels is None:
        flagged = {label for each in scored for label in each.labels} | {ANY}
        return {label: title for label, title in known.items() if label in flagged}
    for label in labels:
        if label not in known:
            raise LabelError(unknown_name("label", label, known))
    return {label: known[label] for label in labels}


def _starts(values: Sequence[Any], every: Every, key: str) -> list[pd.Timestamp]:
    """Return the first day of each value's period."""
    import pandas as pd  # here: 0.3 s

    starts = []
    for value in values:
        try:
            if isinstance(value, int | float):
                moment = pd.Timestamp(value, unit="s")
            else:
                moment = pd.to_datetime(value, format="ISO8601")
        except (ValueError, TypeError, OverflowError):
            raise LabelError(
                f"meta {key!r} holds {value!r}, which is no date; expected ISO 8601 as in "
                "'2026-03-31', a datetime, or seconds since 1970"
            ) from None
        if moment.tzinfo is not None:
            moment = moment.tz_convert("UTC").tz_localize(None)
        starts.append(moment.to_period(_PERIODS[every]).start_time)
    return starts


def _grouped(
    starts: Sequence[pd.Timestamp], tags: Sequence[Tags]
) -> dict[pd.Timestamp, list[Tags]]:
    periods: dict[pd.Timestamp, list[Tags]] = {start: [] for start in sorted(set(starts))}
    for start, each in zip(starts, tags, strict=True):
        periods[start].append(each)
    return periods


def _dots(axes: Axes, found: Sequence[Rate], overall: Rate) -> None:
    axes.axvline(overall.share, color=ON_WHITE.second, linestyle=(0, (4, 3)), linewidth=1.2)
    for i, rate in enumerate(found):
        axes.plot([rate.low, rate.high], [i, i], color=ON_WHITE.accent, linewidth=1.6)
        axes.plot(rate.share, i, "o", color=ON_WHITE.accent, markersize=5)
    axes.grid(visible=False, axis="y")


def _line(axes: Axes, found: Mapping[pd.Timestamp, Rate], every: Every) -> None:
    import numpy as np
    import pandas as pd
    from matplotlib import dates  # here: an extra

    # Every period has its place, so that the line is broken where there are no calls.
    first, last = min(found), max(found)
    steps = pd.period_range(first, last, freq=_PERIODS[every]).start_time
    shares = [found[start].share if start in found else np.nan for start in steps]
    axes.plot(steps.to_numpy(), shares, color=ON_WHITE.accent, linewidth=1.4)
    for start, rate in found.items():
        place = np.array([start, start], dtype="datetime64[s]")
        axes.plot(place, [rate.low, rate.high], color=ON_WHITE.accent, linewidth=1.2)
        axes.plot(place[:1], [rate.share], "o", color=ON_WHITE.accent, markersize=4)
    locator = dates.AutoDateLocator(maxticks=5)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
