"""What the call so far says of a turn: repeats, facts asked for again, questions left open.

A failure often lies in no word of the turn, but in its relation to what was said before. Every
feature is between about 0 and 1.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.features.cues import load_cues
from callclf.features.ngrams import HashSet, Words, hash_words, slots
from callclf.features.windows import Windows

__all__ = ["HISTORY_NAMES", "history"]

BoolArray = npt.NDArray[np.bool_]
Columns = dict[str, npt.NDArray[Any]]
FloatArray = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]

FACTS = {
    "name": "name names called surname",
    "reference": "order booking reference reservation confirmation ticket account policy customer "
    "contract serial tracking invoice",
    "birth": "birth dob born birthday",
    "address": "postcode zip address street postal",
    "email": "email mail",
    "phone": "phone mobile telephone cell callback",
    "when": "date day time when",
    "where": "where location departure leaving from destination",
    "device": "model device version make",
    "user": "id username user",
}
"""Kinds of facts that agents ask for, by the words that name them."""

NUMBERS = " ".join("0" * n for n in range(3, 21))
"""Digits are normalised to 0: a number of three digits and more is probably a reference."""

_COUNTED = ("asks_for_person", "says_already_given", "says_not_asked", "does_not_follow")
_BINS = 8  # 2**8 hashed bins hold a turn's content words with few collisions
_LOOK_BACK = 12  # earlier turns compared with, a side

HISTORY_NAMES = (
    "like_customer",
    "takes_up",
    "like_own_earlier",
    "like_own_last",
    "near_repeats",
    "exact_repeats",
    "customer_repeats",
    "first_turn",
    "position",
    "length",
    "very_short",
    "customer_length",
    "no_customer_words",
    "asks",
    "customer_asked",
    "asked_and_not_taken_up",
    "asked_back",
    "asks_fact_again",
    "asks_fact_given",
    "asks_facts",
    "asks_number_given",
    *(f"earlier_{name}" for name in _COUNTED),
)


def history(windows: Windows, words: Words, found: BoolArray) -> FloatArray:
    """Return the history features of every scored turn, shape (n_turns, len(HISTORY_NAMES)).

    Parameters
    ----------
    windows
        Texts and contexts.
    words
        Hashed words of the texts.
    found
        Which text holds which cue, from `cues.find_cues`.
    """
    if not len(windows):
        return np.zeros((0, len(HISTORY_NAMES)))
    content = _bags(windows, words)
    asks = _has(words, "?")
    columns: Columns = {
        **_similarities(windows, content),
        **_repetitions(windows, words, content),
        **_shape(windows, words),
        **_facts(windows, words, asks),
        **_counted_cues(windows, found),
    }
    asked = _any_in(windows, "customer", asks & ~windows.company)
    columns["asks"] = asks[windows.scored]
    columns["customer_asked"] = asked
    columns["asked_and_not_taken_up"] = asked * (1.0 - columns["takes_up"])
    columns["asked_back"] = asked & asks[windows.scored]
    return np.stack([np.asarray(columns[name], dtype=float) for name in HISTORY_NAMES], axis=1)


def _bags(windows: Windows, words: Words) -> FloatArray:
    """Return each text's set of content words in bins, shape (n_texts, 2**_BINS)."""
    owner = np.repeat(np.arange(len(windows.texts)), words.counts)
    keep = np.ones(len(words.hashes), dtype=bool)
    keep[_stop_words().find(words.hashes)[0]] = False
    bags = np.zeros((len(windows.texts), 1 << _BINS), dtype=np.float32)
    bags[owner[keep], slots(words.hashes[keep], _BINS)] = 1.0
    return bags


def _similarities(windows: Windows, content: FloatArray) -> Columns:
    own = content[windows.scored]
    customer = _reduced_in(windows, "customer", content, np.add)
    return {
        "like_customer": _cosine(own, customer),
        "takes_up": np.minimum(own, customer).sum(axis=1) / np.maximum(customer.sum(axis=1), 1.0),
    }


def _repetitions(windows: Windows, words: Words, content: FloatArray) -> Columns:
    whole = _whole_text(words)
    long_enough = words.counts >= 4
    columns: Columns = {}
    for company in (True, False):
        texts = np.flatnonzero(windows.company == company)
        unit = content[texts] / np.maximum(np.sqrt(content[texts].sum(axis=1, keepdims=True)), 1.0)
        nearest, last = np.zeros(len(texts)), np.zeros(len(texts))
        near, exact = np.zeros(len(texts)), np.zeros(len(texts))
        for lag in range(1, min(_LOOK_BACK, len(texts) - 1) + 1):
            now = lag + np.flatnonzero(windows.call[texts[lag:]] == windows.call[texts[:-lag]])
            if not len(now):
                break
            alike = np.einsum("ij,ij->i", unit[now], unit[now - lag])
            nearest[now] = np.maximum(nearest[now], alike)
            near[now] += (alike > 0.7) & long_enough[texts[now]]
            exact[now] += (whole[texts[now]] == whole[texts[now - lag]]) & long_enough[texts[now]]
            if lag == 1:
                last[now] = alike
        if company:
            columns["like_own_earlier"], columns["like_own_last"] = nearest, last
            columns["near_repeats"] = np.minimum(near, 3) / 3
            columns["exact_repeats"] = np.minimum(exact, 3) / 3
        else:
            of_text = np.zeros(len(windows.texts))
            of_text[texts] = nearest
            columns["customer_repeats"] = _reduced_in(windows, "customer", of_text, np.maximum)
    return columns


