"""Evaluations, comparisons and behaviour tests as tables in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from callclf.evaluation.agreement import Agreement
from callclf.evaluation.behaviour import BehaviourReport, Measured
from callclf.evaluation.bootstrap import Figure
from callclf.evaluation.compare import Comparison
from callclf.evaluation.outcomes import ANY
from callclf.evaluation.results import Evaluation
from callclf.evaluation.slices import Slicing

__all__ = ["print_agreement", "print_behaviour", "print_comparison", "print_evaluation"]

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
    "clean calls; r@1: recall at 1 false alarm per 100 clean calls; gaps: nobody said"
)

_FIRST = "average_precision"


def print_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Print one row a label with the figures that matter most, then what to know beside them."""
    first, *rest = _SHOWN.values()
    table = _table("label", "with it", "gaps", first, "95 %", *rest)
    columns = {**evaluation.call.labels, "any failure": evaluation.call.any_failure}
    for name, column in columns.items():
        support = column.support
        counted = f"{support.positives} of {support.items}"
        table.add_row(name, counted, str(support.gaps), *_cells(column.figures))
    table.add_section()
    table.add_row("macro average", "", "", *_cells(evaluation.call.macro))
    coverage = evaluation.coverage
    console.print(f"{evaluation.model}: {coverage.scored} of {coverage.calls} calls scored")
    console.print(table)
    console.print(_LEGEND, style="dim")
    for reason, ids in coverage.not_scored.items():
        console.print(f"not scored, {reason}: {len(ids)}", highlight=False)
    for slicing in evaluation.slices:
        _print_slices(slicing, console)
    if not evaluation.leakage:
        console.print(f"leaks: {evaluation.leakage}", highlight=False)
    _print_notes(evaluation.notes, console)


def _print_slices(slicing: Slicing, console: Console) -> None:
    """Print one row a slice, over any failure; slices of few calls in grey."""
    columns = ("calls", "with any", "AP of any, 95 %", "mean AP, 95 %", "differs")
    table = _table(slicing.key, *columns)
    for part in slicing.slices:
        support = part.support[ANY]
        table.add_row(
            part.value,
            str(part.calls),
            f"{support.positives} of {support.items}",
            _two_places(part.labels[ANY][_FIRST]),
            _two_places(part.macro[_FIRST]),
            "few calls" if part.small else str(len(part.flagged)),
            style="dim" if part.small else "",
        )
    console.print(table)
    console.print(
        f"differs: figures whose interval excludes that of all calls; {slicing.intervals} were "
        "looked at, one in twenty does so by chance. The report names them",
        style="dim",
    )


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


def print_agreement(found: Agreement, console: Console) -> None:
    """Print one row a label and pair of raters, the annotators together, and the model's place."""
    table = _table("label", "raters", "calls", "yes", "kappa", "alpha", "AC1", "F1")
    for label, item in found.labels.items():
        if len(found.annotators) > 2:
            table.add_row(
                label, "annotators", "", "", "", _two_places(item.alpha), _two_places(item.ac1), ""
            )
        for pair in item.pairs:
            people = {pair.a, pair.b} == set(found.annotators)
            table.add_row(
                label,
                f"{pair.a}, {pair.b}",
                str(pair.calls),
                f"{pair.yes_a}, {pair.yes_b}",
                _two_places(pair.kappa),
                _two_places(item.alpha) if people else "",
                _two_places(pair.ac1),
                _two_places(pair.f1),
            )
    console.print(table)
    console.print(
        "kappa Cohen's, alpha Krippendorff's (of all annotators), AC1 Gwet's, F1 of one against "
        "the other; on rare labels kappa alone misleads. In brackets: 95 % intervals",
        style="dim",
    )
    for place in found.placement:
        console.print(f"{place.words} (F1 difference {place.difference})", highlight=False)


def print_behaviour(report: BehaviourReport, console: Console, *, all_labels: bool = False) -> None:
    """Print one row a behaviour, then one a label at stake: where decisions changed, or all."""
    columns = ("changed, 95 %", "broken, 95 %", "shift, 95 %")
    table = _table("behaviour", "cases", *columns, "at most", "verdict")
    for result in report:
        table.add_row(
            result.behaviour.name,
            str(result.n_cases),
            *_measured(result.overall),
            f"{result.behaviour.target:.0%}",
            result.verdict,
        )
    labels = _table("behaviour", "label", "decisions", *columns)
    for result in report:
        for label, measured in result.labels.items():
            if all_labels or measured.flip_rate.value or measured.broken_rate.value:
                decisions = str(measured.n_decisions)
                labels.add_row(result.behaviour.name, label, decisions, *_measured(measured))
    console.print(table)
    if labels.rows:
        console.print(labels)
    console.print(
        "changed: decisions that differ after the change; broken: those that break the rule; "
        "shift: mean change of the probability",
        style="dim",
    )
    for result in report:
        if result.n_left_out:
            console.print(
                f"{result.behaviour.name}: {result.n_left_out} calls or pairs left out, since the "
                "model was trained on them",
                highlight=False,
            )
    console.print(repr(report), highlight=False)


def _measured(measured: Measured) -> tuple[str, str, str]:
    shift, low, high = (measured.shift.value, measured.shift.low, measured.shift.high)
    interval = "" if low is None or high is None else f" ({low:+.2f} to {high:+.2f})"
    return (
        _percent(measured.flip_rate),
        _percent(measured.broken_rate),
        "" if shift is None else f"{shift:+.2f}{interval}",
    )


def _table(*columns: str) -> Table:
    table = Table(header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if i else "left", no_wrap=not i)
    return table


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _two_places(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.2f}"
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})"


def _percent(figure: Figure) -> str:
    if figure.value is None:
        return ""
    if figure.low is None or figure.high is None:
        return f"{figure.value:.1%}"
    return f"{figure.value:.1%} ({100 * figure.low:.1f} to {100 * figure.high:.1f})"


def _print_notes(notes: Iterable[str], console: Console) -> None:
    for note in notes:
        console.print(note, style="red" if note.startswith("LEAK") else "", highlight=False)
