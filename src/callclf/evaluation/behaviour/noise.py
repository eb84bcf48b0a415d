"""Invariance: casing and punctuation, which recognisers make up, and the fillers of speech."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

from callclf.corpus import Corpus
from callclf.evaluation.behaviour.case import Case
from callclf.evaluation.behaviour.material import call_name, words
from callclf.evaluation.behaviour.rewrite import in_style, rewrite

__all__ = ["casing_removed", "fillers_added", "punctuation_removed", "without_punctuation"]

FILLER_RATE = 0.1
"""Share of the words that get a filler before them."""

# Kept: apostrophes inside words, signs inside numbers and addresses ("3.50", "a@b.example").
_PUNCTUATION = re.compile(r"(?<!\w)[^\w\s@#£$€+]+|[^\w\s]+(?!\w)")


def casing_removed(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield calls in lower case."""
    yield from _each(corpus, str.lower)


def punctuation_removed(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield calls without punctuation between words."""
    yield from _each(corpus, without_punctuation)


def fillers_added(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield calls with "uh", "um", "you know" and the like among the words of both sides."""
    fillers = words()["speech"]["fillers"]
    for number, call in enumerate(corpus.calls):
        styled = [in_style(filler, call) for filler in fillers]

        def add(text: str, styled: list[str] = styled) -> str:
            return " ".join(
                f"{rng.choice(styled)} {word}" if rng.random() < FILLER_RATE else word
                for word in text.split()
            )

        yield Case(call, rewrite(call, add), call_name(call, number))


def without_punctuation(text: str) -> str:
    """Return the text without the signs between words."""
    return " ".join(_PUNCTUATION.sub(" ", text).split())


def _each(corpus: Corpus, change: Callable[[str], str]) -> Iterator[Case]:
    for number, call in enumerate(corpus.calls):
        yield Case(call, rewrite(call, change), call_name(call, number))
