"""Agreement beyond chance, from counts: Cohen's kappa, Krippendorff's alpha, Gwet's AC1, and F1.

All take yes-or-no ratings and weights of shape (n_resamples, n_items), so that a coefficient and
its interval come from the same code; all return NaN where they are not defined.

Why not a package: of the two maintained ones, `krippendorff` is under the GPL, which this package
cannot depend on, and `irrCAC` pins SciPy to one old version, pandas below 3, and requires a test
tool; neither takes weights. The tests hold these formulas against scikit-learn, against published
examples, and against cases computed by hand.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from callclf.evaluation.ranking import ratio

__all__ = ["cohen_kappa", "gwet_ac1", "krippendorff_alpha", "positive_agreement"]

FloatArray = npt.NDArray[np.float64]


def cohen_kappa(a: FloatArray, b: FloatArray, weight: FloatArray) -> FloatArray:
    """Return (p_o - p_e) / (1 - p_e); chance p_e from each rater's own share of yes (Cohen 1960).

    Parameters
    ----------
    a, b
        Two raters' 1, 0 or NaN, shape (n_items,); items that one of them left out do not count.
    weight
        Shape (n_resamples, n_items).
    """
    known = ~np.isnan(a) & ~np.isnan(b)
    a, b, weight = a[known], b[known], weight[:, known]
    # Both shares times n², whole numbers: a rater who never says yes has exactly 0.
    n, yes_a, yes_b = weight.sum(axis=1), weight @ a, weight @ b
    observed = n * (weight @ (a == b).astype(float))
    chance = yes_a * yes_b + (n - yes_a) * (n - yes_b)
    return ratio(observed - chance, n * n - chance)


def positive_agreement(a: FloatArray, b: FloatArray, weight: FloatArray) -> FloatArray:
    """Return F1 of one rater against the other, which is the same both ways.

    Parameters
    ----------
    a, b, weight
        As in `cohen_kappa`.
    """
    known = ~np.isnan(a) & ~np.isnan(b)
    a, b, weight = a[known], b[known], weight[:, known]
    return ratio(2 * (weight @ (a * b)), weight @ (a + b))


def krippendorff_alpha(ratings: FloatArray, weight: FloatArray) -> FloatArray:
    """Return 1 - D_o / D_e for yes-or-no ratings by any number of raters (Krippendorff 2004).

    Parameters
    ----------
    ratings
        1, 0 or NaN, shape (n_raters, n_items); items with one rating do not count.
    weight
        Shape (n_resamples, n_items).
    """
    rated, yes = _counts(ratings)
    paired = rated >= 2
    rated, yes, weight = rated[paired], yes[paired], weight[:, paired]
    n, n_yes = weight @ rated, weight @ yes
    observed = ratio(weight @ ratio(2 * yes * (rated - yes), rated - 1), n)
    expected = ratio(2 * n_yes * (n - n_yes), n * (n - 1))
    return 1 - ratio(observed, expected)


def gwet_ac1(ratings: FloatArray, weight: FloatArray) -> FloatArray:
    """Return (p_a - p_e) / (1 - p_e) with p_e = 2 π (1 - π), π the mean share of yes (Gwet 2008).

    Parameters
    ----------
    ratings
        1, 0 or NaN, shape (n_raters, n_items). An item with one rating counts for π alone.
    weight
        Shape (n_resamples, n_items).
    """
    rated, yes = _counts(ratings)
    some, paired = rated >= 1, rated >= 2
    share = np.zeros(len(rated))
    share[some] = yes[some] / rated[some]
    agreeing = yes * (yes - 1) + (rated - yes) * (rated - yes - 1)
    same = np.zeros(len(rated))
    same[paired] = agreeing[paired] / (rated[paired] * (rated[paired] - 1))
    observed = ratio(weight @ same, weight @ paired.astype(float))
    mean = ratio(weight @ share, weight @ some.astype(float))
    chance = 2 * mean * (1 - mean)
    return ratio(observed - chance, 1 - chance)


def _counts(ratings: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return how many rated each item, and how many of them said yes."""
    known = ~np.isnan(ratings)
    return known.sum(axis=0).astype(float), np.nansum(ratings, axis=0)
