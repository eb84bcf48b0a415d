"""Which calls are worth a reviewer's time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from callclf.calibration import logit
from callclf.transcript import Transcript

__all__ = ["SHARES", "Choice", "choose"]

FloatArray = npt.NDArray[np.float64]

SHARES: Mapping[str, float] = {"random": 0.2, "uncertain": 0.3, "likely": 0.3, "diverse": 0.2}
"""Reason -> share of the calls that are chosen for it."""

_MOST = 5_000
"""Diverse calls are sought among so many, chosen at random: their distances are all computed."""


@dataclass(frozen=True)
class Choice:
    """One chosen call.

    Parameters
    ----------
    position
        Among the calls that were offered.
    why
        "random", "uncertain about rudeness", "likely rudeness", "diverse".
    chance
        For a random one, the chance with which any call was chosen so; rates that are estimated
        on the random calls alone are unbiased.
    """

    position: int
    why: str
    chance: float | None = None


def choose(
    calls: Sequence[Transcript],
    probability: FloatArray,
    thresholds: FloatArray,
    names: Sequence[str],
    n: int,
    *,
    shares: Mapping[str, float] = SHARES,
    seed: int = 0,
) -> list[Choice]:
    """Choose calls to review: at random, uncertain, likely failures of every label, diverse.

    Parameters
    ----------
    calls
        Those that were scored.
    probability
        Shape (n_calls, n_labels).
    thresholds
        Shape (n_labels,).
    names
        The labels.
    n
        How many to choose; all if there are no more.
    shares
        Reason -> share. What one reason does not use up is random.
    seed
        Same seed, same calls.
    """
    n = min(n, len(calls))
    rng = np.random.default_rng(seed)
    counts = {why: int(shares.get(why, 0.0) * n) for why in SHARES}
    counts["random"] += n - sum(counts.values())
    order = rng.permutation(len(calls))
    # The random ones come first: what is chosen otherwise must not change their chance.
    chance = counts["random"] / len(calls) if calls else 0.0
    chosen = {int(i): Choice(int(i), "random", chance) for i in order[: counts["random"]]}
    # Rare labels first: their candidates are few.
    labels = np.argsort(probability.sum(axis=0), kind="stable")
    distance = np.abs(logit(probability) - logit(thresholds))
    rankings: dict[str, Callable[[int], Iterator[int]]] = {
        "likely": lambda j: iter(np.argsort(-probability[:, j], kind="stable")),
        "uncertain": lambda j: iter(np.argsort(distance[:, j], kind="stable")),
    }
    words = {"likely": "likely", "uncertain": "uncertain about"}
    for why, ranking in rankings.items():
        best = {int(j): ranking(int(j)) for j in labels}
        for k in range(counts[why]):
            j = int(labels[k % len(labels)])
            position = next((int(i) for i in best[j] if int(i) not in chosen), None)
            if position is not None:
                chosen[position] = Choice(position, f"{words[why]} {names[j]}")
    for position in _diverse(calls, list(chosen), order, n - len(chosen)):
        chosen[position] = Choice(position, "diverse")
    return list(chosen.values())


def _diverse(
    calls: Sequence[Transcript], chosen: Sequence[int], order: npt.NDArray[np.int64], n: int
) -> Iterator[int]:
    """Give calls whose words are far from those of all that were chosen before.

    Farthest-first traversal (T. Gonzalez, "Clustering to minimize the maximum intercluster
    distance", 1985) by the cosine of their words.
    """
    if n <= 0:
        return
    from sklearn.feature_extraction.text import HashingVectorizer  # here: 0.9 s

    candidates = np.array([i for i in order if i not in set(chosen)][: max(_MOST, n)])
    vectorizer = HashingVectorizer(n_features=1 << 16, alternate_sign=False, norm="l2")
    vectors = vectorizer.transform(_words(calls[i]) for i in candidates)
    nearest = np.zeros(len(candidates))
    if len(chosen):
        before = vectorizer.transform(_words(calls[i]) for i in chosen)
        nearest = np.asarray((vectors @ before.T).max(axis=1).todense()).ravel()
    for _ in range(n):
        farthest = int(np.argmin(nearest))
        yield int(candidates[farthest])
        nearest = np.maximum(nearest, (vectors @ vectors[farthest].T).toarray().ravel())
        nearest[farthest] = np.inf


def _words(call: Transcript) -> str:
    return "\n".join(turn.text for turn in call.turns)
