"""Evaluations, comparisons and behaviour tests as tables in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from callclf.evaluation.behaviour import BehaviourReport
from callclf.evaluation.bootstrap import Figure
from callclf.evaluation.compare import Comparison
from callclf.evaluation.results import Evaluation

__all__ = ["print_behaviour", "print_comparison", "print_evaluation"]

_SHOWN = {
    "average_precision": "AP",
    "precision": "prec.",
    "recall": "recall",
    "false_alarms_per_100": "alarms",
    "recall_at_1_false_alarm": "r@1",
}
"""Metrics in the table and their short titles, the first with its interval; the report has all."""

_LEGEND = (
    "AP average precision; prec., recall at the model's thresholds; alarms: false alarms per 100 "
    "clean calls; r@1: recall at 1 false alarm per 100 clean calls"
)

_FIRST = "average_precision"


def print_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Print one row a label with the figures that matter most, then what to know beside them."""
    first, *rest = _SHOWN.values()
    table = _table("label", "calls", first, "95 %", *rest)
    columns = {**evaluation.call.labels, "any failure": evaluation.call.any_failure}
    for name, column in columns.items():
        table.add_row(name, str(column.support.positives), *_cells(column.figures))
    table.add_section()
    table.add_row("macro average", "", *_cells(evaluation.call.macro))
    coverage = evaluation.coverage
    console.print(f"{evaluation.model}: {coverage.scored} of {coverage.calls} calls scored")
    console.print(table)
    console.print(_LEGEND, style="dim")
    _print_notes(evaluation.notes, console)


def _cells(figures: Mapping[str, Figure]) -> list[str]:
    """Return the figures shown, with the interval of the first behind it."""
    first, *rest = [figures[name].value if name in figures else None for name in _SHOWN]
    low, high = figures[_FIRST].low, figures[_FIRST].high
    interval = "" if low is None or high is None else f"{low:.2f}-{high:.2f}"
    return [_short(first), interval, *map(_short, rest)]


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the difference a label, and the verdict."""
    table = _table("label", comparison.a, comparison.b, "difference", "p, corrected")
    rows = {**comparison.labels, "any failure": comparison.any_failure, "macro": comparison.macro}
    for name, item in rows.items():
        table.add_row(
            name,
            _number(item.a),
            _number(item.b),
            str(item.difference),
            _number(item.p_corrected),
        )
    console.print(table)
    console.print(comparison.verdict)
    _print_notes(comparison.notes, console)


def print_behaviour(report: BehaviourReport, console: Console) -> None:
    """Print one row a behaviour."""
    table = _table("behaviour", "kind", "cases", "broken", "target", "shift", "verdict")
    for result in report:
        table.add_row(
            result.behaviour.name,
            result.behaviour.kind,
            str(result.n_cases),
            _percent(result.overall.broken_rate),
            f"{result.behaviour.target:.1%}",
            _number(result.overall.shift.value),
            result.verdict,
        )
    console.print(table)
    console.print(repr(report), highlight=False)


def _table(*columns: str) -> Table:
    table = Table(header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if i else "left", no_wrap=not i)
    return table


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _percent(figure: Figure) -> str:
    return "" if figure.value is None else f"{figure.value:.2%}"


def _print_notes(notes: Iterable[str], console: Console) -> None:
    for note in notes:
        console.print(note, style="red" if note.startswith("LEAK") else "", highlight=False)
