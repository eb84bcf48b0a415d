"""Numbers said digit by digit, as a speech recogniser writes them: "four four one two", "oh"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["SpokenNumber", "spoken_numbers"]

_WORDS = """
zero one two three four five six seven eight nine
ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
twenty thirty forty fifty sixty seventy eighty ninety
"""
_FIRST, _TEENS, _TENS = (line.split() for line in _WORDS.strip().splitlines())
_UNITS = {word: str(n) for n, word in enumerate(_FIRST)}
_DIGITS = {**_UNITS, "oh": "0", "o": "0", "nought": "0", "naught": "0"}
_TIMES = {"double": 2, "triple": 3, "treble": 3}

_DIGIT = "|".join(_DIGITS)
_TOKEN = (
    rf"(?:double|triple|treble)[\s-]+(?:{_DIGIT}|\d)|(?:{'|'.join(_TENS)})"
    rf"(?:[\s-]+(?:{'|'.join(_FIRST[1:])})\b)?|{'|'.join(_TEENS)}|{_DIGIT}|hundred|\d{{1,4}}"
)
_APART = r"[\s,.\u2026-]+(?:(?:uh|um|er|erm)[\s,.\u2026-]+)*"
_RUN = re.compile(rf"(?<!\w)(?:{_TOKEN})\b(?:{_APART}(?:{_TOKEN})\b)*", re.IGNORECASE)
_ONE = re.compile(rf"\b(?:{_TOKEN})\b", re.IGNORECASE)


class SpokenNumber(NamedTuple):
    """A number in a text: its first and past-the-last character, and its digits."""

    start: int
    end: int
    digits: str


def spoken_numbers(text: str, *, least: int = 4) -> Iterator[SpokenNumber]:
    """Yield numbers of which at least two words are spoken digits.

    "Twenty two" counts as one word and "double seven" as two, so that amounts and years ("nineteen
    eighty four") are too short to count.

    Parameters
    ----------
    text
        What was said.
    least
        Words or written digits that make a number.
    """
    for run in _RUN.finditer(text):
        digits, length, spoken = "", 0, 0
        for token in _ONE.finditer(run.group()):
            word = " ".join(re.split(r"[\s-]+", token.group().lower()))
            found, weight = _value(word)
            digits += found
            length += weight
            spoken += 0 if word.isdecimal() or word in ("oh", "o", "hundred") else weight
        if length >= least and spoken >= 2:
            yield SpokenNumber(run.start(), run.end(), digits)


def _value(word: str) -> tuple[str, int]:
    """Return the digits that a word stands for, and how many words it counts for."""
    first, _, rest = word.partition(" ")
    if first in _TIMES:
        times = _TIMES[first]
        return _DIGITS.get(rest, rest) * times, times
    if word.isdecimal():
        return word, len(word)
    if first in _TENS:
        return f"{_TENS.index(first) + 2}{_UNITS.get(rest, '0')}", 1
    if word in _TEENS:
        return str(_TEENS.index(word) + 10), 1
    return ("00", 0) if word == "hundred" else (_DIGITS[word], 1)