def _shape(windows: Windows, words: Words) -> Columns:
    call = windows.scored_call
    first = np.r_[True, call[1:] != call[:-1]]
    index = np.arange(len(call))
    place = index - np.maximum.accumulate(np.where(first, index, 0))
    length = words.counts[windows.scored]
    customer = _sum_in(windows, "customer", words.counts)
    return {
        "first_turn": first,
        "position": np.log1p(place) / 3,
        "length": np.log1p(length) / 3,
        "very_short": length <= 4,
        "customer_length": np.log1p(customer) / 3,
        "no_customer_words": customer == 0,
    }


def _facts(windows: Windows, words: Words, asks: BoolArray) -> Columns:
    named = np.stack([_has(words, vocabulary) for vocabulary in FACTS.values()], axis=1)
    asks = asks | _has(words, "please provide confirm may")
    asked = named & (asks & windows.company)[:, None]
    gave = named & (~windows.company & ~_has(words, "?"))[:, None]
    number = _has(words, NUMBERS) & ~windows.company
    start = np.searchsorted(windows.call, windows.scored_call)
    now = asked[windows.scored]
    before = _before(asked, start, windows.scored)
    given = _before(gave, start, windows.scored)
    wants_number = now[:, [list(FACTS).index(k) for k in ("reference", "birth", "phone", "user")]]
    return {
        "asks_fact_again": np.minimum((now & before).sum(axis=1), 3) / 3,
        "asks_fact_given": np.minimum((now & given).sum(axis=1), 3) / 3,
        "asks_facts": np.minimum(now.sum(axis=1), 3) / 3,
        "asks_number_given": wants_number.any(axis=1)
        & _before(number[:, None], start, windows.scored)[:, 0],
    }


def _counted_cues(windows: Windows, found: BoolArray) -> Columns:
    number = {cue.name: k for k, cue in enumerate(load_cues())}
    start = np.searchsorted(windows.call, windows.scored_call)
    columns = {}
    for name in _COUNTED:
        total = np.r_[0, np.cumsum(found[:, number[name]])]
        columns[f"earlier_{name}"] = np.minimum(total[windows.scored] - total[start], 3) / 3
    return columns


# ---- small helpers over texts and ranges ------------------------------------------------------


@cache
def _vocabulary(text: str) -> HashSet:
    return HashSet(hash_words([text]).hashes)


@cache
def _stop_words() -> HashSet:
    from spacy.lang.en.stop_words import STOP_WORDS

    return _vocabulary(" ".join(STOP_WORDS) + " ?")


def _has(words: Words, vocabulary: str) -> BoolArray:
    """Return which text has one of the words, shape (n_texts,)."""
    has = np.zeros(len(words.counts), dtype=bool)
    hits, _ = _vocabulary(vocabulary).find(words.hashes)
    has[np.searchsorted(words.starts, hits, side="right") - 1] = True
    return has


def _whole_text(words: Words) -> npt.NDArray[np.uint64]:
    """Return one hash a text: equal for equal words in the same order."""
    place = np.arange(len(words.hashes)) - np.repeat(words.starts[:-1], words.counts)
    mixed = words.hashes * (2 * place.astype(np.uint64) + np.uint64(1))
    total = np.r_[np.zeros(1, dtype=np.uint64), np.cumsum(mixed)]
    whole: npt.NDArray[np.uint64] = total[words.starts[1:]] - total[words.starts[:-1]]
    return whole


def _cosine(a: FloatArray, b: FloatArray) -> FloatArray:
    norms = np.sqrt(np.einsum("ij,ij->i", a, a) * np.einsum("ij,ij->i", b, b))
    cosine: FloatArray = np.einsum("ij,ij->i", a, b) / np.maximum(norms, 1e-9)
    return cosine


def _sum_in(windows: Windows, channel: str, values: npt.NDArray[np.generic]) -> FloatArray:
    low, high = windows.ranges[channel].T
    total = np.r_[0.0, np.cumsum(values, dtype=float)]
    difference: FloatArray = total[high] - total[low]
    return difference


def _any_in(windows: Windows, channel: str, values: BoolArray) -> BoolArray:
    return _sum_in(windows, channel, values) > 0


def _reduced_in(windows: Windows, channel: str, values: FloatArray, how: np.ufunc) -> FloatArray:
    """Reduce values over each turn's range; an empty range gives 0."""
    low, high = windows.ranges[channel].T
    reduced = np.zeros((len(low), *values.shape[1:]), dtype=values.dtype)
    there = np.flatnonzero(high > low)
    if len(there):
        # reduceat reduces from each index to the next: keep every other one. A row of padding
        # makes the last range's end a valid index.
        borders = np.stack([low[there], high[there]], axis=1).ravel()
        padded = np.concatenate([values, np.zeros_like(values[:1])])
        reduced[there] = how.reduceat(padded, borders, axis=0)[::2]
    return reduced


def _before(flags: BoolArray, start: IntArray, end: IntArray) -> BoolArray:
    """Return which flags are set anywhere from the call's start to just before each turn."""
    total = np.zeros((len(flags) + 1, flags.shape[1]), dtype=np.int64)
    np.cumsum(flags, axis=0, out=total[1:])
    before: BoolArray = total[end] > total[start]
    return before
