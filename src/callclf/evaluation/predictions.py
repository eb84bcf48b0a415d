"""What a system said of calls, in one form for our models, others' models and files of scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.errors import LabelError, unknown_name
from callclf.labels import CallLabels
from callclf.lineage import prints_of
from callclf.taxonomy import Taxonomy
from callclf.transcript import Transcript

__all__ = ["CallPrediction", "Predictions", "call_ids", "predict_calls"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

FALLBACK_THRESHOLD = 0.5
"""The cut-off for a model that brings none; the result says that it was used."""


@dataclass(frozen=True)
class CallPrediction:
    """What was said of one call.

    Parameters
    ----------
    id
        The call's identifier.
    probability
        Shape (n_labels,); NaN where the call was not scored.
    flagged, unsure
        Shape (n_labels,); never both. Unsure is an abstention.
    not_scored
        Why the call was not scored, or None if it was.
    turns
        Indices in `Transcript.turns` of the scored turns, shape (n_turns,); None if the system
        scores no turns.
    turn_probability
        Shape (n_turns, n_labels).
    evidence
        Flagged label to the turns shown for it, the surest first; None if the system shows none.
    """

    id: str
    probability: FloatArray
    flagged: BoolArray
    unsure: BoolArray
    not_scored: str | None = None
    turns: IntArray | None = None
    turn_probability: FloatArray | None = None
    evidence: Mapping[str, tuple[int, ...]] | None = None

    @classmethod
    def nothing(cls, id: str, reason: str, n_labels: int) -> CallPrediction:
        """Return what is said of a call that was not scored."""
        no = np.zeros(n_labels, dtype=bool)
        return cls(id, np.full(n_labels, np.nan), no, no, reason)


@dataclass(frozen=True)
class Predictions:
    """What a system said of a list of calls.

    Parameters
    ----------
    name
        Of the system, as people know it.
    taxonomy
        The system's labels, in its order.
    calls
        One entry a call.
    thresholds
        Shape (n_labels,); NaN where the flags came without their cut-offs.
    thresholds_from
        Where the flags come from, in words.
    training_calls
        Fingerprints of the calls that the system was trained on, or their first digits; None if it
        does not say.
    """

    name: str
    taxonomy: Taxonomy
    calls: tuple[CallPrediction, ...]
    thresholds: FloatArray
    thresholds_from: str
    training_calls: frozenset[str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "calls", tuple(self.calls))
        check_unique([call.id for call in self.calls], "predictions")
        for call in self.calls:
            _check_probability(call.probability, f"call {call.id!r}")
            if call.turn_probability is not None:
                _check_probability(call.turn_probability, f"the turns of call {call.id!r}")

    def __len__(self) -> int:
        return len(self.calls)

    def __repr__(self) -> str:
        return f"Predictions({self.name!r}, {len(self)} calls, {len(self.taxonomy)} labels)"

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the labels, in order."""
        return self.taxonomy.names

    def for_calls(self, calls: Sequence[Transcript]) -> Predictions:
        """Return the predictions for these calls, in their order, matched by id.

        Raises
        ------
        LabelError
            If a call has no prediction; the message lists them.
        """
        known = {call.id: call for call in self.calls}
        ids = call_ids(calls)
        missing = [id for id in ids if id not in known]
        if missing:
            raise LabelError(
                f"{self.name} has no scores for {len(missing)} of {len(ids)} calls "
                f"({shortened(missing)}); score them, or leave them out of the corpus"
            )
        return replace(self, calls=tuple(known[id] for id in ids))

    def as_labels(self) -> list[CallLabels]:
        """Return the flags as an annotator's labels; unsure and not scored are gaps."""
        sheets = []
        for call in self.calls:
            flagged = tuple(np.array(self.labels)[call.flagged].tolist())
            looked = ~np.isnan(call.probability) & ~call.unsure
            annotated = tuple(np.array(self.labels)[looked | call.flagged].tolist())
            sheets.append(CallLabels(flagged, annotated=annotated))
        return sheets


def call_ids(calls: Sequence[Transcript]) -> list[str]:
    """Return the calls' ids; a call without one is named by its position, "#12".

    Raises
    ------
    LabelError
        If an id comes twice.
    """
    ids = [f"#{i}" if call.id is None else call.id for i, call in enumerate(calls)]
    check_unique(ids, "the corpus")
    return ids


def check_unique(ids: Sequence[str], where: str) -> None:
    """Check that no id comes twice, since scores and labels are matched by id.

    Raises
    ------
    LabelError
        Listing those that do.
    """
    twice = [id for id, times in Counter(ids).items() if times > 1]
    if twice:
        raise LabelError(
            f"{where}: ids must be unique, these come more than once: {shortened(twice)}"
        )


def shortened(items: Sequence[str], most: int = 5) -> str:
    """Return the first items, and how many more there are."""
    more = f" and {len(items) - most} more" if len(items) > most else ""
    return ", ".join(map(repr, items[:most])) + more


