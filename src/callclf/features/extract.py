"""Everything that the head sees of a batch of calls: hashed n-grams a channel, history, cues."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from callclf.cached import cached_property
from callclf.features.cues import CUE_NAMES, cue_flags, find_cues, load_cues
from callclf.features.history import HISTORY_NAMES, history
from callclf.features.ngrams import Words, hash_words, slots
from callclf.features.windows import Windows, build_windows, prefix_sum
from callclf.transcript import Transcript

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["DENSE_NAMES", "SIDES", "Side", "TurnFeatures", "extract", "features_digest"]

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[Any]

FEATURES_VERSION = "2"
"""Raise when a feature's meaning changes under the same name: trained models no longer fit."""

NGRAM_LENGTHS = (1, 2)
"""Words in an n-gram."""


@dataclass(frozen=True)
class Side:
    """One side of the conversation, and the two channels that its words appear in."""

    company: bool
    channels: tuple[str, str]


SIDES = (Side(True, ("turn", "previous")), Side(False, ("customer", "reply")))

DENSE_NAMES = (*HISTORY_NAMES, *CUE_NAMES)


@dataclass(frozen=True)
class TurnFeatures:
    """Features of the scored turns of a batch of calls.

    Parameters
    ----------
    windows
        Texts, scored turns and the ranges of their contexts.
    ngrams
        For each n-gram length, the table row of every n-gram, and where each text's begin.
    bits
        The n-gram tables have 2**bits rows.
    dense
        History and cue features, shape (n_turns, n_dense), in the order of `DENSE_NAMES`.
    """

    windows: Windows
    ngrams: tuple[tuple[IntArray, IntArray], ...]
    bits: int
    dense: npt.NDArray[np.float32]

    channels = tuple(channel for side in SIDES for channel in side.channels)

    @property
    def table_size(self) -> int:
        """Number of rows of an n-gram table."""
        return 1 << self.bits

    @cached_property
    def counts(self) -> IntArray:
        """Number of n-grams of each text, shape (n_texts,)."""
        counts: IntArray = np.sum([np.diff(starts) for _, starts in self.ngrams], axis=0)
        return counts

    def text_sums(self, side: Side, table: npt.NDArray[np.float32]) -> FloatArray:
        """Sum the table's rows over each text of one side.

        Parameters
        ----------
        side
            Texts of the other side sum to zero.
        table
            Shape (2**bits, 2, n_labels).

        Returns
        -------
        array of shape (n_texts, 2, n_labels)
        """
        of_side = self.windows.company == side.company
        texts = np.flatnonzero(of_side)
        flat = table.reshape(len(table), -1)  # reduceat is slow over more than two axes
        sums = np.zeros((len(of_side), flat.shape[1]))
        for rows, starts in self.ngrams:
            counts = np.diff(starts)
            chosen = rows[np.repeat(of_side, counts)]
            counts = counts[texts]
            there = counts > 0
            if len(chosen):
                segments = prefix_sum(counts[there])[:-1]
                sums[texts[there]] += np.add.reduceat(flat[chosen], segments, axis=0)
        return sums.reshape(-1, *table.shape[1:])

    def over_range(self, channel: str, sums: FloatArray) -> FloatArray:
        """Add up texts over each turn's range, over the square root of its number of n-grams.

        Parameters
        ----------
        channel
            One of the channels.
        sums
            Shape (n_texts, n_labels).

        Returns
        -------
        array of shape (n_turns, n_labels)
        """
        low, high = self.windows.ranges[channel].T
        total = prefix_sum(sums)
        scaled: FloatArray = (total[high] - total[low]) / self._norms(channel)[:, None]
        return scaled

    def design(self, channel: str) -> sparse.csr_matrix:
        """Return the channel's n-grams as a sparse matrix, shape (n_turns, 2**bits).

        A row holds counts over the square root of the number of n-grams, so that long turns do not
        shout and, unlike with a Euclidean norm, weights can be summed without counting first.
        """
        from scipy import sparse  # here: 0.3 s that tagging does not need

        n_texts, rows = len(self.windows.texts), []
        for places, starts in self.ngrams:
            ones = np.ones(len(places), dtype=np.float32)
            rows.append(sparse.csr_matrix((ones, places, starts), shape=(n_texts, self.table_size)))
        low, high = self.windows.ranges[channel].T
        length = high - low
        pointer = prefix_sum(length)
        texts = np.arange(pointer[-1]) - np.repeat(pointer[:-1] - low, length)
        values = np.repeat(1.0 / self._norms(channel), length).astype(np.float32)
        gather = sparse.csr_matrix((values, texts, pointer), shape=(len(low), n_texts))
        matrix = gather @ sum(rows[1:], start=rows[0])
        matrix.sum_duplicates()
        return matrix

    def _norms(self, channel: str) -> FloatArray:
        low, high = self.windows.ranges[channel].T
        total = self._total_counts
        norms: FloatArray = np.sqrt(np.maximum(total[high] - total[low], 1))
        return norms

    @cached_property
    def _total_counts(self) -> IntArray:
        return prefix_sum(self.counts)


def extract(calls: Sequence[Transcript], *, bits: int, bots: bool = True) -> TurnFeatures:
    """Compute the features of every scored turn.

    Parameters
    ----------
    calls
        Transcripts.
    bits
        The n-gram tables have 2**bits rows.
    bots
        Whether a bot counts as an agent.
    """
    windows = build_windows(calls, bots=bots)
    words = hash_words(windows.texts)
    ngrams = tuple(_placed(words.ngrams(n), bits, n) for n in NGRAM_LENGTHS)
    found = find_cues(windows, words)
    dense = np.concatenate([history(windows, words, found), cue_flags(windows, found)], axis=1)
    return TurnFeatures(windows, ngrams, bits, dense.astype(np.float32))


@cache
def features_digest() -> str:
    """Return a digest of what the features are; a model fits only features of the same digest."""
    parts = [FEATURES_VERSION, repr(NGRAM_LENGTHS), repr(DENSE_NAMES)]
    parts += [f"{cue.name} {cue.company} {sorted(cue.phrases)}" for cue in load_cues()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _placed(grams: Words, bits: int, salt: int) -> tuple[IntArray, IntArray]:
    return slots(grams.hashes, bits, salt), grams.starts
