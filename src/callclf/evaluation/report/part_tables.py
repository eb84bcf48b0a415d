"""Tables about parts and tests: corpora beside each other, slices, behaviours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from callclf.evaluation.outcomes import ANY, MACRO
from callclf.evaluation.report import words
from callclf.evaluation.report.label_tables import ANY_TITLE, MEAN_TITLE
from callclf.evaluation.report.table import Cell, Row, Table, figure_cell, number_cell

__all__ = ["behaviour_labels", "behaviour_table", "slice_table", "summary_table"]

Data = Mapping[str, Any]

_SLICED = ("average_precision", "roc_auc", "precision", "recall", "false_alarms_per_100")
_SUMMARY = (
    ("Finds at 1 false alarm per 100", "any_failure", "recall_at_1_false_alarm"),
    ("Finds at 5 false alarms per 100", "any_failure", "recall_at_5_false_alarms"),
    ("Precision in the worst 20 %", "any_failure", "precision_top_20"),
    ("Recall in the worst 20 %", "any_failure", "recall_top_20"),
    ("Times random, worst 20 %", "any_failure", "lift_top_20"),
    ("Average precision, mean over labels", "macro", "average_precision"),
    ("Evidence hit rate, mean over labels", "macro", "evidence_hit_rate"),
)


def summary_table(document: Data) -> Table:
    """Return one row a corpus, with the figures that a reader asks for first."""
    rows = []
    for name, evaluation in document["evaluations"].items():
        found = evaluation["units"]["call"]
        places = {"any_failure": found["any_failure"]["figures"], "macro": found["macro"]}
        leak = evaluation["leakage"]["calls"] > 0
        rows.append(
            Row(
                (
                    Cell(
                        f"{name} (LEAK)" if leak else name,
                        note=evaluation["model"],
                        tone="bad" if leak else "",
                    ),
                    number_cell(evaluation["corpus"]["calls"]),
                    *(figure_cell(metric, places[at][metric]) for _, at, metric in _SUMMARY),
                )
            )
        )
    headings = tuple(heading for heading, _, _ in _SUMMARY)
    return Table(
        "Calls with any failure, corpus by corpus",
        ("Corpus", "Calls", *headings),
        tuple(rows),
    )


def slice_table(evaluation: Data, slicing: Data) -> Table:
    """Return one row a slice; those with few calls are muted.

    Parameters
    ----------
    evaluation
        `Evaluation.to_dict`.
    slicing
        An entry of its `slices`.
    """
    rows = []
    for part in slicing["slices"]:
        figures, support = part["figures"][ANY], part["support"][ANY]
        found = [
            *(figure_cell(name, figures[name]) for name in _SLICED),
            figure_cell("average_precision", part["macro"]["average_precision"]),
        ]
        if part["small"]:
            # That there are few calls is said once a row.
            found = [replace(cell, note="") for cell in found]
        rows.append(
            Row(
                (
                    Cell(part["value"], note="few calls" if part["small"] else ""),
                    number_cell(part["calls"]),
                    Cell(
                        f"{support['positives']} of {support['items']}", sort=support["positives"]
                    ),
                    *found,
                    Cell("; ".join(_deviation(evaluation, part, item) for item in part["flagged"])),
                ),
                muted=part["small"],
            )
        )
    return Table(
        f"By {slicing['key']}: calls with any failure",
        (
            slicing["key"].capitalize(),
            "Calls",
            "Have a failure",
            *(words.title(evaluation, name) for name in _SLICED),
            "Average precision, mean over labels",
            "Differs from all calls",
        ),
        tuple(rows),
        words=(0, 4 + len(_SLICED)),
    )


def behaviour_table(behaviour: Data) -> Table:
    """Return one row a behaviour, with its verdict in words."""
    rows = []
    for result in behaviour["behaviours"]:
        overall = result["overall"]
        rows.append(
            Row(
                (
                    Cell(result["name"], note=result["statement"]),
                    _verdict(result),
                    figure_cell("broken_rate", overall["broken_rate"]),
                    Cell(f"{100 * result['target']:.0f} %", sort=result["target"]),
                    _cases(result),
                    number_cell(result["n_calls"]),
                    figure_cell("flip_rate", overall["flip_rate"]),
                    figure_cell("calls_changed", result["calls_changed"]),
                    figure_cell("shift", overall["shift"]),
                )
            )
        )
    return Table(
        "Behaviour tests",
        (
            "Behaviour",
            "Verdict",
            "Broken decisions",
            "At most",
            "Cases",
            "Calls",
            "Changed decisions",
            "Calls with a change",
            "Mean shift of probability",
        ),
        tuple(rows),
        words=(0, 1),
    )


def behaviour_labels(behaviour: Data, titles: Mapping[str, str]) -> Table:
    """Return one row a behaviour and label at stake.

    Parameters
    ----------
    behaviour
        `BehaviourReport.to_dict`.
    titles
        Label -> what people read.
    """
    rows = [
        Row(
            (
                Cell(result["name"]),
                Cell(titles.get(label, label)),
                number_cell(measured["n_decisions"]),
                number_cell(measured["n_flagged"]),
                figure_cell("broken_rate", measured["broken_rate"]),
                figure_cell("shift", measured["shift"]),
            )
        )
        for result in behaviour["behaviours"]
        for label, measured in result["labels"].items()
    ]
    return Table(
        "Behaviour tests, label by label",
        (
            "Behaviour",
            "Failure",
            "Decisions",
            "Flagged on a side",
            "Broken decisions",
            "Mean shift of probability",
        ),
        tuple(rows),
        words=(0, 1),
    )


def _cases(result: Data) -> Cell:
    cell, left_out = number_cell(result["n_cases"]), result.get("n_left_out", 0)
    return replace(cell, note=f"{left_out:,} left out: trained on") if left_out else cell


def _verdict(result: Data) -> Cell:
    verdict, rate = result["verdict"], result["overall"]["broken_rate"]
    if verdict == "failed":
        return Cell(verdict, tone="bad")
    if verdict == "passed" and (rate["high"] is None or rate["high"] > result["target"]):
        return Cell(verdict, note="too few cases to be sure", tone="good")
    return Cell(verdict, tone="good" if verdict == "passed" else "")


def _deviation(evaluation: Data, part: Data, deviation: Data) -> str:
    label, metric = deviation["label"], deviation["metric"]
    titles = {item["name"]: item["title"] for item in evaluation["labels"]}
    titles |= {ANY: ANY_TITLE, MACRO: MEAN_TITLE}
    figures = part["figures"].get(label, part["macro"])[metric]
    name = words.title(evaluation, metric)
    found = words.value(metric, figures)
    return f"{titles[label]}: {name} {deviation['direction']} ({found})"
