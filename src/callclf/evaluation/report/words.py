"""Figures in words: how a number is written, and the sentences that a report begins with.

A *figure* is what `results` says: `{"value", "low", "high", "note"}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Headline", "headline", "interval", "leak_warning", "listening_lift", "title", "value"]

Figure = Mapping[str, Any]

MISSING = "—"
"""Stands where there is no figure; the note beside it says why."""


@dataclass(frozen=True, slots=True)
class _Form:
    factor: float = 1.0
    decimals: int = 2
    unit: str = ""
    sign: str = ""

    def number(self, x: float) -> str:
        return f"{x * self.factor:{self.sign}.{self.decimals}f}"


_RATIO = _Form()
_PERCENT = _Form(100, 0, " %")
_FORMS = {
    "precision": _PERCENT,
    "recall": _PERCENT,
    "false_alarms_per_100": _Form(decimals=1),
    "recall_at_1_false_alarm": _PERCENT,
    "recall_at_5_false_alarms": _PERCENT,
    "precision_top_5": _PERCENT,
    "precision_top_20": _PERCENT,
    "recall_top_20": _PERCENT,
    "lift_top_5": _Form(decimals=1, unit=" ×"),  # noqa: RUF001 the sign of multiplication
    "lift_top_20": _Form(decimals=1, unit=" ×"),  # noqa: RUF001 the sign of multiplication
    "brier": _Form(decimals=3),
    "calibration_error": _Form(decimals=3),
    "calibration_bias": _Form(decimals=3, sign="+"),
    "evidence_hit_rate": _PERCENT,
    "flip_rate": _Form(100, 1, " %"),
    "broken_rate": _Form(100, 1, " %"),
    "calls_changed": _Form(100, 1, " %"),
    "shift": _Form(decimals=3, sign="+"),
}

_SHORT = {
    "roc_auc": "ROC AUC",
    "precision": "Precision",
    "false_alarms_per_100": "False alarms per 100 clean",
    "recall_at_1_false_alarm": "Recall at 1 false alarm per 100",
    "recall_at_5_false_alarms": "Recall at 5 false alarms per 100",
    "lift_top_5": "Times random, worst 5 %",
    "lift_top_20": "Times random, worst 20 %",
    "calibration_error": "Calibration error",
    "calibration_bias": "Mean probability minus share",
}


def title(evaluation: Mapping[str, Any], metric: str) -> str:
    """Return what people call a metric, short enough for a column."""
    return _SHORT.get(metric) or str(evaluation["metrics"][metric]["title"])


def value(metric: str, figure: Figure) -> str:
    """Return a figure without its interval.

    >>> value("precision", {"value": 0.753})
    '75 %'
    """
    form = _FORMS.get(metric, _RATIO)
    return MISSING if figure["value"] is None else form.number(figure["value"]) + form.unit


def interval(metric: str, figure: Figure) -> str:
    """Return a figure's interval, or nothing if it has none.

    >>> interval("precision", {"value": 0.75, "low": 0.4, "high": 1.0})
    '40 to 100'
    """
    if figure["value"] is None or figure["low"] is None:
        return ""
    form = _FORMS.get(metric, _RATIO)
    return f"{form.number(figure['low'])} to {form.number(figure['high'])}"


@dataclass(frozen=True, slots=True)
class Headline:
    """What an evaluation found, in a sentence and a few more.

    Parameters
    ----------
    first
        The sentence to remember.
    more
        What belongs beside it.
    """

    first: str
    more: tuple[str, ...]


def headline(evaluation: Mapping[str, Any]) -> Headline:
    """Say in plain words how well calls with a failure are found.

    Parameters
    ----------
    evaluation
        `Evaluation.to_dict`.
    """
    column = evaluation["units"]["call"]["any_failure"]
    figures, support = column["figures"], column["support"]
    more = [_at_thresholds(figures), _worst_fifth(evaluation, figures)]
    at_one = figures["recall_at_1_false_alarm"]
    if at_one["value"] is None:
        first = f"How many calls with a failure it finds cannot be said: {at_one['note']}."
    else:
        found = _of_100("recall_at_1_false_alarm", at_one, "calls with a failure", first=True)
        first = f"Finds {found} at 1 false alarm per 100 clean calls."
    if at_one["value"] is not None and support["clean"] < 100:
        more.append(
            f"There are only {support['clean']} clean calls, so 1 false alarm per 100 means none "
            "at all here."
        )
    return Headline(first, tuple(sentence for sentence in more if sentence))


def leak_warning(evaluation: Mapping[str, Any]) -> str | None:
    """Return the warning that test calls were in the training data, or None."""
    leakage = evaluation["leakage"]
    if not leakage["calls"]:
        return None
    return (
        f"LEAK: {leakage['calls']} of the {evaluation['corpus']['calls']} calls were in the "
        "training data. The figures are too good; leave these calls out."
    )


def listening_lift(evaluation: Mapping[str, Any]) -> str:
    """Say what the lift is counted in."""
    if evaluation["listening_unit"] == "hours":
        return "per hour of listening"
    return "per word, which stands in for hours of listening where calls have no times"


def _at_thresholds(figures: Mapping[str, Figure]) -> str:
    recall, alarms, precision = (
        figures[name] for name in ("recall", "false_alarms_per_100", "precision")
    )
    if recall["value"] is None:
        return ""
    alarm = "false_alarms_per_100"
    parts = [f"finds {_of_100('recall', recall)}"]
    if alarms["value"] is not None:
        parts.append(
            f"raises {value(alarm, alarms)} false alarms per 100 clean calls"
            f"{_in_brackets(interval(alarm, alarms))}"
        )
    if precision["value"] is not None:
        parts.append(f"is right with {_of_100('precision', precision, 'flagged calls')}")
    return f"At its own thresholds it {_listed(parts)}."


def _worst_fifth(evaluation: Mapping[str, Any], figures: Mapping[str, Figure]) -> str:
    precision, recall, lift = (
        figures[name] for name in ("precision_top_20", "recall_top_20", "lift_top_20")
    )
    if precision["value"] is None:
        return ""
    support = evaluation["units"]["call"]["any_failure"]["support"]
    base = 100 * support["positives"] / support["items"]
    return (
        f"Of the worst 20 % of the calls, {_of_100('precision_top_20', precision)} have a failure, "
        f"against {base:.0f} of 100 at random; they hold "
        f"{_of_100('recall_top_20', recall)} of all calls with one. "
        f"{listening_lift(evaluation).capitalize()}, that is {lift['value']:.1f} times"
        f"{_in_brackets(interval('lift_top_20', lift))} what random listening finds."
    )


def _of_100(metric: str, figure: Figure, what: str = "", *, first: bool = False) -> str:
    number = f"{100 * figure['value']:.0f} of 100{f' {what}' if what else ''}"
    found = interval(metric, figure)
    return number + _in_brackets(f"95 % interval {found}" if found and first else found)


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
