"""Scoring calls with fitted stages: alone, in batches of bounded memory, in several processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from callclf.eligibility import why_not_scored
from callclf.errors import ReadError
from callclf.features.encoder import Encoder
from callclf.features.extract import extract
from callclf.probabilities import Cascade, Maps, map_features
from callclf.transcript import Transcript
from callclf.turn_model import TurnModel

__all__ = ["CallScores", "Scorer", "score_stream"]

FloatArray = npt.NDArray[np.float64]

BATCH_CHARACTERS = 300_000
"""A batch holds about so many characters: enough to be fast, and memory stays under 100 MB."""


@dataclass(frozen=True)
class CallScores:
    """Probabilities of one call.

    Parameters
    ----------
    probability
        Shape (n_labels,); NaN if the call was not scored.
    turns
        Indices of the scored turns in the transcript, shape (n_turns,).
    turn_probability
        Shape (n_turns, n_labels).
    not_scored
        Why not, or None.
    """

    probability: FloatArray
    turns: npt.NDArray[np.int64]
    turn_probability: FloatArray
    not_scored: str | None = None


@dataclass(frozen=True)
class Scorer:
    """The stages that turn transcripts into probabilities.

    Parameters
    ----------
    turn_model, maps
        Head; what makes probabilities of its scores and the encoder's.
    bots
        Whether a bot counts as an agent.
    encoder
        What reads the calls beside the head, or None.
    cascade
        When it need not; None if it always should.
    """

    turn_model: TurnModel
    maps: Maps
    bots: bool
    encoder: Encoder | None = None
    cascade: Cascade | None = None

    def __call__(self, calls: Sequence[Transcript]) -> list[CallScores]:
        """Score calls together; the result does not depend on which calls are together."""
        reasons = [why_not_scored(call, bots=self.bots) for call in calls]
        scored = [call for call, reason in zip(calls, reasons, strict=True) if reason is None]
        results = iter(self._score(scored))
        return [self._nothing(reason) if reason else next(results) for reason in reasons]

    def _score(self, calls: Sequence[Transcript]) -> list[CallScores]:
        if not calls:
            return []
        features = extract(calls, bits=self.turn_model.bits, bots=self.bots)
        owner = features.windows.scored_call
        turn_probability, probability = self._probabilities(
            calls, self.turn_model.scores(features), owner
        )
        borders = np.searchsorted(owner, np.arange(len(calls) + 1))
        position = features.windows.position
        return [
            CallScores(probability[i], position[low:high], turn_probability[low:high])
            for i, (low, high) in enumerate(pairwise(borders))
        ]

    def _probabilities(
        self, calls: Sequence[Transcript], scores: FloatArray, owner: npt.NDArray[np.int64]
    ) -> tuple[FloatArray, FloatArray]:
        """Return the probabilities of turns and calls, reading with the encoder where needed."""
        if self.encoder is None:
            return self.maps(map_features(scores, None), owner, len(calls))
        unsure = np.ones(len(calls), dtype=bool)
        turns, probability = np.zeros(scores.shape), np.zeros((len(calls), scores.shape[1]))
        if self.cascade:
            turns, probability = self.cascade.maps(map_features(scores, None), owner, len(calls))
            unsure = probability.max(axis=1) >= self.cascade.cut
        read = [call for call, needed in zip(calls, unsure, strict=True) if needed]
        if read:
            rows = unsure[owner]
            features = map_features(scores[rows], self.encoder(read, bots=self.bots))
            number = np.cumsum(unsure) - 1
            turns[rows], probability[unsure] = self.maps(features, number[owner[rows]], len(read))
        return turns, probability

    def _nothing(self, reason: str) -> CallScores:
        n_labels = len(self.turn_model.bias)
        return CallScores(
            np.full(n_labels, np.nan),
            np.zeros(0, dtype=np.int64),
            np.zeros((0, n_labels)),
            reason,
        )


Item = Transcript | ReadError
Scored = tuple[Transcript, CallScores] | ReadError


def score_stream(
    scorer: Scorer, calls: Iterable[Item], *, cascade: bool = False, n_jobs: int | None = None
) -> Iterator[Scored]:
    """Score any number of calls in order, holding only a few batches of them at a time.

    A `ReadError` among them, as `iter_read(on_error="yield")` gives, is passed on in its place.

    Parameters
    ----------
    scorer
        The fitted stages.
    calls
        Transcripts, which may come from a generator.
    cascade
        Whether the encoder may leave out calls that the rest is sure are clean.
    n_jobs
        Number of processes, as in joblib.
    """
    if not cascade:
        scorer = replace(scorer, cascade=None)
    if n_jobs in (None, 1):
        for batch in _batches(calls):
            yield from _score_batch(scorer, batch)
        return
    from joblib import Parallel, delayed  # here: one process does not need it

    work = (delayed(_score_batch)(scorer, batch) for batch in _batches(calls))
    for scored in Parallel(n_jobs=n_jobs, return_as="generator")(work):
        yield from scored


def _score_batch(scorer: Scorer, batch: list[Item]) -> list[Scored]:
    scores = iter(scorer([item for item in batch if isinstance(item, Transcript)]))
    return [(item, next(scores)) if isinstance(item, Transcript) else item for item in batch]


def _batches(calls: Iterable[Item]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    size = 0
    for call in calls:
        if isinstance(call, Transcript):
            size += sum(len(turn.text) + 20 for turn in call.turns)
        elif not isinstance(call, ReadError):
            raise TypeError(
                f"expected a Transcript, got {type(call).__name__}; callclf.read() makes one from "
                "a file or object"
            )
        batch.append(call)
        if size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
