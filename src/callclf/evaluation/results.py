"""What an evaluation found, and how it is written down.

`Evaluation.to_dict` is the schema of report.json, version `SCHEMA`. A *figure* is
`{"value", "low", "high", "note"}`: value null means "not defined here", low and high null mean "no
interval", and note says why. A *column* is one label, or any failure.

    schema          int
    model           name of the system
    labels          [{"name", "title"}], in the taxonomy's order
    thresholds      label -> cut-off or null
    thresholds_from where the flags come from, in words
    corpus          {"calls", "fingerprint"}
    bootstrap       {"level", "resamples", "seed", "groups"}; groups: how many are drawn from
    listening_unit  "hours" or "words": what the lift is computed with
    metrics         name -> {"title", "better"}; better is 1 (more), -1 (less) or 0
    coverage        {"calls", "scored", "unsure", "not_scored": reason -> [id]}
    leakage         {"known", "calls", "ids"}
    units           "call" and, if turns were scored, "turn" ->
                      labels       label -> column
                      any_failure  column
                      macro        metric -> figure, mean over labels (the note says how many)
                      micro        metric -> figure, over pooled (item, label) pairs
                    column: {"support": {"items", "positives", "negatives", "clean", "gaps",
                      "not_scored", "flagged", "unsure"}, "figures": metric -> figure,
                      "curves": {"precision_recall": [{"threshold", "precision", "recall"}],
                      "calibration": [{"items", "probability", "share", "low", "high"}],
                      "budget": [{"budget", "precision", "recall", "lift"}]}}
    slices          [{"key", "intervals", "slices": [{"value", "calls", "small",
                      "support": label -> support, "figures": label -> metric -> figure,
                      "macro": metric -> figure, "flagged": [{"label", "metric", "direction"}]}]}]
    mistakes        [{"label", "kind", "id", "probability", "threshold", "evidence", "marked"}]
    notes           what a reader must know beside the figures, in sentences
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from callclf.evaluation.bootstrap import LEVEL, Figure
from callclf.evaluation.curves import Curves
from callclf.evaluation.leakage import Leakage
from callclf.evaluation.metrics import METRICS
from callclf.evaluation.mistakes import Mistake
from callclf.evaluation.outcomes import ANY, MACRO, MICRO, Support, Unit
from callclf.evaluation.slices import Slicing
from callclf.taxonomy import Taxonomy

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "ColumnResult", "Coverage", "Evaluation", "UnitResult"]

SCHEMA = 1
"""Raised by one when a key of `Evaluation.to_dict` goes or changes its meaning."""


@dataclass(frozen=True)
class ColumnResult:
    """What was found for one label, or for any failure.

    Parameters
    ----------
    support
        What the figures rest on.
    figures
        Metric -> figure.
    curves
        What plots are drawn from.
    """

    support: Support
    figures: Mapping[str, Figure]
    curves: Curves

    def __getitem__(self, metric: str) -> Figure:
        return self.figures[metric]

    def to_dict(self) -> dict[str, Any]:
        """Return the column as plain JSON data."""
        return {
            "support": asdict(self.support),
            "figures": _figures(self.figures),
            "curves": self.curves.to_dict(),
        }


@dataclass(frozen=True)
class UnitResult:
    """What was found for calls, or for turns.

    Parameters
    ----------
    labels
        Label -> result, in the taxonomy's order.
    any_failure
        Has at least one label.
    macro
        Metric -> mean over the labels for which it is defined.
    micro
        Metric -> figure over pooled (item, label) pairs.
    """

    labels: Mapping[str, ColumnResult]
    any_failure: ColumnResult
    macro: Mapping[str, Figure]
    micro: Mapping[str, Figure]

    def __getitem__(self, label: str) -> ColumnResult:
        return self.labels[label]

    def by_column(self) -> dict[str, Mapping[str, Figure]]:
        """Return label, "any failure", "macro average", "micro average" -> metric -> figure."""
        return {
            **{name: column.figures for name, column in self.labels.items()},
            ANY: self.any_failure.figures,
            MACRO: self.macro,
            MICRO: self.micro,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain JSON data."""
        return {
            "labels": {name: column.to_dict() for name, column in self.labels.items()},
            "any_failure": self.any_failure.to_dict(),
            "macro": _figures(self.macro),
            "micro": _figures(self.micro),
        }


