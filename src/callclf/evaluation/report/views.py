"""What each part of the page shows, taken from report.json: the templates only lay it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callclf.corpus import Corpus
from callclf.evaluation.report import label_tables, plots, words
from callclf.evaluation.report.calls import LabelMistakes, shown_mistakes
from callclf.evaluation.report.part_tables import behaviour_labels, behaviour_table, slice_table
from callclf.evaluation.report.table import Cell, Table, figure_cell
from callclf.evaluation.report.words import Headline

__all__ = ["BehaviourView", "Chart", "Curves", "Section", "Slices", "behaviour_view", "section"]

Data = Mapping[str, Any]

_BARS = ("average_precision", "precision", "recall", "recall_at_1_false_alarm")


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and what stands below or above it."""

    svg: str
    caption: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Curves:
    """One kind of curve: for any failure in large, for each label in small, and as numbers."""

    large: Chart
    small: tuple[Chart, ...]
    table: Table


@dataclass(frozen=True, slots=True)
class Slices:
    """The slices of one key, and how many intervals were looked at."""

    table: Table
    intervals: int
    flagged: int


@dataclass(frozen=True)
class Section:
    """Everything about one corpus.

    Parameters
    ----------
    id
        Unique in the page.
    name
        Of the corpus.
    data
        `Evaluation.to_dict`.
    headline, leak
        In words.
    tiles
        Key figures: what, and how much.
    bars
        Unit -> bars, one chart a metric.
    tables
        Name -> table.
    curves
        "precision_recall", "calibration" and "budget".
    slices
        One entry a key.
    mistakes
        Label by label.
    shows_texts
        Whether the calls of the mistakes can be read.
    """

    id: str
    name: str
    data: Data
    headline: Headline
    leak: str | None
    tiles: tuple[tuple[str, Cell], ...]
    bars: Mapping[str, tuple[Chart, ...]]
    tables: Mapping[str, Table]
    curves: Mapping[str, Curves]
    slices: tuple[Slices, ...]
    mistakes: Sequence[LabelMistakes]
    shows_texts: bool

    @property
    def lift_unit(self) -> str:
        """What the lift is counted in."""
        return words.listening_lift(self.data)


@dataclass(frozen=True, slots=True)
class BehaviourView:
    """The behaviour tests: a verdict, the table, the same by label."""

    data: Data
    table: Table
    labels: Table
    failed: int


def section(number: int, name: str, evaluation: Data, corpus: Corpus | None) -> Section:
    """Return everything that the page says about one corpus.

    Parameters
    ----------
    number
        Position in the page, for ids.
    name
        Of the corpus.
    evaluation
        `Evaluation.to_dict`.
    corpus
        Its calls; None if their words must not be shown.
    """
    id = f"c{number}"
    return Section(
        id=id,
        name=name,
        data=evaluation,
        headline=words.headline(evaluation),
        leak=words.leak_warning(evaluation),
        tiles=_tiles(evaluation),
        bars={
            unit: tuple(_bars(evaluation, unit, metric, f"{id}-{unit}") for metric in _BARS)
            for unit in evaluation["units"]
        },
        tables=_tables(evaluation),
        curves=_curves(evaluation, id),
        slices=tuple(
            Slices(
                slice_table(evaluation, slicing),
                slicing["intervals"],
                sum(len(part["flagged"]) for part in slicing["slices"]),
            )
            for slicing in evaluation["slices"]
        ),
        mistakes=shown_mistakes(evaluation, corpus),
        shows_texts=corpus is not None,
    )


def behaviour_view(document: Data) -> BehaviourView | None:
    """Return the behaviour tests, or None if none were run."""
    behaviour = document["behaviour"]
    if behaviour is None:
        return None
    titles = {
        label["name"]: label["title"]
        for evaluation in document["evaluations"].values()
        for label in evaluation["labels"]
    }
    failed = sum(result["verdict"] == "failed" for result in behaviour["behaviours"])
    return BehaviourView(
        behaviour, behaviour_table(behaviour), behaviour_labels(behaviour, titles), failed
    )


def _tiles(evaluation: Data) -> tuple[tuple[str, Cell], ...]:
    found = evaluation["units"]["call"]
    any_failure, macro = found["any_failure"]["figures"], found["macro"]
    places = (
        ("Average precision, mean over labels", "average_precision", macro),
        ("Precision in the worst 20 % of calls", "precision_top_20", any_failure),
        ("Recall in the worst 20 % of calls", "recall_top_20", any_failure),
        ("Times what random listening finds, worst 20 %", "lift_top_20", any_failure),
        ("False alarms per 100 clean calls, any label", "false_alarms_per_100", any_failure),
        ("Evidence turn is one that annotators marked", "evidence_hit_rate", macro),
    )
    return tuple((title, figure_cell(metric, at[metric])) for title, metric, at in places)


def _tables(evaluation: Data) -> dict[str, Table]:
    make = label_tables.metric_table
    tables = {
        f"finding_{unit}": make(
            evaluation, unit, label_tables.FINDING, f"Failures found, in {unit}s"
        )
        for unit in evaluation["units"]
    }
    tables |= {
        f"support_{unit}": label_tables.support_table(evaluation, unit)
        for unit in evaluation["units"]
    }
    tables["calibration"] = make(
        evaluation, "call", label_tables.CALIBRATION, "Calibration, in calls"
    )
    tables["budget"] = make(evaluation, "call", label_tables.BUDGET, "What reviewing finds, calls")
    return tables


def _bars(evaluation: Data, unit: str, metric: str, id: str) -> Chart:
    rows = [
        (title, column["figures"][metric])
        for title, column in label_tables.columns_of(evaluation, unit)
    ]
    heading = evaluation["metrics"][metric]["title"].replace("{unit}", unit)
    if metric in ("precision", "recall"):
        heading += " at its own thresholds"
    svg = plots.label_bars(
        rows,
        metric,
        name=f"{id}-{metric}",
        label=f"{heading}, {unit}s, one bar a label; the numbers are in the table below",
    )
    return Chart(svg, heading)


def _curves(evaluation: Data, id: str) -> dict[str, Curves]:
    return {
        "precision_recall": _curve(
            evaluation,
            f"{id}-pr",
            plots.precision_recall,
            "average_precision",
            label_tables.precision_recall_points(evaluation),
        ),
        "calibration": _curve(
            evaluation,
            f"{id}-cal",
            plots.calibration,
            "calibration_error",
            label_tables.calibration_points(evaluation),
        ),
        "budget": _curve(
            evaluation,
            f"{id}-budget",
            plots.budget,
            "recall_top_20",
            label_tables.budget_points(evaluation),
        ),
    }


def _curve(
    evaluation: Data, id: str, plot: Callable[..., str], metric: str, table: Table
) -> Curves:
    charts = []
    for i, (title, column) in enumerate(label_tables.columns_of(evaluation, "call")):
        large = title == label_tables.ANY_TITLE
        svg = plot(column, large=large, name=f"{id}-{i}", title=title)
        charts.append(Chart(svg, title, words.value(metric, column["figures"][metric])))
    return Curves(charts[-1], tuple(charts[:-1]), table)
