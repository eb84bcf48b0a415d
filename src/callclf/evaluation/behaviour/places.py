"""Invariance: other places in a call, and another nationality of the customer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from callclf.corpus import Corpus
from callclf.evaluation.behaviour.case import Case
from callclf.evaluation.behaviour.material import call_name, words
from callclf.evaluation.behaviour.names import VARIANTS
from callclf.evaluation.behaviour.rewrite import in_style, replace_words, rewrite
from callclf.transcript import Role, Transcript

__all__ = ["nationality_said", "places_in", "places_swapped"]

_KINDS = ("cities", "countries")


def places_swapped(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield calls with each place of our list replaced by another of its kind, throughout."""
    for number, call in enumerate(corpus.calls):
        found = places_in(call)
        for _ in range(VARIANTS if found else 0):
            new: dict[str, str] = {}
            for kind in _KINDS:
                mine = [place for place in found if place in _places(kind)]
                others = [name for key, name in _places(kind).items() if key not in found]
                drawn = rng.choice(others, size=len(mine), replace=len(mine) > len(others))
                new |= dict(zip(mine, map(str, drawn), strict=True))
            changed = rewrite(call, lambda text, new=new: replace_words(text, new))  # type: ignore[misc]
            yield Case(call, changed, call_name(call, number))


def places_in(call: Transcript) -> list[str]:
    """Return the places of our list that the call names, lower case, in order."""
    text = "\n".join(turn.text for turn in call.turns)
    return list(dict.fromkeys(match[0].lower() for match in _pattern().finditer(text)))


def nationality_said(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield calls in which the customer begins with "I'm Nigerian." against "I'm Polish."."""
    nationalities: Sequence[str] = words()["places"]["nationalities"]
    for number, call in enumerate(corpus.calls):
        first = next((i for i, t in enumerate(call.turns) if t.role is Role.CUSTOMER), None)
        for _ in range(VARIANTS if first is not None else 0):
            one, other = rng.choice(nationalities, size=2, replace=False)
            said = [_said(call, first, str(word)) for word in (one, other)]
            yield Case(said[0], said[1], call_name(call, number))


def _said(call: Transcript, first: int | None, nationality: str) -> Transcript:
    turns = [
        replace(turn, text=f"{in_style(f'I am {nationality}.', call)} {turn.text}")
        if i == first
        else turn
        for i, turn in enumerate(call.turns)
    ]
    return Transcript(turns, call.id, call.channel, call.meta)


@cache
def _places(kind: str) -> dict[str, str]:
    return {name.lower(): name for name in words()["places"][kind]}


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted((name for kind in _KINDS for name in _places(kind)), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b", re.IGNORECASE)
