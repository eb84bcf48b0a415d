"""Per-label cut-offs from what the user wants: few false alarms, precision, recall, a budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.errors import unknown_name

__all__ = ["Policy", "choose_thresholds"]

FloatArray = npt.NDArray[np.float64]

_TARGETS = ("false_alarms", "precision", "recall", "budget", "f1")


@dataclass(frozen=True)
class Policy:
    """What the flags should achieve; exactly one of the targets is given.

    Parameters
    ----------
    false_alarms
        At most so many flags a label in 100 calls that are clean of every failure.
    precision
        At least this share of the flags is right, 0 to 1; as many flags as that allows.
    recall
        At least this share of the failures is flagged, 0 to 1; as few flags as that allows.
    budget
        Flag this share of the calls a label, 0 to 1.
    f1
        True: the cut-off with the highest F1.
    unsure
        Half-width of the band around a cut-off, as probability, in which a tag abstains: it is
        neither flagged nor clear, but "unsure".

    Raises
    ------
    ValueError
        If not exactly one target is given, or one is out of range.
    """

    false_alarms: float | None = None
    precision: float | None = None
    recall: float | None = None
    budget: float | None = None
    f1: bool | None = None
    unsure: float = 0.0

    def __post_init__(self) -> None:
        given = [name for name in _TARGETS if _is_set(getattr(self, name))]
        if len(given) != 1:
            raise ValueError(
                f"a policy needs exactly one of {', '.join(_TARGETS)}; "
                f"got {', '.join(given) or 'none'}"
            )
        for name in ("precision", "recall", "budget"):
            value = getattr(self, name)
            if value is not None and not 0 < value <= 1:
                raise ValueError(f"{name} must be above 0 and at most 1, got {value}")
        if self.false_alarms is not None and not 0 <= self.false_alarms <= 100:
            raise ValueError(
                f"false_alarms must be 0 to 100 per 100 calls, got {self.false_alarms}"
            )
        if not 0 <= self.unsure < 0.5:
            raise ValueError(f"unsure must be at least 0 and under 0.5, got {self.unsure}")

    @property
    def target(self) -> str:
        """Name of the target that is set."""
        return next(name for name in _TARGETS if _is_set(getattr(self, name)))

    def to_dict(self) -> dict[str, Any]:
        """Return what is set as plain JSON data."""
        given = {key: value for key, value in asdict(self).items() if _is_set(value)}
        return given if self.unsure else {self.target: given[self.target]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Policy:
        """Build a policy from what `to_dict` returned.

        Raises
        ------
        ValueError
            If a key is none of a policy's fields.
        """
        known = [f.name for f in fields(cls)]
        for key in data:
            if key not in known:
                raise ValueError(unknown_name("policy target", key, known))
        return cls(**data)

    def __str__(self) -> str:
        return ", ".join(f"{key}={value:g}" for key, value in self.to_dict().items())


def _is_set(value: float | bool | None) -> bool:
    return value is not None and value is not False  # 0 false alarms is a target


def choose_thresholds(probability: FloatArray, y: FloatArray, policy: Policy) -> FloatArray:
    """Choose a cut-off a label; a call is flagged when its probability reaches the cut-off.

    Parameters
    ----------
    probability
        Calibrated and out of fold, shape (n_calls, n_labels).
    y
        1, 0 or NaN (left out), shape (n_calls, n_labels).
    policy
        What to achieve on these calls.

    Returns
    -------
    array of shape (n_labels,)
        Where the target cannot be met by any cut-off, or the label has no known positive, the
        nearest: a precision that is never reached gives the cut-off with the highest one.
    """
    clean = np.all((y == 0) | np.isnan(y), axis=1) & np.any(y == 0, axis=1)
    thresholds = np.full(y.shape[1], 0.5)
    for j in range(y.shape[1]):
        known = ~np.isnan(y[:, j])
        if known.any():
            thresholds[j] = _choose(probability[known, j], y[known, j], clean[known], policy)
    return thresholds


def _choose(p: FloatArray, y: FloatArray, clean: npt.NDArray[np.bool_], policy: Policy) -> float:
    cuts = np.unique(p)[::-1]  # from the strictest to the laxest
    flagged = _count_at_least(p, cuts)
    if policy.target == "budget":
        assert policy.budget is not None
        return _last(cuts, flagged <= max(policy.budget * len(p), 1))
    if policy.target == "false_alarms":
        assert policy.false_alarms is not None
        allowed = policy.false_alarms / 100 * clean.sum()
        return _last(cuts, _count_at_least(p[clean], cuts) <= allowed)
    if not y.any():
        return _above(cuts[0])
    hits = _count_at_least(p[y == 1], cuts)
    if policy.target == "recall":
        assert policy.recall is not None
        return float(cuts[np.argmax(hits >= policy.recall * y.sum() - 1e-9)])
    precision = hits / flagged
    if policy.target == "precision":
        assert policy.precision is not None
        enough = np.flatnonzero(precision >= policy.precision - 1e-9)
        return float(cuts[enough[-1] if len(enough) else np.argmax(precision)])
    return float(cuts[np.argmax(2 * hits / (flagged + y.sum()))])


def _count_at_least(p: FloatArray, cuts: FloatArray) -> npt.NDArray[np.int64]:
    return len(p) - np.searchsorted(np.sort(p), cuts, side="left")


def _last(cuts: FloatArray, allowed: npt.NDArray[np.bool_]) -> float:
    """Return the laxest cut that is allowed, or one that nothing reaches."""
    return float(cuts[np.flatnonzero(allowed)[-1]]) if allowed.any() else _above(cuts[0])


def _above(cut: float) -> float:
    return float(min(np.nextafter(cut, 2.0) + 1e-9, 1.0))
