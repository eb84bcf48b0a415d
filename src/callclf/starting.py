"""What a fitted model gives to a new one that is to learn from few calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.calibration import LogisticMap
from callclf.errors import LabelError
from callclf.probabilities import Maps
from callclf.turn_model import HeadConfig, TurnModel

__all__ = ["Start"]

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Start:
    """A fitted model's stages, brought into the label order of the new one.

    Parameters
    ----------
    known
        Which labels the fitted model has, shape (n_labels,). For the others the stages hold
        zeros, and nothing is taken from them.
    turn_model, maps
        The stages.
    """

    known: BoolArray
    turn_model: TurnModel
    maps: Maps

    @classmethod
    def of(
        cls,
        turn_model: TurnModel,
        maps: Maps,
        *,
        old: Sequence[str],
        new: Sequence[str],
    ) -> Start:
        """Bring a fitted model's stages into a new label order.

        Parameters
        ----------
        turn_model, maps
            The head; what makes probabilities of its scores.
        old, new
            Names of the labels of the fitted model and of the new one.
        """
        columns = np.array([old.index(name) if name in old else -1 for name in new])
        return cls(
            columns >= 0,
            replace(turn_model, **_on_last_axis(turn_model, columns)),
            Maps(_of_map(maps.turn, columns), _of_map(maps.call, columns)),
        )

    def head(self, own: HeadConfig | None) -> HeadConfig:
        """Return how to fit the new head: as asked, at the size of the fitted one.

        Raises
        ------
        LabelError
            If another size is asked for.
        """
        bits = self.turn_model.bits
        if own is not None and own.bits != bits:
            raise LabelError(
                f"head.bits is {own.bits}, but the model to start from has {bits}; give the same, "
                "or leave it out"
            )
        return own or HeadConfig(bits=bits)


def _on_last_axis(model: TurnModel, columns: IntArray) -> dict[str, Any]:
    """Choose labels in every array of a head: its last axis is the labels'."""
    chosen: dict[str, Any] = {}
    for field in fields(model):
        value = getattr(model, field.name)
        if isinstance(value, np.ndarray):
            chosen[field.name] = _chosen(value, columns)
        elif isinstance(value, tuple) and all(isinstance(item, np.ndarray) for item in value):
            chosen[field.name] = tuple(_chosen(item, columns) for item in value)
    return chosen


def _chosen(array: npt.NDArray[Any], columns: IntArray) -> npt.NDArray[Any]:
    return np.where(columns >= 0, array[..., columns], array.dtype.type(0))


def _of_map(map: LogisticMap, columns: IntArray) -> LogisticMap:
    known = columns >= 0
    return LogisticMap(
        np.where(known[:, None], map.weights[columns], 0.0), np.where(known, map.bias[columns], 0.0)
    )
