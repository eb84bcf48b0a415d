"""What annotators said of a call: labels, the turns that show them, and what nobody looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from callclf.errors import LabelError, unknown_name
from callclf.transcript import Transcript

if TYPE_CHECKING:
    pass

__all__ = ["CallLabels", "LabelsLike", "as_call_labels", "call_matrix"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CallLabels:
    """The labels of one call.

    Parameters
    ----------
    labels
        Names of the failures that the call shows.
    evidence
        Label to the numbers of the turns that show it. A label that the call has but that is not
        listed here is known for the call only: which turn shows it, nobody said.
    borderline
        Label to the turns that a careful reviewer could judge either way; an empty list means that
        the call as a whole is borderline. Borderline is a gap, not a no.
    annotated
        The labels that somebody looked for. The rest are gaps. None means all.
    """

    labels: tuple[str, ...] = ()
    evidence: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    borderline: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    annotated: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        stray = [name for name in self.evidence if name not in self.labels]
        if stray:
            raise LabelError(f"evidence for labels that the call does not have: {', '.join(stray)}")

    def __hash__(self) -> int:
        return hash((self.labels, tuple(self.evidence), self.annotated))

    def call_row(self, names: Sequence[str]) -> FloatArray:
        """Return 1 (has it), 0 (has it not) or NaN (gap) a label, shape (n_labels,)."""
        row = np.zeros(len(names))
        for j, name in enumerate(names):
            if name in self.labels:
                row[j] = 1.0
            elif name in self.borderline or not self._looked_for(name):
                row[j] = np.nan
        return row

    def turn_rows(self, names: Sequence[str], call: Transcript) -> FloatArray:
        """Return 1, 0 or NaN a turn and label, shape (n_turns, n_labels).

        Turns of the customer, the system and unknown speakers are NaN throughout: labels are about
        what the company says.
        """
        rows = np.full((len(call), len(names)), np.nan)
        spoken = call.scored_turns()
        for j, name in enumerate(names):
            marked = self.evidence.get(name, ())
            unsure = self.borderline.get(name)
            if (name in self.labels and not marked) or (unsure is not None and not len(unsure)):
                continue  # the call may have it, but nobody said in which turn
            if self._looked_for(name):
                rows[spoken, j] = 0.0
            rows[list(unsure or ()), j] = np.nan
            rows[list(marked), j] = 1.0
        return rows

    def check(self, call: Transcript) -> None:
        """Check that the marked turns exist and speak for the company.

        Raises
        ------
        LabelError
            Naming the label and the turn.
        """
        spoken = set(call.scored_turns())
        for kind, marks in (("evidence", self.evidence), ("borderline", self.borderline)):
            for name, turns in marks.items():
                for turn in turns:
                    if turn not in spoken:
                        what = "is no agent turn" if 0 <= turn < len(call) else "does not exist"
                        raise LabelError(
                            f"call {call.id!r}: {kind} of {name!r}: turn {turn} {what}"
                        )

    def to_dict(self) -> dict[str, Any]:
        """Return the labels as the keys that they have in a JSONL record."""
        data: dict[str, Any] = {
            "labels": list(self.labels),
            "evidence": {name: list(turns) for name, turns in self.evidence.items()},
            "borderline": {name: list(turns) for name, turns in self.borderline.items()},
        }
        if self.annotated is not None:
            data["annotated"] = list(self.annotated)
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CallLabels:
        """Build labels from a JSONL record; one without `labels` is a call that nobody looked at.

        Raises
        ------
        LabelError
            If a key has the wrong shape.
        """
        annotated = data.get("annotated")
        if data.get("labels") is None and annotated is None:
            return cls(annotated=())
        return cls(
            labels=_names(data.get("labels") or [], "labels"),
            evidence=_marks(data.get("evidence"), "evidence"),
            borderline=_marks(data.get("borderline"), "borderline"),
            annotated=None if annotated is None else _names(annotated, "annotated"),
        )

    def _looked_for(self, name: str) -> bool:
        return self.annotated is None or name in self.annotated


LabelsLike = "Sequence[CallLabels] | Sequence[Sequence[str]] | npt.ArrayLike | pd.DataFrame"
"""What `fit` takes for labels: see `as_call_labels`."""


def as_call_labels(y: Any, calls: Sequence[Transcript], names: Sequence[str]) -> list[CallLabels]:
    """Bring labels of any accepted kind into one form.

    Parameters
    ----------
    y
        One entry a call: `CallLabels`; or a list of label names; or an array or DataFrame of shape
        (n_calls, n_labels) holding 1, 0 or NaN, with columns in the order of `names` (a DataFrame
        is matched by column name).
    calls
        The calls that the labels belong to.
    names
        The label set.

    Raises
    ------
    LabelError
        If the number of calls differs, a name is unknown, or a value is not 1, 0 or NaN.
    """
    n_labels = len(y) if hasattr(y, "__len__") else -1
    if n_labels != len(calls):
        raise LabelError(f"got {len(calls)} calls but labels for {n_labels}; give one entry a call")
    if isinstance(y, Sequence) and all(isinstance(item, CallLabels) for item in y):
        for item, call in zip(y, calls, strict=True):
            item.check(call)
        return list(y)
    if isinstance(y, Sequence) and all(_is_name_list(item) for item in y):
        return [_from_names(item, names) for item in y]
    return _from_matrix(y, names)


def call_matrix(labels: Iterable[CallLabels], names: Sequence[str]) -> FloatArray:
    """Return the call-level labels as 1, 0 or NaN, shape (n_calls, n_labels)."""
    rows = [item.call_row(names) for item in labels]
    return np.array(rows) if rows else np.empty((0, len(names)))


def _is_name_list(item: Any) -> bool:
    return isinstance(item, list | tuple | set | frozenset) and all(
        isinstance(name, str) for name in item
    )


def _from_names(item: Iterable[str], names: Sequence[str]) -> CallLabels:
    for name in item:
        if name not in names:
            raise LabelError(unknown_name("label", name, names))
    return CallLabels(labels=tuple(name for name in names if name in set(item)))


def _from_matrix(y: Any, names: Sequence[str]) -> list[CallLabels]:
    columns = getattr(y, "columns", None)
    if columns is not None:
        for name in columns:
            if name not in names:
                raise LabelError(unknown_name("label", name, names))
        y = y.reindex(columns=list(names))  # a label without a column is a gap
    try:
        matrix = np.asarray(y, dtype=float)
    except (TypeError, ValueError):
        raise LabelError(
            "labels must be CallLabels, lists of label names, or numbers (1, 0, NaN) of shape "
            f"(n_calls, {len(names)})"
        ) from None
    if matrix.ndim != 2 or matrix.shape[1] != len(names):
        raise LabelError(
            f"labels have shape {matrix.shape}, expected (n_calls, {len(names)}): one column each "
            f"for {', '.join(names)}"
        )
    known = ~np.isnan(matrix)
    if not np.isin(matrix[known], (0.0, 1.0)).all():
        raise LabelError("labels must be 1 (has it), 0 (has it not) or NaN (nobody looked)")
    return [
        CallLabels(
            labels=tuple(n for n, v in zip(names, row, strict=True) if v == 1.0),
            annotated=tuple(n for n, v in zip(names, row, strict=True) if not np.isnan(v)),
        )
        for row in matrix
    ]


def _names(value: Any, key: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise LabelError(f"{key!r} must be a list of label names, got {value!r}")
    return tuple(value)


def _marks(value: Any, key: str) -> dict[str, tuple[int, ...]]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise LabelError(f"{key!r} must be an object of label: [turn, …], got {value!r}")
    marks = {}
    for name, turns in value.items():
        if turns is None:  # Hugging Face datasets fill in every key of the file
            continue
        if not all(isinstance(turn, int | np.integer) for turn in turns):
            raise LabelError(f"{key!r} of {name!r} must be a list of turn numbers, got {turns!r}")
        marks[name] = tuple(int(turn) for turn in turns)
    return marks
