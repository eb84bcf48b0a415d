"""Turn probabilities from the head's score and what the encoder says, one logistic map a label.

The map is fitted on scores that neither had learned: the head's are made out of fold, and calls
that the encoder was fine-tuned on are left out. For a label that the encoder knows, its scores
stand beside the head's; for another, so does its vector, from which the label can be learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from callclf.calibration import fit_logistic, sigmoid
from callclf.features.encoder import Encoded

__all__ = ["Blend", "fit_blend"]

FloatArray = npt.NDArray[np.float64]

VECTOR_SCALE = 0.1
"""Of the vector against the scores: a smaller scale is a stronger penalty."""


@dataclass(frozen=True)
class Blend:
    """The fitted maps: probability = sigmoid(own * score + encoded @ shared + bias).

    Without an encoder this is Platt scaling of the head's score.

    Parameters
    ----------
    own
        Weight of the head's score of the same label, shape (n_labels,).
    shared
        Weights of the encoder's scores and vector, shape (n_encoded, n_labels).
    bias
        Shape (n_labels,).
    """

    own: FloatArray
    shared: FloatArray
    bias: FloatArray

    def __call__(self, scores: FloatArray, encoded: Encoded | None) -> FloatArray:
        """Return probabilities, shape (n_turns, n_labels).

        Parameters
        ----------
        scores
            Of the head, shape (n_turns, n_labels).
        encoded
            Of the same turns; None without an encoder.
        """
        total = scores * self.own + self.bias
        if encoded is not None:
            total = total + _beside(encoded) @ self.shared
        return sigmoid(total)


def fit_blend(
    scores: FloatArray,
    encoded: Encoded | None,
    y: FloatArray,
    *,
    weight: FloatArray,
    names: Sequence[str],
    known: Sequence[str] = (),
) -> Blend:
    """Fit the maps.

    Parameters
    ----------
    scores
        Of the head, out of fold, shape (n_turns, n_labels).
    encoded
        Of the same turns; None without an encoder.
    y
        1, 0 or NaN (left out), shape (n_turns, n_labels).
    weight
        Shape (n_turns,); 0 for turns of calls that the encoder was fine-tuned on.
    names
        The label set, in order.
    known
        Labels that the encoder was fine-tuned on.
    """
    beside = np.zeros((len(scores), 0)) if encoded is None else _beside(encoded)
    own, bias = np.zeros(len(names)), np.zeros(len(names))
    shared = np.zeros((beside.shape[1], len(names)))
    use = weight > 0
    for j, name in enumerate(names):
        columns = len(known) if name in known else beside.shape[1]
        features = np.column_stack([scores[use, j], beside[use, :columns]])
        fitted = fit_logistic(features[:, None], y[use, j : j + 1], weight=weight[use])
        own[j], bias[j] = fitted.weights[0, 0], fitted.bias[0]
        shared[:columns, j] = fitted.weights[0, 1:]
    return Blend(own, shared, bias)


def _beside(encoded: Encoded) -> FloatArray:
    return np.concatenate([encoded.scores, VECTOR_SCALE * encoded.vectors], axis=1)
