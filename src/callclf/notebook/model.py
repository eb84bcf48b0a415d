"""A model as HTML: its labels and thresholds, what they give on held-out calls, and its data."""

from __future__ import annotations

from dataclasses import dataclass

from callclf.notebook.render import render
from callclf.notebook.words import counted, percent

__all__ = ["HeldOut", "LabelView", "ModelView", "Source", "model_html"]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What a label's threshold gives on calls that were held out in training.

    Parameters
    ----------
    calls, positives
        Labelled calls, and how many of them have the failure.
    flagged, hits
        Calls that are flagged, and how many of them have the failure.
    clean, false_alarms
        Calls without any failure, and how many of them are flagged.
    """

    calls: int
    positives: int
    flagged: int
    hits: int
    clean: int
    false_alarms: int


@dataclass(frozen=True, slots=True)
class LabelView:
    """A label of the model.

    Parameters
    ----------
    name, title, definition
        As in the taxonomy.
    threshold
        Cut-off, as probability.
    held_out
        What it gives.
    """

    name: str
    title: str
    definition: str
    threshold: float
    held_out: HeldOut


@dataclass(frozen=True, slots=True)
class Source:
    """Training data that were named: title, number of calls, licence, and a digest of them."""

    title: str
    calls: int
    licence: str
    digest: str


@dataclass(frozen=True, slots=True)
class ModelView:
    """What is shown of a model.

    Parameters
    ----------
    version
        Name and digest.
    policy
        What the thresholds aim at, in words.
    labels
        In the taxonomy's order.
    sources
        Empty if the training data were not named.
    facts
        What else there is to know, in sentences.
    """

    version: str
    policy: str
    labels: tuple[LabelView, ...]
    sources: tuple[Source, ...]
    facts: tuple[str, ...]


def model_html(model: ModelView) -> str:
    """Return a model as HTML."""
    values = {"model": model, "percent": percent, "counted": counted, "share": _share}
    return render("model.html", values)


def _share(part: int, whole: int) -> str:
    return percent(part / whole) if whole else "-"
