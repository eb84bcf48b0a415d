"""The model behind role inference: how much like an agent each speaker's words sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from callclf.errors import ModelError
from callclf.features.extract import FEATURES_VERSION
from callclf.features.ngrams import hash_words, slots
from callclf.persistence import read_model

__all__ = ["NGRAM_LENGTHS", "SHIPPED", "RoleModel", "load_roles", "speaker_evidence"]

FloatArray = npt.NDArray[np.float64]

SHIPPED = Path(__file__).parent / "weights"
"""Folder of the weights in the package."""

NGRAM_LENGTHS = (1, 2)
"""Words in an n-gram."""

MOST_SAID_BY_A_TURN = 4.0
"""Log-odds at which a turn's evidence is cut, so that no single turn decides a call."""


@dataclass(frozen=True)
class RoleModel:
    """A linear model over hashed n-grams, and what its scores mean.

    Parameters
    ----------
    weights
        Weight of every n-gram slot, shape (2**bits,).
    intercept
        Log-odds of a turn without known words.
    pair_slope
        The log-odds that the first of two speakers is the agent are this times the difference of
        their evidence.
    alone
        Slope and intercept of the log-odds that one speaker, seen alone, is an agent.
    least
        Confidence below which nothing is decided.
    """

    weights: npt.NDArray[np.float32]
    intercept: float
    pair_slope: float
    alone: tuple[float, float]
    least: float

    def evidence(self, texts: Sequence[str]) -> float:
        """Return how much one speaker's turns together sound like an agent's (above 0) or not.

        The turns' log-odds are added up over the square root of their number: turns of one speaker
        resemble each other, and are less than independent.
        """
        return float(speaker_evidence(self.turn_log_odds(texts), np.zeros(len(texts), int), 1)[0])

    def turn_log_odds(self, texts: Sequence[str]) -> FloatArray:
        """Return the log-odds that an agent said each text, shape (n_texts,); 0 without words."""
        bits = len(self.weights).bit_length() - 1
        words = hash_words(texts)
        sums, counts = np.zeros(len(texts)), np.zeros(len(texts))
        for length in NGRAM_LENGTHS:
            grams = words.ngrams(length)
            owner = np.repeat(np.arange(len(texts)), grams.counts)
            values = self.weights[slots(grams.hashes, bits, length)]
            sums += np.bincount(owner, values, minlength=len(texts))
            counts += grams.counts
        log_odds = sums / np.sqrt(np.maximum(counts, 1)) + self.intercept
        return np.where(counts > 0, log_odds, 0.0)

    def first_is_agent(self, difference: float) -> float:
        """Return the probability that of two speakers the first is the agent.

        Parameters
        ----------
        difference
            Evidence of the first less that of the second.
        """
        return _sigmoid(self.pair_slope * difference)

    def is_agent(self, evidence: float) -> float:
        """Return the probability that a speaker, seen alone, is an agent."""
        slope, intercept = self.alone
        return _sigmoid(slope * evidence + intercept)


def speaker_evidence(
    log_odds: FloatArray, speaker: npt.NDArray[np.int64], n_speakers: int
) -> FloatArray:
    """Return the evidence of several speakers at once, shape (n_speakers,).

    Parameters
    ----------
    log_odds
        From `RoleModel.turn_log_odds`, shape (n_turns,).
    speaker
        Number of the speaker of each turn, shape (n_turns,).
    n_speakers
        How many there are.
    """
    cut = np.clip(log_odds, -MOST_SAID_BY_A_TURN, MOST_SAID_BY_A_TURN)
    turns = np.bincount(speaker, minlength=n_speakers)
    sums = np.bincount(speaker, weights=cut, minlength=n_speakers)
    evidence: FloatArray = sums / np.sqrt(np.maximum(turns, 1))
    return evidence


@cache
def load_roles(folder: Path = SHIPPED) -> RoleModel:
    """Read the weights after checking every byte of them.

    Raises
    ------
    ModelError
        If the folder is damaged or altered, or was made for other features.
    """
    stored = read_model(folder)
    if stored.manifest.get("features") != FEATURES_VERSION:
        raise ModelError(
            f"{folder} was trained with other features than this callclf computes; "
            "train it again with `make roles`"
        )
    try:
        slope, intercept = map(float, stored.manifest["alone"])
        return RoleModel(
            weights=stored.arrays["weights"].astype(np.float32),
            intercept=float(stored.manifest["intercept"]),
            pair_slope=float(stored.manifest["pair_slope"]),
            alone=(slope, intercept),
            least=float(stored.manifest["least"]),
        )
    except KeyError as error:
        raise ModelError(f"{folder} lacks {error}: not a complete model") from None


def _sigmoid(log_odds: float) -> float:
    return float(1.0 / (1.0 + np.exp(-log_odds)))
