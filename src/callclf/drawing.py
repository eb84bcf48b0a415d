"""What all drawings share: matplotlib where it is installed, a few colours, and a plain style.

Accent and second colour differ in lightness as much as in hue, and whatever they tell apart also
differs in shape, line or place: nobody has to see colours to read a plot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callclf.errors import MissingExtraError

__all__ = ["ON_WHITE", "Palette", "need_matplotlib", "style"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they are for.

    Parameters
    ----------
    ink, muted, grid
        Words and marks; what stands back; lines behind.
    accent, second, bar
        What is shown; what it is held against; areas.
    """

    ink: str
    muted: str
    grid: str
    accent: str
    second: str
    bar: str


ON_WHITE = Palette(
    ink="#1b1f24",
    muted="#57606a",
    grid="#e3e7eb",
    accent="#0063a3",
    second="#b34a00",
    bar="#a9cdea",
)


def style(palette: Palette) -> dict[Any, Any]:
    """Return the settings of matplotlib that drawings are made under."""
    return {
        "svg.fonttype": "none",
        "svg.hashsalt": "callclf",
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib
        "text.parse_math": False,  # a label may hold a dollar sign
        "text.color": palette.ink,
        "axes.edgecolor": palette.muted,
        "axes.labelcolor": palette.muted,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": palette.grid,
        "grid.linewidth": 0.8,
        "xtick.color": palette.muted,
        "ytick.color": palette.muted,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
    }


def need_matplotlib() -> None:
    """Check that something can be drawn.

    Raises
    ------
    MissingExtraError
        Naming the install command.
    """
    try:
        import matplotlib  # noqa: F401 here: an extra
    except ImportError:
        raise MissingExtraError(
            "plots need matplotlib, which is not installed; "
            "install it with: pip install 'callclf[plot]'"
        ) from None
