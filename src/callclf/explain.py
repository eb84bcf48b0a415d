"""Why a turn scored: what each word added, by the head's own weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from callclf.features.cues import cue_spans
from callclf.features.extract import DENSE_NAMES, NGRAM_LENGTHS
from callclf.features.ngrams import hash_words, slots, word_spans
from callclf.tags import Span
from callclf.turn_model import TurnModel

__all__ = ["carrying_words", "word_weights"]

FloatArray = npt.NDArray[np.float64]

MOST_WORDS = 8
"""Words marked in one turn, at most."""

SHARE_OF_TOP = 0.25
"""A word is marked if it added at least this share of what the strongest word added."""


def word_weights(text: str, model: TurnModel, label: int) -> FloatArray:
    """Return what each word of a turn added to its log-odds, shape (n_words,).

    An n-gram's weight, and a cue's, is shared equally among its words. The weights of context and
    history have no word here and are left out.

    Parameters
    ----------
    text
        A turn of the company.
    model
        The head.
    label
        Position of the label.
    """
    words = hash_words([text])
    total = np.zeros(len(words.hashes))
    table = model.tables[0][:, 0, label]
    grams = [(n, words.ngrams(n).hashes) for n in NGRAM_LENGTHS]
    norm = np.sqrt(max(sum(len(hashes) for _, hashes in grams), 1))
    for n, hashes in grams:
        share = table[slots(hashes, model.bits, n)] / (n * norm)
        for k in range(n):
            total[k : k + len(share)] += share
    for cue in cue_spans(text, company=True):
        weight = model.dense[DENSE_NAMES.index(f"turn:{cue.name}"), label]
        total[cue.start : cue.end] += weight / (cue.end - cue.start)
    return total


def carrying_words(text: str, model: TurnModel, label: int) -> tuple[Span, ...]:
    """Return the words that carried a turn's score, neighbours joined, in the order of the text."""
    weights = word_weights(text, model, label)
    if not len(weights) or weights.max() <= 0:
        return ()
    strong = np.argsort(-weights, kind="stable")[:MOST_WORDS]
    chosen = sorted(i for i in strong if weights[i] >= SHARE_OF_TOP * weights.max())
    return tuple(_joined(text, chosen, weights))


def _joined(text: str, chosen: Sequence[int], weights: FloatArray) -> list[Span]:
    places = word_spans(text)
    spans: list[Span] = []
    last = -2
    for i in chosen:
        start, end = places[i]
        weight = float(weights[i])
        if i == last + 1:
            start, weight = spans[-1].start, weight + spans.pop().weight
        spans.append(Span(start, end, text[start:end], weight))
        last = i
    return spans
