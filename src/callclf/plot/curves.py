"""The curves of an evaluation: how well failures are found, and whether probabilities are true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from callclf.drawing import ON_WHITE
from callclf.errors import LabelError, unknown_name
from callclf.evaluation import Evaluation, Figure, painting
from callclf.evaluation.outcomes import ANY, Unit
from callclf.evaluation.results import ColumnResult, UnitResult
from callclf.plot.figure import Grid, caption, plain, plot

if TYPE_CHECKING:
    from matplotlib import figure

__all__ = ["budget", "calibration", "precision_recall"]


def precision_recall(
    evaluation: Evaluation, labels: Sequence[str] | None = None, *, unit: Unit = "call"
) -> figure.Figure:
    """Draw precision over recall, one panel a label.

    The diamond is the model's own threshold, the dashed line what random order gives. Above each
    panel stands average precision with its 95 % interval.

    Parameters
    ----------
    evaluation
        From `callclf.evaluate`.
    labels
        Which labels; all and "any failure" by default.
    unit
        "call" or "turn".

    Raises
    ------
    LabelError
        If the evaluation has no such label or unit.
    MissingExtraError
        If matplotlib is not installed.
    """
    return _panels(
        _columns(evaluation, labels, unit),
        painting.precision_recall,
        "average_precision",
        "Share of flags right (precision) over share of failures found (recall). Diamond: the "
        "threshold in use. Dashed: random order. Above: average precision with 95 % interval.",
    )


def calibration(
    evaluation: Evaluation, labels: Sequence[str] | None = None, *, unit: Unit = "call"
) -> figure.Figure:
    """Draw the share that has the failure over the probability given, one panel a label.

    Points on the dashed line mean what they say; those below it promise too much. Parameters and
    errors are those of `precision_recall`.
    """
    return _panels(
        _columns(evaluation, labels, unit),
        painting.calibration,
        "calibration_error",
        "Share that has the failure over probability, in tenths of the calls with 95 % "
        "intervals. Dashed: probabilities that mean what they say. Above: calibration error.",
    )


def budget(evaluation: Evaluation, labels: Sequence[str] | None = None) -> figure.Figure:
    """Draw the share of failures found over the share of calls listened to, one panel a label.

    The worst calls are listened to first. The diamond is a fifth of the calls, the dashed line
    random listening. Parameters and errors are those of `precision_recall`.
    """
    return _panels(
        _columns(evaluation, labels, "call"),
        painting.budget,
        "recall_top_20",
        "Share of failures found over share of calls listened to, worst first. Dashed: random "
        "listening. Diamond and above: found in the worst 20 % of the calls, with 95 % interval.",
    )


def _columns(
    evaluation: Evaluation, labels: Sequence[str] | None, unit: Unit
) -> dict[str, ColumnResult]:
    """Return title -> result of the chosen labels."""
    result: UnitResult | None = evaluation.units.get(unit)
    if result is None:
        raise LabelError(unknown_name("unit", unit, evaluation.units))
    titles = {label.name: label.title for label in evaluation.taxonomy} | {ANY: "Any failure"}
    columns = {**result.labels, ANY: result.any_failure}
    chosen = [labels] if isinstance(labels, str) else list(columns if labels is None else labels)
    for name in chosen:
        if name not in columns:
            raise LabelError(unknown_name("label", name, columns))
    return {titles[name]: columns[name] for name in chosen}


def _panels(
    columns: dict[str, ColumnResult], paint: painting.Paint, metric: str, text: str
) -> figure.Figure:
    alone = len(columns) == 1
    grid = Grid(len(columns), 4, 4.6 if alone else 2.15, 3.6 if alone else 2.15)
    with plot(grid) as (drawn, axes):
        for panel, (title, column) in zip(axes, columns.items(), strict=True):
            paint(panel, column.to_dict(), ON_WHITE, large=alone)
            panel.set_title(f"{plain(title)}\n{_in_words(column[metric])}", loc="left")
        caption(drawn, text)
    return drawn


def _in_words(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    ends = "" if figure.low is None else f" ({figure.low:.2f} to {figure.high:.2f})"
    return f"{figure.value:.2f}{ends}"
