"""Invariance: the word errors of a speech recogniser, at a given rate.

Of the errors, 60 % put a word of similar sound in the place of another, 20 % leave a word out and
20 % put one in, which is roughly how recognisers err on telephone speech. A word takes its
replacement from a table of words that sound alike; one that is not there, from the words of the
table that are spelt most like it; failing that, its ending is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import cache, partial

import numpy as np

from callclf.corpus import Corpus
from callclf.evaluation.behaviour.case import Case
from callclf.evaluation.behaviour.material import call_name, words
from callclf.evaluation.behaviour.rewrite import rewrite

__all__ = ["misheard", "word_errors"]

SUBSTITUTED, LEFT_OUT = 0.6, 0.2
"""Shares of the errors; the rest is put in."""

_PARTS = re.compile(r"(\W*)(.*?)(\W*)", re.DOTALL)


def word_errors(rate: float) -> Callable[[Corpus, np.random.Generator], Iterator[Case]]:
    """Return what makes cases with errors in a share `rate` of the words of both sides."""
    return partial(_cases, rate=rate)


def misheard(text: str, rate: float, rng: np.random.Generator) -> str:
    """Return the text with errors in about a share `rate` of its words; never an empty text."""
    heard: list[str] = []
    said = text.split()
    for word, wrong, kind in zip(said, rng.random(len(said)), rng.random(len(said)), strict=True):
        if wrong >= rate:
            heard.append(word)
        elif kind < SUBSTITUTED:
            heard.append(_substitute(word, rng))
        elif kind >= SUBSTITUTED + LEFT_OUT:
            heard += [word, str(rng.choice(words()["speech"]["inserted"]))]
    return " ".join(heard or said)


def _cases(corpus: Corpus, rng: np.random.Generator, rate: float) -> Iterator[Case]:
    for number, call in enumerate(corpus.calls):
        changed = rewrite(call, lambda text: misheard(text, rate, rng))
        yield Case(call, changed, call_name(call, number))


def _substitute(word: str, rng: np.random.Generator) -> str:
    parts = _PARTS.fullmatch(word)
    assert parts is not None  # the pattern matches every text
    before, core, after = parts.groups()
    if not core:
        return word
    if core.isdigit():
        at = int(rng.integers(len(core)))
        return f"{before}{core[:at]}{(int(core[at]) + 1) % 10}{core[at + 1 :]}{after}"
    new = str(rng.choice(_similar(core.lower())))
    return f"{before}{new.capitalize() if core[0].isupper() else new}{after}"


@cache
def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for group in words()["speech"]["sound_alike"]:
        for word in group:
            table.setdefault(word, tuple(other for other in group if other != word))
    return table


@cache
def _similar(word: str) -> tuple[str, ...]:
    if word in _table():
        return _table()[word]
    near = [other for other in get_close_matches(word, _table(), n=3, cutoff=0.6) if other != word]
    return tuple(near) or (word[: max(2, 2 * len(word) // 3)],)
