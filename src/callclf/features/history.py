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
from callclf.features.windows import Windows, prefix_sum

__all__ = ["HISTORY_NAMES", "history"]

BagArray = npt.NDArray[np.uint64]
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

VOCABULARIES = {
    **FACTS,
    "number": " ".join("0" * n for n in range(3, 21)),  # digits are normalised to 0
    "question": "?",
    "request": "please provide confirm may",
}
"""All word lists that texts are searched for: a number of three digits or more is probably a
reference, and recognisers write no question marks."""

_COUNTED = ("asks_for_person", "says_already_given", "says_not_asked", "does_not_follow")
_BIN_BITS = 8
_NEAR = 0.7  # share of words in common above which a turn repeats another
_LOOK_BACK = 12  # earlier turns compared with, a side

HISTORY_NAMES = (
    "like_customer",
    "takes_up",
    "like_own_earlier",
    "like_own_last",
    "near_repeats",
    "exact_repeats",
    "customer_repeats",
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
    has, bags = _search(words)
    columns: Columns = {
        **_similarities(windows, bags),
        **_repetitions(windows, words, bags),
        **_shape(windows, words),
        **_facts(windows, has),
        **_counted_cues(windows, found),
    }
    asks = has["question"]
    asked = _sum_in(windows, "customer", asks & ~windows.company) > 0
    columns["asks"] = asks[windows.scored]
    columns["customer_asked"] = asked
    columns["asked_and_not_taken_up"] = asked * (1.0 - columns["takes_up"])
    columns["asked_back"] = asked & asks[windows.scored]
    values = np.empty((len(windows), len(HISTORY_NAMES)))
    for k, name in enumerate(HISTORY_NAMES):
        values[:, k] = columns[name]
    return values


def _search(words: Words) -> tuple[dict[str, BoolArray], BagArray]:
    """Return which text has a word of which vocabulary, and each text's bag of content words.

    A bag is a set of 256 hashed bins, as bits: shape (n_texts, 4). Collisions are few, and sets of
    bits are compared a word at a time.
    """
    lexicon, of_word, stop = _lexicon()
    hits, places = lexicon.find(words.hashes)
    owner = np.repeat(np.arange(len(words.counts)), words.counts)
    has = np.zeros((len(words.counts), of_word.shape[1]), dtype=bool)
    np.logical_or.at(has, owner[hits], of_word[places])
    content = np.ones(len(words.hashes), dtype=bool)
    content[hits[stop[places]]] = False
    bins = np.zeros((len(words.counts), 1 << _BIN_BITS), dtype=bool)
    bins[owner[content], slots(words.hashes[content], _BIN_BITS)] = True
    bags = np.packbits(bins, axis=1).view(np.uint64)
    return dict(zip(VOCABULARIES, has.T, strict=True)), bags


@cache
def _lexicon() -> tuple[HashSet, BoolArray, BoolArray]:
    """Return all listed words, which vocabularies each is in, and whether it is a stop word."""
    from spacy.lang.en.stop_words import STOP_WORDS

    lists = [hash_words([text]).hashes for text in VOCABULARIES.values()]
    stop = hash_words([" ".join(STOP_WORDS) + " ?"]).hashes
    lexicon = HashSet(np.concatenate([*lists, stop]))
    of_word = np.stack([np.isin(lexicon.hashes, hashes) for hashes in lists], axis=1)
    return lexicon, of_word, np.isin(lexicon.hashes, stop)


def _similarities(windows: Windows, bags: BagArray) -> Columns:
    low, high = windows.ranges["customer"].T
    customer = np.zeros((len(low), bags.shape[1]), dtype=np.uint64)
    there = np.flatnonzero(high > low)
    if len(there):
        customer[there] = _reduced(bags, low[there], high[there], np.bitwise_or)
    own = bags[windows.scored]
    shared, size = _size(own & customer), _size(customer)
    return {
        "like_customer": shared / np.sqrt(np.maximum(_size(own) * size, 1)),
        "takes_up": shared / np.maximum(size, 1),
    }


def _repetitions(windows: Windows, words: Words, bags: BagArray) -> Columns:
    # One side of one call after another, the company's first.
    order = np.argsort(~windows.company, kind="stable")
    group = windows.call[order] + np.where(windows.company[order], 0, windows.call[-1] + 1)
    earlier = np.minimum(np.arange(len(order)) - np.searchsorted(group, group), _LOOK_BACK)
    likeness = _likeness(bags[order], _whole_text(words)[order], words.counts[order] >= 4, earlier)
    company, customer = likeness[:, : len(windows)], likeness[:, len(windows) :]
    of_text = np.zeros(len(order))
    of_text[order[len(windows) :]] = customer[0]
    low, high = windows.ranges["customer"].T
    there = np.flatnonzero(high > low)
    customer_repeats = np.zeros(len(low))
    if len(there):
        customer_repeats[there] = _reduced(of_text, low[there], high[there], np.maximum)
    return {
        "like_own_earlier": company[0],
        "like_own_last": company[1],
        "near_repeats": np.minimum(company[2], 3) / 3,
        "exact_repeats": np.minimum(company[3], 3) / 3,
        "customer_repeats": customer_repeats,
    }


def _likeness(bags: BagArray, whole: BagArray, long: BoolArray, earlier: IntArray) -> FloatArray:
    """Compare each text with the few just before it.

    Parameters
    ----------
    bags, whole
        Bag and hash of each text.
    long
        Whether the text is long enough for a repeat to be one.
    earlier
        With how many texts before it each is compared.

    Returns
    -------
    array of shape (4, n_texts)
        Likeness to the likest, likeness to the last, number of near and of exact repeats.
    """
    result = np.zeros((4, len(bags)))
    there = np.flatnonzero(earlier)
    if not len(there):
        return result
    # All pairs at once: a loop would cost more calls of numpy than all other features of a call.
    first = prefix_sum(earlier)[there]
    one = np.repeat(there, earlier[there])
    other = one - 1 - np.arange(len(one)) + np.repeat(first, earlier[there])
    size = _size(bags)
    alike = _size(bags[one] & bags[other]) / np.sqrt(np.maximum(size[one] * size[other], 1))
    near = (alike > _NEAR) & long[one]
    exact = (whole[one] == whole[other]) & long[one]
    result[0, there] = np.maximum.reduceat(alike, first)
    result[1, there] = alike[first]
    result[2, there] = np.add.reduceat(near, first, dtype=np.int64)
    result[3, there] = np.add.reduceat(exact, first, dtype=np.int64)
    return result


def _shape(windows: Windows, words: Words) -> Columns:
    length = words.counts[windows.scored]
    customer = _sum_in(windows, "customer", words.counts)
    return {
        "length": np.log1p(length) / 3,
        "very_short": length <= 4,
        "customer_length": np.log1p(customer) / 3,
        "no_customer_words": customer == 0,
    }


def _facts(windows: Windows, has: dict[str, BoolArray]) -> Columns:
    named = np.stack([has[kind] for kind in FACTS], axis=1)
    asks = (has["question"] | has["request"]) & windows.company
    gives = ~has["question"] & ~windows.company
    number = has["number"] & ~windows.company
    asked, gave = named & asks[:, None], named & gives[:, None]
    start = np.searchsorted(windows.call, windows.scored_call)
    now = asked[windows.scored]
    before = _before(asked, start, windows.scored)
    given = _before(gave, start, windows.scored)
    numbered = [list(FACTS).index(kind) for kind in ("reference", "birth", "phone", "user")]
    return {
        "asks_fact_again": np.minimum((now & before).sum(axis=1), 3) / 3,
        "asks_fact_given": np.minimum((now & given).sum(axis=1), 3) / 3,
        "asks_facts": np.minimum(now.sum(axis=1), 3) / 3,
        "asks_number_given": now[:, numbered].any(axis=1)
        & _before(number[:, None], start, windows.scored)[:, 0],
    }


def _counted_cues(windows: Windows, found: BoolArray) -> Columns:
    number = {cue.name: k for k, cue in enumerate(load_cues())}
    start = np.searchsorted(windows.call, windows.scored_call)
    total = prefix_sum(found[:, [number[name] for name in _COUNTED]])
    counts = np.minimum(total[windows.scored] - total[start], 3) / 3
    return {f"earlier_{name}": counts[:, k] for k, name in enumerate(_COUNTED)}


# ---- small helpers over texts and ranges ------------------------------------------------------


def _whole_text(words: Words) -> npt.NDArray[np.uint64]:
    """Return one hash a text: equal for equal words in the same order."""
    place = np.arange(len(words.hashes)) - np.repeat(words.starts[:-1], words.counts)
    total = prefix_sum(words.hashes * (2 * place.astype(np.uint64) + np.uint64(1)))
    whole: npt.NDArray[np.uint64] = total[words.starts[1:]] - total[words.starts[:-1]]
    return whole


def _size(bags: BagArray) -> IntArray:
    """Return the number of words in each bag."""
    size: IntArray = np.bitwise_count(bags).sum(axis=1, dtype=np.int64)
    return size


def _sum_in(windows: Windows, channel: str, values: npt.NDArray[Any]) -> IntArray:
    low, high = windows.ranges[channel].T
    total = prefix_sum(values)
    difference: IntArray = total[high] - total[low]
    return difference


def _reduced(values: FloatArray, low: IntArray, high: IntArray, how: np.ufunc) -> FloatArray:
    """Reduce values over ranges that are not empty."""
    # reduceat reduces from each index to the next: keep every other one. A row of padding makes
    # the last range's end a valid index.
    padded = np.concatenate([values, np.zeros_like(values[:1])])
    reduced: FloatArray = how.reduceat(padded, np.stack([low, high], axis=1).ravel(), axis=0)[::2]
    return reduced


def _before(flags: BoolArray, start: IntArray, end: IntArray) -> BoolArray:
    """Return which flags are set anywhere from the call's start to just before each turn."""
    total = prefix_sum(flags)
    before: BoolArray = total[end] > total[start]
    return before
