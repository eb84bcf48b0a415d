"""Tables with one row a label: what was found, how calibrated it is, what reviewing brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callclf.evaluation.report import words
from callclf.evaluation.report.table import Cell, Row, Table, figure_cell, number_cell

__all__ = [
    "BUDGET",
    "CALIBRATION",
    "FINDING",
    "ANY_TITLE",
    "MEAN_TITLE",
    "budget_points",
    "calibration_points",
    "columns_of",
    "metric_table",
    "precision_recall_points",
    "support_table",
]

ANY_TITLE = "Any failure"
MEAN_TITLE = "Mean over labels"

FINDING = (
    "average_precision",
    "roc_auc",
    "precision",
    "recall",
    "f1",
    "false_alarms_per_100",
    "recall_at_1_false_alarm",
    "recall_at_5_false_alarms",
    "evidence_hit_rate",
)
CALIBRATION = ("calibration_error", "calibration_bias", "brier")
BUDGET = ("precision_top_5", "lift_top_5", "precision_top_20", "recall_top_20", "lift_top_20")

_SUPPORT = (
    ("Counted", "items"),
    ("Has it", "positives"),
    ("Clean of all", "clean"),
    ("Left out: nobody said, or borderline", "gaps"),
    ("Left out: not scored", "not_scored"),
    ("Flagged", "flagged"),
    ("Unsure", "unsure"),
)
_RECALLS = (0.1, 0.25, 0.5, 0.75, 0.9)
_BUDGETS = (5, 10, 20, 30, 50)


def columns_of(evaluation: Mapping[str, Any], unit: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield title and column of every label in order, then of any failure."""
    found = evaluation["units"][unit]
    for label in evaluation["labels"]:
        yield label["title"], found["labels"][label["name"]]
    yield ANY_TITLE, found["any_failure"]


def metric_table(
    evaluation: Mapping[str, Any], unit: str, metrics: Sequence[str], caption: str
) -> Table:
    """Return one row a label, one column a metric; averages at the bottom.

    Parameters
    ----------
    evaluation
        `Evaluation.to_dict`.
    unit
        "call" or "turn".
    metrics
        Names; those that make no sense for the unit are left out.
    caption
        Of the table.
    """
    columns = list(columns_of(evaluation, unit))
    shown = [name for name in metrics if name in columns[0][1]["figures"]]
    rows = [
        Row(
            (
                Cell(title),
                _share(column["support"]),
                *(figure_cell(name, column["figures"][name]) for name in shown),
            )
        )
        for title, column in columns
    ]
    found = evaluation["units"][unit]
    footer = [
        Row(
            (
                Cell(title, note=_over(found[key], shown)),
                Cell(""),
                *(figure_cell(name, found[key].get(name)) for name in shown),
            )
        )
        for title, key in ((MEAN_TITLE, "macro"), ("All labels pooled", "micro"))
        if any(name in found[key] for name in shown)
    ]
    headings = [words.title(evaluation, name) for name in shown]
    return Table(
        caption, ("Failure", f"{unit.capitalize()}s with it", *headings), tuple(rows), tuple(footer)
    )


def support_table(evaluation: Mapping[str, Any], unit: str) -> Table:
    """Return what each label's figures rest on, and what was left out."""
    rows = [
        Row((Cell(title), *(number_cell(column["support"][key]) for _, key in _SUPPORT)))
        for title, column in columns_of(evaluation, unit)
    ]
    return Table(
        f"What the figures rest on, in {unit}s", ("Failure", *(h for h, _ in _SUPPORT)), tuple(rows)
    )


def precision_recall_points(evaluation: Mapping[str, Any]) -> Table:
    """Return the best precision that is to be had at some recalls, for calls."""
    rows = []
    for title, column in columns_of(evaluation, "call"):
        points = column["curves"]["precision_recall"]
        best = [
            max((p["precision"] for p in points if p["recall"] >= recall), default=None)
            for recall in _RECALLS
        ]
        rows.append(Row((Cell(title), *(_percent(share) for share in best))))
    headings = [f"{recall:.0%} found".replace("%", " %") for recall in _RECALLS]
    return Table("Best precision at a recall, calls", ("Failure", *headings), tuple(rows))


def calibration_points(evaluation: Mapping[str, Any]) -> Table:
    """Return the bins of the calibration plots."""
    rows = [
        Row(
            (
                Cell(title),
                number_cell(point["items"]),
                _percent(point["probability"]),
                _percent(point["share"], point["low"], point["high"]),
            )
        )
        for title, column in columns_of(evaluation, "call")
        for point in column["curves"]["calibration"]
    ]
    return Table(
        "Said and true, in tenths of the calls",
        ("Failure", "Calls", "Mean probability", "Share that has it"),
        tuple(rows),
    )


def budget_points(evaluation: Mapping[str, Any]) -> Table:
    """Return the share of failures found at some review budgets."""
    rows = []
    for title, column in columns_of(evaluation, "call"):
        found = {round(100 * p["budget"]): p["recall"] for p in column["curves"]["budget"]}
        rows.append(Row((Cell(title), *(_percent(found.get(share)) for share in _BUDGETS))))
    headings = [f"Worst {share} %" for share in _BUDGETS]
    return Table(
        "Share of the calls with the failure that is found", ("Failure", *headings), tuple(rows)
    )


def _share(support: Mapping[str, Any]) -> Cell:
    text = f"{support['positives']:,} of {support['items']:,}"
    return Cell(text, sort=support["positives"])


def _percent(share: float | None, low: float = 0.0, high: float = 0.0) -> Cell:
    if share is None:
        return Cell(words.MISSING)
    interval = f"{100 * low:.0f} to {100 * high:.0f}" if high else ""
    return Cell(f"{100 * share:.0f} %", interval, sort=share)


def _over(figures: Mapping[str, Any], shown: Sequence[str]) -> str:
    """Return what the averages are over, if all say the same."""
    notes = {figures[name]["note"] for name in shown if name in figures}
    return next(iter(notes)) or "" if len(notes) == 1 else ""
