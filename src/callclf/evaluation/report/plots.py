"""The plots: each takes plain data of an evaluation and gives an `<svg>` element."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from callclf.evaluation import painting
from callclf.evaluation.report import words
from callclf.evaluation.report.svg import STAND_IN, Canvas, draw

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
                axes.text(0.02, i, str(figure["note"]), va="center", color=STAND_IN.muted)
                continue
            axes.barh(i, figure["value"], height=0.62, color=STAND_IN.bar)
            if figure["low"] is not None:
                axes.plot(
                    [figure["low"], figure["high"]], [i, i], color=STAND_IN.accent, linewidth=1.6
                )
                ends = [figure["low"], figure["high"]]
                axes.plot(
                    ends,
                    [i, i],
                    "|",
                    color=STAND_IN.accent,
                    markersize=7,
                    markeredgewidth=1.6,
                    clip_on=False,
                )
            axes.plot(figure["value"], i, "o", color=STAND_IN.accent, markersize=5, clip_on=False)
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
    found = words.value("average_precision", column["figures"]["average_precision"])
    base = painting.base_rate(column)
    label = f"{title}: precision over recall, average precision {found}, random order {base:.2f}"
    return _drawn(painting.precision_recall, column, large, name, label)


def calibration(column: Data, *, large: bool, name: str, title: str) -> str:
    """Draw what was true over what was said, in tenths of the items with intervals.

    Parameters are those of `precision_recall`.
    """
    error = words.value("calibration_error", column["figures"]["calibration_error"])
    label = f"{title}: share that has the failure over probability, calibration error {error}"
    return _drawn(painting.calibration, column, large, name, label)


def budget(column: Data, *, large: bool, name: str, title: str) -> str:
    """Draw the share of failures found over the share of calls listened to.

    Parameters are those of `precision_recall`.
    """
    found = words.value("recall_top_20", column["figures"]["recall_top_20"])
    label = f"{title}: failures found over calls listened to; the worst 20 % hold {found}"
    return _drawn(painting.budget, column, large, name, label)


def _drawn(paint: painting.Paint, column: Data, large: bool, name: str, label: str) -> str:
    def painted(axes: Axes) -> None:
        paint(axes, column, STAND_IN, large=large)

    return draw(LARGE if large else SMALL, painted, name=name, label=label)
