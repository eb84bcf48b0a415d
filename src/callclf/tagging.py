"""From probabilities to tags: decisions under the policy, and the turns that are the evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from callclf.explain import carrying_words
from callclf.tags import Decision, Evidence, Tag, Tags
from callclf.taxonomy import Taxonomy
from callclf.thresholds import Policy
from callclf.transcript import Transcript
from callclf.turn_model import TurnModel

__all__ = ["Decider", "not_scored"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

MOST_EVIDENCE = 3
"""Evidence turns shown a label, at most."""

SHARE_OF_TOP = 0.5
"""A turn is evidence if its probability is at least this share of the surest turn's."""


@dataclass(frozen=True)
class Decider:
    """What is needed to decide on a scored call.

    Parameters
    ----------
    taxonomy
        Labels and their titles.
    thresholds
        Shape (n_labels,).
    policy
        For the band in which tags abstain.
    turn_model
        For the words in the evidence.
    version
        The model's.
    """

    taxonomy: Taxonomy
    thresholds: FloatArray
    policy: Policy
    turn_model: TurnModel
    version: str

    def tags(
        self, call: Transcript, probability: FloatArray, turns: IntArray, turn_scores: FloatArray
    ) -> Tags:
        """Decide on one call.

        Parameters
        ----------
        call
            The transcript.
        probability
            Of the call, shape (n_labels,).
        turns
            Indices of the scored turns, shape (n_turns,).
        turn_scores
            Their probabilities, shape (n_turns, n_labels).
        """
        tags = []
        for j, label in enumerate(self.taxonomy):
            p, threshold = float(probability[j]), float(self.thresholds[j])
            decision = _decide(p, threshold, self.policy.unsure)
            evidence = (
                self._evidence(call, turns, turn_scores[:, j], j) if decision != "clear" else ()
            )
            tags.append(Tag(label.name, label.title, p, threshold, decision, evidence))
        return Tags(call, tuple(tags), None, turns, turn_scores, self.version)

    def _evidence(
        self, call: Transcript, turns: IntArray, scores: FloatArray, label: int
    ) -> tuple[Evidence, ...]:
        best = np.argsort(-scores, kind="stable")[:MOST_EVIDENCE]
        chosen = [i for i in best if scores[i] >= SHARE_OF_TOP * scores[best[0]]]
        evidence = []
        for i in chosen:
            turn = call.turns[turns[i]]
            assert turn.source_index is not None  # every transcript numbers its turns
            evidence.append(
                Evidence(
                    turn=int(turns[i]),
                    source_index=turn.source_index,
                    text=turn.text,
                    score=float(scores[i]),
                    start=turn.start,
                    end=turn.end,
                    words=carrying_words(turn.text, self.turn_model, label),
                )
            )
        return tuple(evidence)


def not_scored(call: Transcript, reason: str, *, n_labels: int, version: str) -> Tags:
    """Return the tags of a call that cannot be scored."""
    nothing = np.zeros(0, dtype=np.int64)
    return Tags(call, (), reason, nothing, np.zeros((0, n_labels)), version)


def _decide(probability: float, threshold: float, unsure: float) -> Decision:
    if unsure and abs(probability - threshold) < unsure:
        return "unsure"
    return "flagged" if probability >= threshold else "clear"
