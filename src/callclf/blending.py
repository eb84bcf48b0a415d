"""What the map from a turn's scores to its probability sees: the head's score and the encoder's.

A label that the encoder was not fine-tuned on has its scores beside it all the same: how much a
turn looks like the failures that it knows says something of others, too.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["map_features"]

FloatArray = npt.NDArray[np.float64]


def map_features(scores: FloatArray, encoded: FloatArray | None) -> FloatArray:
    """Lay the scores of a label and of the encoder side by side.

    Parameters
    ----------
    scores
        Of the head, shape (n_turns, n_labels).
    encoded
        Of the encoder, shape (n_turns, n_encoded); None without one.

    Returns
    -------
    array of shape (n_turns, n_labels, 1 + n_encoded)
    """
    if encoded is None:
        return scores[:, :, None]
    beside = np.broadcast_to(encoded[:, None], (*scores.shape, encoded.shape[1]))
    return np.concatenate([scores[:, :, None], beside], axis=2)
