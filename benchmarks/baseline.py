"""Plain scikit-learn baselines: the agent's turn and its context, logistic regression.

What most people would write in an afternoon, on TF-IDF or on a frozen sentence encoder; the
yardstick for quality and speed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline, make_union

from callclf.labels import CallLabels
from callclf.transcript import Transcript

CONTEXT_TURNS = 2
"""Turns before the agent's turn that are put in front of it."""


def tfidf(*, characters: bool) -> TransformerMixin:
    """Return TF-IDF of words (1-2) and, if wanted, of character n-grams (3-5) beside them."""
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    chars = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True)
    return make_union(words, chars) if characters else words


class FrozenEncoder(TransformerMixin, BaseEstimator):
    """The sentence vectors of the weights that fine-tuning starts from: means over tokens."""

    def fit(self, texts: Sequence[str], y: Any = None) -> Self:
        """Learn nothing."""
        return self

    def transform(self, texts: Sequence[str]) -> np.ndarray:
        """Return vectors of length 1, shape (n_texts, n_hidden)."""
        import torch
        from transformers import AutoModel, AutoTokenizer

        from callclf.finetune.start import start_folder

        # The turn that is judged comes last in its text.
        tokenizer = AutoTokenizer.from_pretrained(start_folder(), truncation_side="left")
        network = AutoModel.from_pretrained(start_folder()).eval()
        order = np.argsort([len(text) for text in texts])
        vectors = np.empty((len(texts), network.config.hidden_size), dtype=np.float32)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            for rows in np.array_split(order, max(1, len(texts) // 64)):
                batch = tokenizer(
                    [texts[i] for i in rows],
                    padding=True, truncation=True, max_length=256, return_tensors="pt",
                )  # fmt: skip
                hidden = network(**batch).last_hidden_state.float()
                mask = batch["attention_mask"][:, :, None]
                vectors[rows] = torch.nn.functional.normalize((hidden * mask).sum(1)).numpy()
        return vectors


class TurnBaseline:
    """Scores a call by its highest-scoring agent turn.

    Parameters
    ----------
    names
        The label set, in order.
    features
        From texts to numbers.
    """

    def __init__(self, names: Sequence[str], features: TransformerMixin) -> None:
        self.names = self.classes_ = tuple(names)
        head = LogisticRegression(C=10, class_weight="balanced", max_iter=300)
        self.pipeline = make_pipeline(features, OneVsRestClassifier(head))

    def fit(self, calls: Sequence[Transcript], labels: Sequence[CallLabels]) -> TurnBaseline:
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
