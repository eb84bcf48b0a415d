"""A plain scikit-learn baseline: TF-IDF of the agent's turn and its context, logistic regression.

What most people would write in an afternoon; the yardstick for quality and speed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline, make_union

from callclf.labels import CallLabels
from callclf.transcript import Transcript

CONTEXT_TURNS = 2
"""Turns before the agent's turn that are put in front of it."""


class TfidfBaseline:
    """Scores a call by its highest-scoring agent turn.

    Parameters
    ----------
    characters
        Whether character n-grams (3-5) are used beside words (1-2).
    """

    def __init__(self, names: Sequence[str], *, characters: bool) -> None:
        self.names = self.classes_ = tuple(names)
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        chars = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True)
        features = make_union(words, chars) if characters else words
        head = LogisticRegression(C=10, class_weight="balanced", max_iter=300)
        self.pipeline = make_pipeline(features, OneVsRestClassifier(head))

    def fit(self, calls: Sequence[Transcript], labels: Sequence[CallLabels]) -> TfidfBaseline:
        """Learn from turns; gaps count as no."""
        rows = [
            item.turn_rows(self.names, call)[call.scored_turns()]
            for item, call in zip(labels, calls, strict=True)
        ]
        self.pipeline.fit(_texts(calls), np.nan_to_num(np.concatenate(rows)).astype(int))
        return self

    def predict_turns(self, calls: Sequence[Transcript]) -> np.ndarray:
        """Return the probabilities of all agent turns, shape (n_turns, n_labels)."""
        return self.pipeline.predict_proba(_texts(calls))

    def predict_proba(self, calls: Sequence[Transcript]) -> np.ndarray:
        """Return the highest turn's probability of every call, shape (n_calls, n_labels)."""
        turns = self.predict_turns(calls)
        counts = [len(call.scored_turns()) for call in calls]
        parts = np.split(turns, np.cumsum(counts)[:-1])
        return np.stack([part.max(axis=0) if len(part) else turns[0] * 0 for part in parts])


def _texts(calls: Sequence[Transcript]) -> list[str]:
    texts = []
    for call in calls:
        for i in call.scored_turns():
            context = call.turns[max(0, i - CONTEXT_TURNS) : i + 1]
            texts.append(" ".join(f"{turn.role} {turn.text}" for turn in context))
    return texts
