"""Fitting that can be interrupted: each step is put away, and says how long the rest will take."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from callclf.array_store import ArrayStore, content_key
from callclf.call_cache import CallCache
from callclf.fitting import Step
from callclf.transcript import Transcript

__all__ = ["Steps", "duration", "work_folder"]

logger = logging.getLogger(__name__)

FloatArray = npt.NDArray[np.float64]


def work_folder(out: str | Path) -> Path:
    """Return where the steps on the way to a model folder are put away: hidden, beside it."""
    out = Path(out).absolute()
    return out.with_name(f".{out.name}.steps")


class Steps:
    """Puts the steps of a fit away, and goes on from those that are there.

    A step is found again by all that decides its result, so nothing stale can be taken up: with
    other calls, labels or settings it is simply another step.

    Parameters
    ----------
    folder
        Where; None to keep nothing.
    key
        Of everything that decides the results.
    cache
        Folder for what an encoder says of calls, which outlives the run; None to keep it no longer
        than the other steps.
    """

    def __init__(self, folder: Path | None, key: str, cache: Path | None = None) -> None:
        place = cache or folder
        self._calls = None if place is None else ArrayStore(place)
        self._store = None if folder is None else ArrayStore(folder)
        self._folder = folder
        self._key = key
        self._taken = 0.0
        self._fitted = 0

    def __call__(self, step: Step, take: Callable[[], FloatArray]) -> FloatArray:
        """Return what a step gives, from the folder or by taking it; see `fitting.Keep`."""
        if step.number == step.total:
            self._say(step, "fitting the model itself")
            return take()
        key = content_key(self._key, str(step.number), str(step.total))
        stored = self._store.get(key) if self._store else None
        if stored is not None:
            logger.info("step %d of %d was done before", step.number, step.total)
            return stored
        self._say(step, "fitting for calibration")
        before = time.monotonic()
        result = take()
        self._taken += time.monotonic() - before
        self._fitted += 1
        if self._store:
            self._store.put(key, result)
        return result

    def of_calls(
        self,
        version: str,
        calls: Sequence[Transcript],
        compute: Callable[[list[Transcript]], Sequence[FloatArray]],
    ) -> list[FloatArray]:
        """Return an array a call, computing only those that are not kept; see `fitting.Keep`."""
        if self._calls is None:
            return list(compute(list(calls)))
        logger.info("reading %s calls with the encoder", f"{len(calls):,}")
        return CallCache(self._calls, version)(calls, compute)

    def forget(self) -> None:
        """Remove what was put away, once the model is saved."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _say(self, step: Step, what: str) -> None:
        left = ""
        if self._fitted:
            each = self._taken / self._fitted
            left = f", about {duration(each * (step.total - step.number + 1))} left"
        logger.info("step %d of %d: %s%s", step.number, step.total, what, left)


def duration(seconds: float) -> str:
    """Write seconds for people.

    >>> duration(42.3), duration(170), duration(7300)
    ('42 s', '3 min', '2.0 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
