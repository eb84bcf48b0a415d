"""The plots: each takes plain data of an evaluation and gives an `<svg>` element."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from callclf.evaluation.report import words
from callclf.evaluation.report.svg import (
    ACCENT,
    BAR,
    INK,
    MUTED,
    SECOND,
    Canvas,
    draw,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["LARGE", "SMALL", "budget", "calibration", "label_bars", "precision_recall"]

Data = Mapping[str, Any]

LARGE = Canvas(width=360, height=280, left=44, right=14, top=12, bottom=42)
SMALL = Canvas(width=180, height=160, left=34, right=10, top=8, bottom=26, font=11)

_BAR = 26
"""Height of a bar and the space around it."""

_LONGEST = 21
"""Characters of a label's title that fit beside a bar."""


def label_bars(rows: Sequence[tuple[str, Data]], metric: str, *, name: str, label: str) -> str:
    """Draw one bar a label with its interval; says why where there is none.

    Parameters
    ----------
    rows
        Title and figure of each label; the figure is a share, 0 to 1.
    metric
        Decides how the numbers are written.
    name, label
        As in `svg.draw`.
    """

    def paint(axes: Axes) -> None:
        for i, (title, figure) in enumerate(rows):
            short = title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…"
            axes.text(-0.03, i, short, ha="right", va="center")
            if figure["value"] is None:
                axes.text(0.02, i, str(figure["note"]), va="center", color=MUTED)
                continue
            axes.barh(i, figure["value"], height=0.62, color=BAR)
            if figure["low"] is not None:
                axes.plot([figure["low"], figure["high"]], [i, i], color=ACCENT, linewidth=1.6)
                ends = [figure["low"], figure["high"]]
                axes.plot(
                    ends,
                    [i, i],
                    "|",
                    color=ACCENT,
                    markersize=7,
                    markeredgewidth=1.6,
                    clip_on=False,
                )
            axes.plot(figure["value"], i, "o", color=ACCENT, markersize=5, clip_on=False)
            axes.text(1.04, i, words.value(metric, figure), va="center")
        axes.set(xlim=(0, 1), ylim=(len(rows) - 0.4, -0.6), yticks=[])
        ticks = [0, 0.25, 0.5, 0.75, 1]
        texts = [words.value(metric, {"value": tick}) for tick in ticks]
        axes.set_xticks(ticks, [text if i % 2 == 0 else "" for i, text in enumerate(texts)])
        axes.spines["left"].set_visible(False)

    size = Canvas(width=400, height=_BAR * len(rows) + 30, left=150, right=50, top=6, bottom=24)
    return draw(size, paint, name=name, label=label)


def precision_recall(column: Data, *, large: bool, name: str, title: str) -> str:
    """Draw precision over recall, with the model's own cut-off and what random order gives.

    Parameters
    ----------
    column
        `ColumnResult.to_dict`.
    large
        With axis titles, or as one of many.
    name
        As in `svg.draw`.
    title
        What is looked for.
    """
    points, figures = column["curves"]["precision_recall"], column["figures"]
    base = column["support"]["positives"] / max(column["support"]["items"], 1)

    def paint(axes: Axes) -> None:
        if not points:
            _nothing(axes, figures["average_precision"]["note"])
            return
        axes.axhline(base, color=SECOND, linestyle=(0, (4, 3)), linewidth=1.4)
        # Level until the next cut-off: between two there is nothing to choose.
        axes.step(
            [0, *(p["recall"] for p in points)],
            [p["precision"] for p in (*points[:1], *points)],
            where="pre",
            color=ACCENT,
            linewidth=1.8,
        )
        precision, recall = figures["precision"]["value"], figures["recall"]["value"]
        if precision is not None and recall is not None:
            axes.plot(recall, precision, "D", color=INK, markersize=7 if large else 5)
        _shares(axes, large, "Share of failures found (recall)", "Share of flags right (precision)")

    found = words.value("average_precision", figures["average_precision"])
    label = f"{title}: precision over recall, average precision {found}, random order {base:.2f}"
    return draw(LARGE if large else SMALL, paint, name=name, label=label)


def calibration(column: Data, *, large: bool, name: str, title: str) -> str:
    """Draw what was true over what was said, in tenths of the items with intervals.

    Parameters are those of `precision_recall`.
    """
    points = column["curves"]["calibration"]

    def paint(axes: Axes) -> None:
        if not points:
            _nothing(axes, column["figures"]["calibration_error"]["note"])
            return
        axes.plot([0, 1], [0, 1], color=SECOND, linestyle=(0, (4, 3)), linewidth=1.4)
        for p in points:
            axes.plot([p["probability"]] * 2, [p["low"], p["high"]], color=ACCENT, linewidth=1.4)
        axes.plot(
            [p["probability"] for p in points],
            [p["share"] for p in points],
            "o",
            color=ACCENT,
            markersize=6 if large else 4,
        )
        _shares(axes, large, "Probability that it gave", "Share that has the failure")

    error = words.value("calibration_error", column["figures"]["calibration_error"])
    label = f"{title}: share that has the failure over probability, calibration error {error}"
    return draw(LARGE if large else SMALL, paint, name=name, label=label)


def budget(column: Data, *, large: bool, name: str, title: str) -> str:
    """Draw the share of failures found over the share of calls listened to.

    Parameters are those of `precision_recall`.
    """
    points, figures = column["curves"]["budget"], column["figures"]

    def paint(axes: Axes) -> None:
        if not points:
            _nothing(axes, figures["recall_top_20"]["note"])
            return
        axes.plot([0, 1], [0, 1], color=SECOND, linestyle=(0, (4, 3)), linewidth=1.4)
        axes.plot(
            [0, *(p["budget"] for p in points)],
            [0, *(p["recall"] for p in points)],
            color=ACCENT,
            linewidth=1.8,
        )
        found = figures["recall_top_20"]["value"]
        if found is not None:
            axes.plot(0.2, found, "D", color=INK, markersize=7 if large else 5)
        if large:
            axes.text(0.6, 0.52, "random listening", color=INK)
        _shares(axes, large, "Share of calls listened to, worst first", "Share of failures found")

    found = words.value("recall_top_20", figures["recall_top_20"])
    label = f"{title}: failures found over calls listened to; the worst 20 % hold {found}"
    return draw(LARGE if large else SMALL, paint, name=name, label=label)


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
