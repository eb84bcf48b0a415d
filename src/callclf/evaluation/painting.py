"""The curves of an evaluation on matplotlib axes, for the report's page and for figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from callclf.drawing import Palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Paint", "base_rate", "budget", "calibration", "precision_recall"]

Data = Mapping[str, Any]

_DASHED: Any = (0, (4, 3))


class Paint(Protocol):
    """Draws one column of an evaluation."""

    def __call__(self, axes: Axes, column: Data, palette: Palette, *, large: bool) -> None:
        """Draw.

        Parameters
        ----------
        axes
            Where.
        column
            `ColumnResult.to_dict`.
        palette
            In which colours.
        large
            With axis titles, or as one of many.
        """


def base_rate(column: Data) -> float:
    """Return the share of the items that have the label: the precision of random order."""
    return float(column["support"]["positives"] / max(column["support"]["items"], 1))


def precision_recall(axes: Axes, column: Data, palette: Palette, *, large: bool) -> None:
    """Draw precision over recall, the model's own cut-off and random order; see `Paint`."""
    points, figures = column["curves"]["precision_recall"], column["figures"]
    if not points:
        _nothing(axes, figures["average_precision"]["note"])
        return
    axes.axhline(base_rate(column), color=palette.second, linestyle=_DASHED, linewidth=1.4)
    # Level until the next cut-off: between two there is nothing to choose.
    axes.step(
        [0, *(p["recall"] for p in points)],
        [p["precision"] for p in (*points[:1], *points)],
        where="pre",
        color=palette.accent,
        linewidth=1.8,
    )
    precision, recall = figures["precision"]["value"], figures["recall"]["value"]
    if precision is not None and recall is not None:
        axes.plot(recall, precision, "D", color=palette.ink, markersize=7 if large else 5)
    _shares(axes, large, "Share of failures found (recall)", "Share of flags right (precision)")


def calibration(axes: Axes, column: Data, palette: Palette, *, large: bool) -> None:
    """Draw what was true over what was said, in tenths with intervals; see `Paint`."""
    points = column["curves"]["calibration"]
    if not points:
        _nothing(axes, column["figures"]["calibration_error"]["note"])
        return
    axes.plot([0, 1], [0, 1], color=palette.second, linestyle=_DASHED, linewidth=1.4)
    for p in points:
        ends = [p["low"], p["high"]]
        axes.plot([p["probability"]] * 2, ends, color=palette.accent, linewidth=1.4)
    axes.plot(
        [p["probability"] for p in points],
        [p["share"] for p in points],
        "o",
        color=palette.accent,
        markersize=6 if large else 4,
    )
    _shares(axes, large, "Probability that it gave", "Share that has the failure")


def budget(axes: Axes, column: Data, palette: Palette, *, large: bool) -> None:
    """Draw the share of failures found over the share of calls listened to; see `Paint`."""
    points, figures = column["curves"]["budget"], column["figures"]
    if not points:
        _nothing(axes, figures["recall_top_20"]["note"])
        return
    axes.plot([0, 1], [0, 1], color=palette.second, linestyle=_DASHED, linewidth=1.4)
    axes.plot(
        [0, *(p["budget"] for p in points)],
        [0, *(p["recall"] for p in points)],
        color=palette.accent,
        linewidth=1.8,
    )
    found = figures["recall_top_20"]["value"]
    if found is not None:
        axes.plot(0.2, found, "D", color=palette.ink, markersize=7 if large else 5)
    if large:
        axes.text(0.6, 0.52, "random listening", color=palette.ink)
    _shares(axes, large, "Share of calls listened to, worst first", "Share of failures found")


def _shares(axes: Axes, large: bool, x: str, y: str) -> None:
    """Lay out axes that both run from 0 to 1."""
    ticks, texts = [0, 0.25, 0.5, 0.75, 1], ["0", "", "0.5", "", "1"]
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.04))
    axes.set_xticks(ticks, texts)
    axes.set_yticks(ticks, texts)
    if large:
        axes.set_xlabel(x)
        axes.set_ylabel(y)


def _nothing(axes: Axes, note: str | None) -> None:
    """Say why there is nothing to draw."""
    axes.set(xticks=[], yticks=[])
    axes.text(
        0.5, 0.5, note or "nothing to draw", ha="center", va="center", transform=axes.transAxes
    )
