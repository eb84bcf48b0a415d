"""Items ranked by probability and weighted: what all metrics are computed from.

A weight is how often an item's call was drawn in a resample; weights of one give the figure itself.
So the figure and its interval come from the same code, for all resamples at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from callclf.cached import cached_property

__all__ = ["CALIBRATION_BINS", "Sample", "Top", "Weighted", "ratio"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

CALIBRATION_BINS = 10
"""Bins of the calibration curve, each with the same number of items."""


@dataclass(frozen=True)
class Sample:
    """The labelled and scored items of one label, the highest probability first.

    Parameters
    ----------
    y, p, flagged, hit, clean, cost, call
        As in `Outcomes`, without gaps, shape (n_items,) each.
    """

    y: FloatArray
    p: FloatArray
    flagged: FloatArray
    hit: FloatArray
    clean: BoolArray
    cost: FloatArray
    call: IntArray

    @classmethod
    def ranked(
        cls,
        *,
        y: FloatArray,
        p: FloatArray,
        flagged: FloatArray,
        hit: FloatArray,
        clean: BoolArray,
        cost: FloatArray,
        call: IntArray,
    ) -> Sample:
        """Build a sample from items in any order."""
        order = np.argsort(-p, kind="stable")
        return cls(
            y[order],
            p[order],
            flagged[order],
            hit[order],
            clean[order],
            cost[order],
            call[order],
        )

    def __len__(self) -> int:
        return len(self.y)

    @property
    def decided(self) -> bool:
        """Whether the system said what it flags."""
        return not np.isnan(self.flagged).any()

    @cached_property
    def ends(self) -> IntArray:
        """Last item of each block of equal probability: a cut-off can only fall after these."""
        return (
            np.flatnonzero(np.append(np.diff(self.p) != 0, True)) if len(self) else np.empty(0, int)
        )

    @cached_property
    def bins(self) -> IntArray:
        """Calibration bin of each item, 0 the lowest; items of equal probability stay together."""
        if not len(self):
            return np.empty(0, dtype=int)
        starts = np.append(0, self.ends[:-1] + 1)
        middle = np.repeat((starts + self.ends + 1) / 2, self.ends - starts + 1)
        return ((len(self) - middle) / len(self) * CALIBRATION_BINS).astype(int)

    def one(self) -> Weighted:
        """Return the sample as it is: every item once."""
        return Weighted(self, np.ones((1, len(self))))


@dataclass(frozen=True)
class Top:
    """What is in the first part of the ranking, shape (n_resamples,) each.

    Parameters
    ----------
    items, positives, cost
        Sums of weights, of weights of positives, and of what it takes to listen to them.
    """

    items: FloatArray
    positives: FloatArray
    cost: FloatArray


@dataclass(frozen=True)
class Weighted:
    """A sample under weights.

    Parameters
    ----------
    sample
        The ranked items.
    weight
        Shape (n_resamples, n_items).
    """

    sample: Sample
    weight: FloatArray

    def total(self, of: FloatArray | BoolArray) -> FloatArray:
        """Return the weighted sum of a value of the items, or of several in columns."""
        return np.asarray(self.weight @ of, dtype=np.float64)

    @cached_property
    def size(self) -> FloatArray:
        """Sum of the weights, shape (n_resamples,)."""
        return np.asarray(self.weight.sum(axis=1), dtype=np.float64)

    @cached_property
    def positives(self) -> FloatArray:
        """Weight of the items that have the label, shape (n_resamples,)."""
        return self.total(self.sample.y)

    @cached_property
    def items_above(self) -> FloatArray:
        """Weight of the items down to each cut-off, shape (n_resamples, n_cut_offs)."""
        return np.cumsum(self.weight, axis=1)[:, self.sample.ends]

    @cached_property
    def positives_above(self) -> FloatArray:
        """Weight of the positives down to each cut-off, shape (n_resamples, n_cut_offs)."""
        return self._above(self.sample.y)

    @cached_property
    def clean_above(self) -> FloatArray:
        """Weight of the clean items down to each cut-off, shape (n_resamples, n_cut_offs)."""
        return self._above(self.sample.clean)

    @cached_property
    def cost_above(self) -> FloatArray:
        """Cost of the items down to each cut-off, shape (n_resamples, n_cut_offs)."""
        return self._above(self.sample.cost)

    def top(self, share: float) -> Top:
        """Return what is in the first `share` of the items.

        Items of equal probability come in random order, and the item at the border counts in part,
        so that the result is what to expect from stopping at exactly that share.
        """
        budget = share * self.size
        block = np.minimum(
            (self.items_above < budget[:, None]).sum(axis=1), len(self.sample.ends) - 1
        )
        before = self._at(self.items_above, block - 1)
        part = ratio(budget - before, self._at(self.items_above, block) - before)
        part = np.where(np.isnan(part), 0.0, part)

        def until(above: FloatArray) -> FloatArray:
            low = self._at(above, block - 1)
            return low + part * (self._at(above, block) - low)

        return Top(budget, until(self.positives_above), until(self.cost_above))

    def positives_within(self, false_alarms: FloatArray) -> FloatArray:
        """Return the most positives that a cut-off finds with at most so many clean items.

        Parameters
        ----------
        false_alarms
            Weight of clean items allowed, shape (n_resamples,).
        """
        # The tolerance: a share times a count is not exact, 0.05 * 60 > 3 by a hair or not.
        allowed = self.clean_above <= false_alarms[:, None] + 1e-9
        return self._at(self.positives_above, allowed.sum(axis=1) - 1)

    def _above(self, of: FloatArray | BoolArray) -> FloatArray:
        return np.cumsum(self.weight * of, axis=1)[:, self.sample.ends]

    def _at(self, above: FloatArray, block: IntArray) -> FloatArray:
        """Return each resample's value at a block, 0 before the first."""
        values = above[np.arange(len(above)), np.maximum(block, 0)]
        return np.where(block < 0, 0.0, values)


def ratio(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return a / b, NaN where b is 0."""
    undefined = np.full(np.broadcast_shapes(a.shape, b.shape), np.nan)
    return np.asarray(np.divide(a, b, out=undefined, where=b != 0))
