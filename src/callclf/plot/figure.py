"""A figure with panels, and how it looks in a notebook.

`matplotlib.pyplot` is left alone: it keeps every figure until somebody closes it, is not made for
threads, and shows a figure that is also a cell's result twice.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from textwrap import fill
from typing import TYPE_CHECKING, Any, Literal

from callclf.drawing import ON_WHITE, need_matplotlib, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Grid", "caption", "percent_axis", "plain", "plot"]

_SHARP = 2
"""Pixels of the picture for each that a notebook gives it: good screens have as many."""

_PER_INCH = 14
"""Characters of a caption."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How panels are laid out.

    Parameters
    ----------
    panels, columns
        How many there are, and how many stand beside each other at most.
    width, height
        Of a panel, in inches.
    beside
        Inches on the left of all panels, for names.
    sharex, sharey
        Which panels have the same axis, as matplotlib has it.
    """

    panels: int
    columns: int
    width: float
    height: float
    beside: float = 0.0
    sharex: bool | Literal["none", "all", "row", "col"] = False
    sharey: bool | Literal["none", "all", "row", "col"] = False


@contextmanager
def plot(grid: Grid) -> Iterator[tuple[Figure, Sequence[Axes]]]:
    """Give a figure and its panels, row after row, to be drawn on inside the `with` block.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    need_matplotlib()
    import matplotlib as mpl  # here: an extra, 0.3 s

    columns = min(grid.columns, grid.panels)
    rows = -(-grid.panels // columns)
    size = (grid.beside + grid.width * columns, grid.height * rows + 0.5)
    with mpl.rc_context({**style(ON_WHITE), "font.size": 9, "axes.titlesize": 9.5}):
        figure = _shown_figure()(figsize=size, dpi=100, facecolor="white", layout="constrained")
        axes = figure.subplots(
            rows, columns, squeeze=False, sharex=grid.sharex, sharey=grid.sharey
        ).ravel()
        for unused in axes[grid.panels :]:
            unused.set_visible(False)
        for lowest in axes[max(grid.panels - columns, 0) : grid.panels]:
            lowest.tick_params(
                labelbottom=True
            )  # shared axes name their ticks in the last row only
        yield figure, list(axes[: grid.panels])


def caption(figure: Figure, text: str) -> None:
    """Write a sentence or two below all panels."""
    width = int(_PER_INCH * figure.get_figwidth())
    text = text.replace(" %", "\N{NO-BREAK SPACE}%")
    figure.supxlabel(fill(text, width), x=0.01, ha="left", fontsize=8.5, color=ON_WHITE.muted)


def percent_axis(axes: Axes, which: Literal["x", "y"], top: float) -> None:
    """Let an axis run from 0 to a share, written in per cent."""
    from matplotlib.ticker import MaxNLocator, PercentFormatter  # here: an extra

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    # Half a marker more on both sides, or marks at the very end are cut.
    axes.set(**{f"{which}lim": (-0.02 * top, 1.04 * top)})


def plain(text: str, most: int = 28) -> str:
    r"""Return words from data as one short line that can be drawn.

    >>> plain("Billing\n\ud83d and  more")
    'Billing \ufffd and more'
    """
    kept = "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) in ("Cc", "Cs", "Cf") else c
        for c in " ".join(text.split())
    )
    return kept if len(kept) <= most else f"{kept[: most - 1]}…"


@cache
def _shown_figure() -> type[Figure]:
    from matplotlib.figure import Figure  # here: an extra, 0.3 s

    class ShownFigure(Figure):
        """A figure that notebooks show without pyplot."""

        def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
            written = io.BytesIO()
            self.savefig(written, format="png", dpi=_SHARP * self.dpi)
            return written.getvalue(), {"width": round(self.get_figwidth() * self.dpi)}

    return ShownFigure