def predict_calls(
    model: Any, calls: Sequence[Transcript], *, taxonomy: Taxonomy | None = None
) -> Predictions:
    """Ask a model about calls.

    Parameters
    ----------
    model
        A `FailureModeClassifier`, or any object with `predict_proba(calls)` that returns an array
        of shape (n_calls, n_labels). Its labels come from its `taxonomy_` or `classes_`; its flags
        from its `thresholds_` (one a label), else its `predict`, else probability 0.5, which the
        result states.
    calls
        Transcripts.
    taxonomy
        The label set and its order, for a model that does not say; one that has `classes_` is
        brought into this order.

    Raises
    ------
    LabelError
        If the model's labels are unknown, or its output does not fit calls and labels.
    """
    if hasattr(model, "iter_tags"):
        return _from_tags(model, calls)
    if not hasattr(model, "predict_proba"):
        raise LabelError(
            f"expected a model with predict_proba, Predictions, or the path of a file of scores; "
            f"got {type(model).__name__}"
        )
    columns, taxonomy = _labels_of(model, taxonomy)
    order = [columns.index(name) for name in taxonomy.names]
    probability = _matrix(model.predict_proba(calls), len(calls), columns, "predict_proba")[
        :, order
    ]
    thresholds, flagged, source = _decisions(model, calls, columns, probability, order)
    no = np.zeros(len(taxonomy), dtype=bool)
    rows = [
        CallPrediction(id, p, f, no, "the model gave no score" if np.isnan(p).all() else None)
        for id, p, f in zip(call_ids(calls), probability, flagged, strict=True)
    ]
    return Predictions(type(model).__name__, taxonomy, tuple(rows), thresholds, source)


def _from_tags(model: Any, calls: Sequence[Transcript]) -> Predictions:
    rows = []
    for id, tags in zip(call_ids(calls), model.iter_tags(calls), strict=True):
        if tags.not_scored:
            rows.append(CallPrediction.nothing(id, tags.not_scored, len(model.taxonomy_)))
            continue
        evidence = {
            tag.label: tuple(item.turn for item in tag.evidence) for tag in tags if tag.flagged
        }
        rows.append(
            CallPrediction(
                id,
                np.array([tag.probability for tag in tags]),
                np.array([tag.flagged for tag in tags]),
                np.array([tag.decision == "unsure" for tag in tags]),
                turns=tags.turns,
                turn_probability=tags.turn_scores,
                evidence=evidence,
            )
        )
    return Predictions(
        model.version,
        model.taxonomy_,
        tuple(rows),
        np.array([model.thresholds_[name] for name in model.taxonomy_.names]),
        f"the model's own ({model.policy_})",
        prints_of(model),
    )


def _labels_of(model: Any, taxonomy: Taxonomy | None) -> tuple[list[str], Taxonomy]:
    own = getattr(model, "taxonomy_", None)
    if own is not None:
        return list(own.names), taxonomy or own
    classes = getattr(model, "classes_", None)
    if classes is None:
        if taxonomy is None:
            raise LabelError(
                f"{type(model).__name__} does not say which label each column of predict_proba is; "
                "give it a classes_ with the names, or pass taxonomy="
            )
        return list(taxonomy.names), taxonomy
    names = [str(name) for name in classes]
    for name in taxonomy.names if taxonomy else ():
        if name not in names:
            raise LabelError(
                f"the model has no column for it: {unknown_name('label', name, names)}"
            )
    return names, taxonomy or Taxonomy.of_names(names)


def _decisions(
    model: Any,
    calls: Sequence[Transcript],
    columns: Sequence[str],
    probability: FloatArray,
    order: Sequence[int],
) -> tuple[FloatArray, BoolArray, str]:
    """Return cut-offs, flags and where they come from, in the taxonomy's order."""
    thresholds = getattr(model, "thresholds_", None)
    if thresholds is None and hasattr(model, "predict"):
        flags = _matrix(model.predict(calls), len(calls), columns, "predict")[:, order]
        unknown = np.full(len(order), np.nan)
        return unknown, (flags == 1) & ~np.isnan(probability), "the model's own predict"
    if thresholds is None:
        cuts = np.full(len(order), FALLBACK_THRESHOLD)
        source = f"{FALLBACK_THRESHOLD} for every label: the model brings no thresholds"
    elif isinstance(thresholds, Mapping):
        cuts = np.array([float(thresholds[columns[j]]) for j in order])
        source = "the model's own"
    else:
        cuts = np.asarray(thresholds, dtype=float)[list(order)]
        source = "the model's own"
    return cuts, probability >= cuts, source


def _matrix(values: Any, n_calls: int, columns: Sequence[str], method: str) -> FloatArray:
    expected = (n_calls, len(columns))
    try:
        matrix = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise LabelError(f"{method} must return numbers of shape {expected}") from None
    if matrix.shape != expected:
        raise LabelError(
            f"{method} returned shape {matrix.shape}, expected {expected}: one column each for "
            f"{', '.join(columns)}"
        )
    return matrix


def _check_probability(values: FloatArray, what: str) -> None:
    known = values[~np.isnan(values)]
    if np.any((known < 0) | (known > 1)):
        wrong = known[(known < 0) | (known > 1)][0]
        raise LabelError(
            f"scores of {what} must be probabilities, 0 to 1, or NaN where not scored; got {wrong}"
        )