@dataclass(frozen=True)
class Coverage:
    """How much of the corpus the figures are about.

    Parameters
    ----------
    calls
        Calls in the corpus.
    scored
        Calls that the system scored.
    unsure
        Scored calls on which it abstained for at least one label.
    not_scored
        Reason -> ids of the calls that were not scored for it.
    """

    calls: int
    scored: int
    unsure: int
    not_scored: Mapping[str, tuple[str, ...]]

    def to_dict(self) -> dict[str, Any]:
        """Return the coverage as plain JSON data."""
        reasons = {reason: list(ids) for reason, ids in self.not_scored.items()}
        return {
            "calls": self.calls,
            "scored": self.scored,
            "unsure": self.unsure,
            "not_scored": reasons,
        }


@dataclass(frozen=True)
class Evaluation:
    """Everything that an evaluation found; what a report is drawn from.

    Parameters
    ----------
    model
        Name of the system.
    taxonomy
        Its labels.
    thresholds
        Label -> cut-off, None where it is not known.
    thresholds_from
        Where the flags come from, in words.
    fingerprint
        SHA-256 of the corpus; see `Corpus.fingerprint`.
    resamples, seed, groups
        Of the bootstrap: how many resamples, from which seed, of how many groups of calls.
    listening_unit
        "hours" or "words": what the lift is computed with.
    coverage, leakage
        What the figures are about, and whether the test is fair.
    units
        "call" and, if the system scores turns, "turn".
    slices
        One entry a key of `by`.
    mistakes
        The worst, to be read.
    notes
        What a reader must know beside the figures.
    """

    model: str
    taxonomy: Taxonomy
    thresholds: Mapping[str, float | None]
    thresholds_from: str
    fingerprint: str
    resamples: int
    seed: int
    groups: int
    listening_unit: str
    coverage: Coverage
    leakage: Leakage
    units: Mapping[Unit, UnitResult]
    slices: tuple[Slicing, ...]
    mistakes: tuple[Mistake, ...]
    notes: tuple[str, ...]

    @property
    def call(self) -> UnitResult:
        """What was found for calls."""
        return self.units["call"]

    @property
    def turn(self) -> UnitResult | None:
        """What was found for turns, or None if the system scores none."""
        return self.units.get("turn")

    def __repr__(self) -> str:
        headline = self.call.macro["average_precision"]
        leak = f", {len(self.leakage.ids)} LEAKED" if self.leakage else ""
        return (
            f"Evaluation({self.model}, {self.coverage.scored} of {self.coverage.calls} calls"
            f"{leak}: average precision {headline} {headline.note})"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row a figure: unit, label, metric, value, low, high, note.

        `label` is a label, "any failure", "macro average" or "micro average".
        """
        import pandas as pd  # here: 0.3 s that tagging does not need

        columns = ["unit", "label", "metric", "value", "low", "high", "note"]
        return pd.DataFrame(list(self._rows()), columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON data; the schema is at the top of this module."""
        return {
            "schema": SCHEMA,
            "model": self.model,
            "labels": [{"name": label.name, "title": label.title} for label in self.taxonomy],
            "thresholds": dict(self.thresholds),
            "thresholds_from": self.thresholds_from,
            "corpus": {"calls": self.coverage.calls, "fingerprint": self.fingerprint},
            "bootstrap": {
                "level": LEVEL,
                "resamples": self.resamples,
                "seed": self.seed,
                "groups": self.groups,
            },
            "listening_unit": self.listening_unit,
            "metrics": {
                name: {"title": metric.title, "better": metric.better}
                for name, metric in METRICS.items()
            },
            "coverage": self.coverage.to_dict(),
            "leakage": self.leakage.to_dict(),
            "units": {unit: result.to_dict() for unit, result in self.units.items()},
            "slices": [_slicing(slicing) for slicing in self.slices],
            "mistakes": [mistake.to_dict() for mistake in self.mistakes],
            "notes": list(self.notes),
        }

    def _rows(self) -> Iterator[tuple[object, ...]]:
        for unit, result in self.units.items():
            for column, by_metric in result.by_column().items():
                for metric, f in by_metric.items():
                    yield unit, column, metric, f.value, f.low, f.high, f.note


def _figures(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: figure.to_dict() for name, figure in figures.items()}


def _slicing(slicing: Slicing) -> dict[str, Any]:
    return {
        "key": slicing.key,
        "intervals": slicing.intervals,
        "slices": [
            {
                "value": part.value,
                "calls": part.calls,
                "small": part.small,
                "support": {name: asdict(support) for name, support in part.support.items()},
                "figures": {name: _figures(figures) for name, figures in part.labels.items()},
                "macro": _figures(part.macro),
                "flagged": [asdict(deviation) for deviation in part.flagged],
            }
            for part in slicing.slices
        ],
    }
