"""From a matplotlib drawing to SVG that stands in a page: the page's colours, no files, no dates.

The drawing is made in stand-in colours that become CSS variables, so that one drawing serves light,
dark and paper. Text stays text, in the page's font.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from callclf.drawing import Palette, need_matplotlib, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["STAND_IN", "Canvas", "draw"]

STAND_IN = Palette(
    ink="#010101",
    muted="#020202",
    grid="#030303",
    accent="#040404",
    second="#050505",
    bar="#060606",
)

_VARIABLES = {
    STAND_IN.ink: "var(--ink)",
    STAND_IN.muted: "var(--muted)",
    STAND_IN.grid: "var(--line)",
    STAND_IN.accent: "var(--accent)",
    STAND_IN.second: "var(--second)",
    STAND_IN.bar: "var(--bar)",
}

_FONT = r"font-size: \1"

_PER_INCH = 72
"""Units of an SVG that matplotlib writes, so that a unit here is a pixel of the page."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """A drawing's size in pixels at which its text has the size of the page's small print.

    Parameters
    ----------
    width, height
        Of the whole.
    left, right, top, bottom
        Around the axes.
    font
        Size of the text.
    """

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    font: float = 12

    @property
    def axes(self) -> Sequence[float]:
        """Left, bottom, width and height of the axes, as shares of the whole."""
        return (
            self.left / self.width,
            self.bottom / self.height,
            (self.width - self.left - self.right) / self.width,
            (self.height - self.top - self.bottom) / self.height,
        )


def draw(canvas: Canvas, paint: Callable[[Axes], None], *, name: str, label: str) -> str:
    """Return a drawing as an `<svg>` element.

    Parameters
    ----------
    canvas
        Its size.
    paint
        Draws on the axes, in the colours of this module.
    name
        Unique in the page; begins all ids.
    label
        What it shows, for those who cannot see it.
    """
    need_matplotlib()
    import matplotlib as mpl  # here: an extra, 0.3 s
    from matplotlib.figure import Figure

    with mpl.rc_context({**style(STAND_IN), "font.size": canvas.font}):
        figure = Figure(figsize=(canvas.width / _PER_INCH, canvas.height / _PER_INCH))
        figure.patch.set_visible(False)
        axes = figure.add_axes(tuple(canvas.axes))  # type: ignore[arg-type]
        axes.patch.set_visible(False)
        paint(axes)
        written = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(written, format="svg", metadata=nothing)
    return _inline(written.getvalue(), canvas, name, label)


def _inline(text: str, canvas: Canvas, name: str, label: str) -> str:
    start = text.index(">", text.index("<svg")) + 1
    inner = text[start : text.rindex("</svg>")]
    for noise in (r"<!--.*?-->", r"<metadata>.*?</metadata>", r"<style.*?</style>"):
        inner = re.sub(noise, "", inner, flags=re.DOTALL)
    for stand_in, variable in _VARIABLES.items():
        inner = inner.replace(stand_in, variable)
    # The page's own font, where matplotlib names the one that it measured with.
    inner = re.sub(r"(?<=style=\")font[^;]*?([\d.]+px)[^;]*(?:; font-family:[^;]*)?", _FONT, inner)
    used = set(re.findall(r"(?:href=\"#|url\(#)([^\")]+)", inner))
    inner = re.sub(
        r" id=\"([^\"]+)\"", lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", inner
    )
    inner = re.sub(r"(href=\"#|url\(#)", rf"\g<1>{name}-", inner)
    inner = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}", inner)
    inner = re.sub(r"\s*\n\s*", "\n", inner)
    inner = re.sub(r" transform=\"rotate\(-0 [^\"]*\"|\n(?=[LCQz\"])", "", inner)
    size = f'viewBox="0 0 {canvas.width} {canvas.height}"'
    return f'<svg {size} role="img" aria-label="{escape(label)}">{inner}</svg>'
