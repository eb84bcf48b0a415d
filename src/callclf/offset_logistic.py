"""Logistic regression that departs from given log-odds as little as the data allow.

scikit-learn's has no offset. With one, an L2 penalty pulls a model towards another model instead
of towards nothing: few data change it little, many change it freely (T. Evgeniou and M. Pontil,
"Regularized multi-task learning", KDD 2004).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Departure", "fit_departure"]

FloatArray = npt.NDArray[np.float64]


class Departure(NamedTuple):
    """What is added to the given log-odds: `design @ weights + bias`."""

    weights: FloatArray
    bias: float


def fit_departure(
    design: Any,
    target: FloatArray,
    *,
    weight: FloatArray,
    offset: FloatArray,
    strength: float,
    tolerance: float = 1e-4,
) -> Departure:
    """Fit what must be added to given log-odds.

    Parameters
    ----------
    design
        Dense or sparse, shape (n, n_features).
    target
        0 to 1, shape (n,).
    weight
        Of each row, shape (n,).
    offset
        The given log-odds, shape (n,).
    strength
        Inverse of the L2 penalty on the weights, as scikit-learn's `C`; the bias is free.
    tolerance
        Of the gradient, as scikit-learn's `tol`.
    """
    from scipy.optimize import minimize  # here: fitting only
    from scipy.special import expit

    total = weight.sum()  # as scikit-learn does: the tolerance then means the same for any n
    penalty = 1.0 / (strength * total)

    def loss(x: FloatArray) -> tuple[float, FloatArray]:
        weights, bias = x[:-1], x[-1]
        odds = design @ weights + bias + offset
        value = weight @ (np.logaddexp(0.0, odds) - target * odds) / total
        residual = weight * (expit(odds) - target) / total
        gradient = np.r_[design.T @ residual + penalty * weights, residual.sum()]
        return float(value + 0.5 * penalty * weights @ weights), gradient

    found = minimize(
        loss,
        np.zeros(design.shape[1] + 1),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 200, "gtol": tolerance, "ftol": 64 * np.finfo(float).eps},
    )
    return Departure(found.x[:-1], float(found.x[-1]))
