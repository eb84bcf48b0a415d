"""Invariance: the people in a call get names of other cultures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from callclf.corpus import Corpus
from callclf.evaluation.behaviour.case import Case
from callclf.evaluation.behaviour.material import call_name, words
from callclf.evaluation.behaviour.rewrite import replace_words, rewrite
from callclf.transcript import Transcript

__all__ = ["VARIANTS", "Person", "names_swapped", "people_in"]

VARIANTS = 3
"""Cultures drawn for each call, one for every person each time."""

_WORD = r"[A-Z][\w'\u2019-]+"
_INTRODUCED = re.compile(
    r"(?:[Mm]y (?:full )?name is|[Mm]y name's|[Yy]ou(?:'re| are) (?:speaking|through|talking) "
    rf"(?:to|with)) ({_WORD})(?: ({_WORD}))?"
)
_TITLED = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.? ({_WORD})")
_MAN = r"\b(?:mr|mister)\.? {family}\b"
_WOMAN = r"\b(?:mrs|ms|miss|missus)\.? {family}\b"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named in a call.

    Parameters
    ----------
    given, family
        The names, lower case; None where not said.
    title
        "men", "women", or None where no title tells.
    """

    given: str | None
    family: str | None
    title: str | None = None


def names_swapped(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield calls with every known person renamed."""
    cultures = list(words()["names"].values())
    for number, call in enumerate(corpus.calls):
        people = people_in(call)
        for _ in range(VARIANTS if people else 0):
            new: dict[str, str] = {}
            drawn = rng.choice(len(cultures), size=len(people), replace=False)
            for person, k in zip(people, drawn, strict=True):
                new |= _renamed(person, cultures[k], rng)
            changed = rewrite(call, lambda text, new=new: replace_words(text, new))  # type: ignore[misc]
            yield Case(call, changed, call_name(call, number))


def people_in(call: Transcript) -> list[Person]:
    """Return who is named: by `meta["names"]` (side -> full name), else as they are introduced.

    Introduced means "my name is", "you're speaking to" or a title; other names are left alone,
    since nothing tells them from the names of companies and products.
    """
    text = "\n".join(turn.text for turn in call.turns)
    named = call.meta.get("names")
    found: list[tuple[str | None, str | None]]
    if isinstance(named, dict):
        found = [_split(str(name)) for name in named.values()]
    else:
        found = [(m[1], m[2]) for m in _INTRODUCED.finditer(text)]
        known = {name for names in found for name in names}
        found += [(None, m[1]) for m in _TITLED.finditer(text) if m[1] not in known]
    people = [
        Person(given, family, _title(family, text))
        for given, family in dict.fromkeys(
            (_lower(given), _lower(family)) for given, family in found
        )
        if given or family
    ]
    # More people than cultures only happens where something else was read as names.
    return people[: len(words()["names"])]


def _split(name: str) -> tuple[str | None, str | None]:
    parts = name.split()
    return (parts[0] if parts else None), (parts[-1] if len(parts) > 1 else None)


def _lower(name: str | None) -> str | None:
    return name.lower() if name else None


def _title(family: str | None, text: str) -> str | None:
    for title, pattern in (("men", _MAN), ("women", _WOMAN)):
        if family and re.search(pattern.format(family=re.escape(family)), text, re.IGNORECASE):
            return title
    return None


def _renamed(
    person: Person, culture: dict[str, list[str]], rng: np.random.Generator
) -> dict[str, str]:
    given = culture[person.title] if person.title else culture["women"] + culture["men"]
    new = {}
    for old, choices in ((person.given, given), (person.family, culture["family"])):
        if old:
            others = [name for name in choices if name.lower() != old]
            new[old] = str(rng.choice(others))
    return new
