"""One call over its course: who speaks when, and which turns show what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from callclf.drawing import ON_WHITE
from callclf.errors import LabelError, unknown_name
from callclf.notebook.words import clock, percent
from callclf.plot.figure import Grid, caption, plain, plot
from callclf.tag import Tag
from callclf.tags import Tags
from callclf.transcript import Role, Transcript

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["timeline"]

FEWEST = 3
"""Labels drawn by default, at least: the most probable ones where fewer are flagged."""

_LANES = {Role.CUSTOMER: 0, Role.AGENT: 1, Role.BOT: 1}
_LANE_NAMES = ("Customer", "Agent", "Others")


def timeline(tags: Tags, labels: Sequence[str] | None = None) -> Figure:
    """Draw the probability of each turn over the course of a call, and who speaks when.

    Parameters
    ----------
    tags
        From `model.tag(call)`.
    labels
        Which labels; those that are flagged or unsure by default, and the most probable ones.

    Raises
    ------
    LabelError
        If the call was not scored, or there is no such label.
    MissingExtraError
        If matplotlib is not installed.
    """
    if tags.not_scored:
        raise LabelError(f"the call was not scored: {tags.not_scored}")
    chosen = _chosen(tags, labels)
    places, widths, timed = _places(tags.call)
    with plot(Grid(len(chosen) + 1, 1, 8.0, 0.8, sharex=True)) as (figure, axes):
        for panel, tag in zip(axes, chosen, strict=False):
            _lane(panel, tags, tag, places)
        _speakers(axes[-1], tags.call, places, widths)
        last = max(place + width for place, width in zip(places, widths, strict=True))
        axes[-1].set_xlim(-0.02 * last, 1.02 * last)
        if timed:
            axes[-1].xaxis.set_major_formatter(lambda at, _: clock(max(at, 0)))
        axes[-1].set_xlabel("time" if timed else "turn")
        caption(
            figure,
            "Probability of each turn of the company that it shows the failure, 0 to 1. "
            "Marked with a diamond: the evidence. In brackets: probability of the whole call.",
        )
    return figure


def _chosen(tags: Tags, labels: Sequence[str] | None) -> list[Tag]:
    known = {tag.label: tag for tag in tags}
    if labels is not None:
        for label in labels:
            if label not in known:
                raise LabelError(unknown_name("label", label, known))
        return [known[label] for label in labels]
    ranked = sorted(tags, key=lambda tag: (tag.decision == "clear", -tag.probability))
    found = sum(tag.decision != "clear" for tag in tags)
    return ranked[: max(found, FEWEST)]


def _places(call: Transcript) -> tuple[list[float], list[float], bool]:
    """Return where each turn begins and how long it is: seconds if all have a start, or turns."""
    starts = [turn.start for turn in call.turns]
    if any(start is None for start in starts):
        return [float(i) for i in range(len(call))], [0.8] * len(call), False
    known = [float(start) for start in starts if start is not None]
    after = [*known[1:], known[-1]]
    ends = [
        end if turn.end is None else turn.end for turn, end in zip(call.turns, after, strict=True)
    ]
    # A turn without a length is still to be seen.
    least = 0.004 * max(max(ends) - min(known), 1.0)
    return known, [max(end - at, least) for at, end in zip(known, ends, strict=True)], True


def _lane(axes: Axes, tags: Tags, tag: Tag, places: Sequence[float]) -> None:
    column = [each.label for each in tags].index(tag.label)
    evidence = {item.turn for item in tag.evidence}
    for turn, score in zip(tags.turns, tags.turn_scores[:, column], strict=True):
        shown = int(turn) in evidence
        colour = ON_WHITE.accent if shown else ON_WHITE.muted
        axes.plot([places[turn]] * 2, [0, score], color=colour, linewidth=2 if shown else 1.2)
        axes.plot(
            places[turn],
            score,
            "D" if shown else "o",
            color=colour,
            markersize=6 if shown else 3,
            clip_on=False,
        )
    axes.set_ylim(0, 1.05)
    axes.set_yticks([0, 1])
    said = "" if tag.decision == "clear" else f", {tag.decision}"
    axes.set_title(f"{plain(tag.title)} ({percent(tag.probability)}{said})", loc="left", pad=3)


def _speakers(
    axes: Axes, call: Transcript, places: Sequence[float], widths: Sequence[float]
) -> None:
    lanes = [_LANES.get(turn.role, 2) for turn in call.turns]
    used = sorted(set(lanes))
    for lane in used:
        spans = [(places[i], widths[i]) for i, own in enumerate(lanes) if own == lane]
        colour = ON_WHITE.accent if lane == 1 else ON_WHITE.bar
        axes.broken_barh(spans, (used.index(lane) - 0.35, 0.7), color=colour)
    axes.set_yticks(range(len(used)), [_LANE_NAMES[lane] for lane in used])
    axes.set_ylim(len(used) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
