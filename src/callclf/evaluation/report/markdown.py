"""The same figures as Markdown: report.md, and the tables of the model card and the README."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callclf.errors import LabelError, unknown_name
from callclf.evaluation.report import label_tables, words
from callclf.evaluation.report.part_tables import behaviour_table, summary_table
from callclf.evaluation.report.table import Cell, Row, Table, figure_cell

__all__ = ["FIGURES", "as_markdown", "render"]

Data = Mapping[str, Any]

_LABELS = (
    "average_precision",
    "precision",
    "recall",
    "false_alarms_per_100",
    "recall_at_1_false_alarm",
    "evidence_hit_rate",
)


def as_markdown(document: Data) -> str:
    """Return report.md: headline and figures of every label, corpus by corpus.

    Parameters
    ----------
    document
        See `report.document`.
    """
    parts = [f"# {_plain(document['title'])}"]
    if len(document["evaluations"]) > 1:
        parts.append(summary(document))
    for name, evaluation in document["evaluations"].items():
        parts += [f"## {_plain(name)}", headline(evaluation), labels(evaluation)]
        parts += [_plain(f"Note: {note}") for note in evaluation["notes"]]
    if document["behaviour"] is not None:
        parts += ["## Behaviour tests", behaviour(document)]
    parts.append(
        "In brackets: 95 % intervals from resampling whole calls, or why there is none. "
        "report.html shows everything, report.json holds it."
    )
    return "\n\n".join(parts) + "\n"


def headline(evaluation: Data) -> str:
    """Return what was found on a corpus, in sentences."""
    said = words.headline(evaluation)
    leak = words.leak_warning(evaluation)
    warning = f"**{leak}** " if leak else ""
    return f"{warning}**{said.first}** {' '.join(said.more)}"


def labels(evaluation: Data) -> str:
    """Return the figures of every label on a corpus, for calls."""
    return label_tables.metric_table(evaluation, "call", _LABELS, "").to_markdown()


def turns(evaluation: Data) -> str:
    """Return the figures of every label on a corpus, for turns."""
    if "turn" not in evaluation["units"]:
        return "The system scores no turns."
    return label_tables.metric_table(evaluation, "turn", _LABELS, "").to_markdown()


def budget(evaluation: Data) -> str:
    """Return what reviewing the worst calls of a corpus finds, label by label."""
    return label_tables.metric_table(evaluation, "call", label_tables.BUDGET, "").to_markdown()


def calibration(evaluation: Data) -> str:
    """Return how well the probabilities on a corpus are calibrated, label by label."""
    return label_tables.metric_table(evaluation, "call", label_tables.CALIBRATION, "").to_markdown()


def summary(document: Data) -> str:
    """Return one row a corpus."""
    return summary_table(document).to_markdown()


def average_precision(document: Data) -> str:
    """Return one row a label, one column a corpus: average precision over calls."""
    evaluations = document["evaluations"]
    columns = [dict(label_tables.columns_of(item, "call")) for item in evaluations.values()]
    titles = list(dict.fromkeys(title for column in columns for title in column))
    rows = [
        Row(
            (
                Cell(title),
                *(
                    figure_cell(
                        "average_precision",
                        column[title]["figures"]["average_precision"] if title in column else None,
                    )
                    for column in columns
                ),
            )
        )
        for title in titles
    ]
    means = [item["units"]["call"]["macro"]["average_precision"] for item in evaluations.values()]
    mean = Row(
        (Cell(label_tables.MEAN_TITLE), *(figure_cell("average_precision", m) for m in means))
    )
    return Table("", ("Failure", *evaluations), tuple(rows), (mean,)).to_markdown()


def behaviour(document: Data) -> str:
    """Return one row a behaviour test."""
    if document["behaviour"] is None:
        return "No behaviour tests were run."
    table = behaviour_table(document["behaviour"])
    shown = (0, 1, 2, 3, 4)
    return Table(
        "",
        tuple(table.columns[i] for i in shown),
        tuple(Row(tuple(row.cells[i] for i in shown)) for row in table.rows),
        words=(0, 1),
    ).to_markdown()


_OF_CORPUS: dict[str, Callable[[Data], str]] = {
    "headline": headline,
    "labels": labels,
    "turns": turns,
    "budget": budget,
    "calibration": calibration,
}
_OF_REPORT: dict[str, Callable[[Data], str]] = {
    "summary": summary,
    "average_precision": average_precision,
    "behaviour": behaviour,
}

FIGURES = (*_OF_REPORT, *(f"{name}/CORPUS" for name in _OF_CORPUS))
"""What `render` knows; CORPUS is the name of an evaluation in the report."""


def render(document: Data, name: str) -> str:
    """Return one piece of Markdown by name.

    Parameters
    ----------
    document
        See `report.document`.
    name
        One of `FIGURES`, such as "summary" or "labels/held-out writer".

    Raises
    ------
    LabelError
        If there is no such piece, or no such corpus in the report.
    """
    if name in _OF_REPORT:
        return _OF_REPORT[name](document)
    kind, _, corpus = name.partition("/")
    if kind not in _OF_CORPUS:
        raise LabelError(unknown_name("figures", name, FIGURES))
    evaluations = document["evaluations"]
    if corpus not in evaluations:
        raise LabelError(unknown_name("corpus of the report", corpus, evaluations))
    return _OF_CORPUS[kind](evaluations[corpus])


def _plain(text: str) -> str:
    return text.replace("<", "&lt;").replace("\n", " ")
