"""Hashed word n-grams of many texts at once, by a vectorised rolling hash.

Texts are normalised to lower-case letters, digits as "0", and question marks as words of their
own, so that casing and punctuation, which a speech recogniser invents, change almost nothing.
What stands where words were taken out ("[NAME]", "XXXX", "****") is no word.

The hash of the bytes from s to e is (H[e] - H[s]) * P**-s with H[i] the sum of byte[j] * P**j,
all modulo 2**64: after one cumulative sum, every word of every text costs one subtraction and
one multiplication (after Karp and Rabin, "Efficient randomized pattern-matching algorithms", IBM
Journal of Research and Development 31(2), 1987).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from callclf.cached import cached_property

__all__ = ["HashSet", "Words", "hash_words", "iter_word_spans", "normalise", "slots", "word_spans"]

HashArray = npt.NDArray[np.uint64]
IntArray = npt.NDArray[np.int64]

_PRIME = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SPACE = 32
_BORDER = "\x1f"  # the unit separator of ASCII stands between texts

_TABLE = bytearray(b" " * 128 + bytes(range(128, 256)))
for _byte in b"abcdefghijklmnopqrstuvwxyz?\x1f":
    _TABLE[_byte] = _byte
for _byte in b"0123456789":
    _TABLE[_byte] = ord("0")
_TABLE_BYTES = bytes(_TABLE)
_APOSTROPHES = re.compile("['\u2018\u2019]")
# Dashes, quotation marks and the ellipsis of typeset text, and the blocks that black out words:
# as good as spaces.
_BLANK = "\u2010-\u2015\u201c-\u201f\u2026\u00a0\u2580-\u259f\u25a0\u25aa\u25cf"
_TYPESET = re.compile(f"[{_BLANK}]")

# One identifier in brackets: "[PII]", "{name}", "<phone_1>"; "[DATE OF BIRTH]" in capitals only, as
# people write asides in brackets too. "[here](address)" is a link. Keyed by what is quick to find.
_NAMED = r"[A-Za-z](?:[\w-]{0,38}|[A-Z0-9_ -]{0,38})"
_MARKS = {
    "[": re.compile(rf"\[{_NAMED}\](?!\()", re.ASCII),
    "{": re.compile(rf"\{{{_NAMED}\}}", re.ASCII),
    "<": re.compile(rf"<{_NAMED}>", re.ASCII),
}
# A word of crosses, "XXXX" or "xxx1234", among normalised words and in the original text. Runs of
# "*", "#" and "_" need no rule: punctuation is no word.
_CROSSES = re.compile(rb"xx(?<![^ ?\x1f]xx)[x0]*(?![^ ?\x1f])")
_CROSSED = re.compile("(?:['\u2018\u2019]*[xX]){2}[xX0-9'\u2018\u2019]*")


@dataclass(frozen=True)
class Words:
    """The words of a list of texts, as hashes.

    Parameters
    ----------
    hashes
        64-bit hash of every word, shape (n_words,), text after text.
    starts
        Position of each text's first word, and the number of words, shape (n_texts + 1,).
    """

    hashes: HashArray
    starts: IntArray

    @cached_property
    def counts(self) -> IntArray:
        """Number of words of each text, shape (n_texts,)."""
        return self.starts[1:] - self.starts[:-1]

    def ngrams(self, length: int) -> Words:
        """Return the n-grams of `length` words, which never reach from one text into the next."""
        if length == 1:
            return self
        hashes = self._rolled(length)
        starts = np.zeros_like(self.starts)
        np.cumsum(np.maximum(self.counts - (length - 1), 0), out=starts[1:])
        return Words(hashes[self._left[: len(hashes)] >= length], starts)

    def _rolled(self, length: int) -> HashArray:
        """Return the hashes of `length` words in a row, also across the ends of texts."""
        while len(self._rows) < length:
            k = len(self._rows)
            self._rows.append(_mix((self._rows[-1][:-1] * _PRIME) ^ self.hashes[k:]))
        return self._rows[length - 1]

    @cached_property
    def _rows(self) -> list[HashArray]:
        return [self.hashes]

    @cached_property
    def _left(self) -> IntArray:
        """Number of words from each word to the end of its text."""
        return np.repeat(self.starts[1:], self.counts) - np.arange(len(self.hashes))


def normalise(text: str) -> bytes:
    r"""Return the bytes that are hashed: words between single or repeated spaces.

    >>> normalise("I'm NOT paying £20 — ok?")
    b'im not paying \xc2\xa300   ok ? '
    """
    text = _without_marks(text).lower()
    if not text.isascii():
        text = _TYPESET.sub(" ", text)
    text = _APOSTROPHES.sub("", text) if "'" in text or not text.isascii() else text
    data = text.replace("?", " ? ").encode("utf-8", "replace").translate(_TABLE_BYTES)
    return _CROSSES.sub(b" ", data) if b"xx" in data else data


# The same words as in `normalise`, found in the original text.
_WORD = re.compile(f"\\?|(?:[a-zA-Z0-9'\u2018\u2019]|[^\x00-\x7f{_BLANK}])+")


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return first and past-the-last character of every word that `hash_words` sees.

    >>> word_spans("Don't — ok?")
    [(0, 5), (8, 10), (10, 11)]
    """
    return list(iter_word_spans(text))


def iter_word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield what `word_spans` returns, for those who need to see only the first few words."""
    for match in _WORD.finditer(_without_marks(text)):
        word = match.group().strip("'\u2018\u2019")
        if word and not _CROSSED.fullmatch(word):
            yield match.span()


def hash_words(texts: Sequence[str]) -> Words:
    """Hash every word of every text.

    Equal words have equal hashes; different words collide with a chance of about 2**-64.
    """
    joined = _BORDER.join(texts)
    if joined.count(_BORDER) >= max(len(texts), 1):  # some text has the border character in it
        joined = _BORDER.join(text.replace(_BORDER, " ") for text in texts)
    data = np.frombuffer(b" " + normalise(joined) + b" ", dtype=np.uint8)
    border = data == ord(_BORDER)
    space = (data == _SPACE) | border
    first = np.flatnonzero(space[:-1] & ~space[1:]) + 1
    last = np.flatnonzero(~space[:-1] & space[1:]) + 1
    powers, inverses = _powers(len(data))
    total = np.zeros(len(data) + 1, dtype=np.uint64)
    np.cumsum(data * powers, out=total[1:])
    hashes = _mix((total[last] - total[first]) * inverses[first])
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    starts[1:-1] = np.searchsorted(first, np.flatnonzero(border))
    starts[-1] = len(first) if len(texts) else 0
    return Words(hashes, starts)


def slots(hashes: HashArray, bits: int, salt: int = 0) -> npt.NDArray[np.int64]:
    """Return places in a table of 2**bits rows; another salt gives independent places."""
    salted = _mix(hashes ^ np.uint64(salt * 0x9E3779B97F4A7C15 % 2**64))
    return (salted >> np.uint64(64 - bits)).astype(np.int64)


class HashSet:
    """A fixed set of hashes, asked about many hashes at once.

    Most questions are answered by a bitmap; only what it lets through is looked up exactly. Sorting
    the questions, as `numpy.isin` does, would cost more than all the rest of hashing.

    Parameters
    ----------
    hashes
        The set; duplicates do not matter.
    """

    def __init__(self, hashes: HashArray) -> None:
        self.hashes = np.unique(hashes)
        self._bits = 10 + max(len(self.hashes) - 1, 1).bit_length()  # 1 in 1,000 gets through
        self._bitmap = np.zeros(1 << self._bits, dtype=bool)
        self._bitmap[slots(self.hashes, self._bits)] = True

    def find(self, hashes: HashArray) -> tuple[IntArray, IntArray]:
        """Return which questions are in the set, and where in `self.hashes` each of them is."""
        maybe = np.flatnonzero(self._bitmap[slots(hashes, self._bits)])
        place = np.minimum(np.searchsorted(self.hashes, hashes[maybe]), len(self.hashes) - 1)
        true = self.hashes[place] == hashes[maybe]
        return maybe[true], place[true]


def _without_marks(text: str) -> str:
    """Replace marks in brackets by as many spaces, so that all places stay."""
    for bracket, pattern in _MARKS.items():
        if bracket in text:
            text = pattern.sub(_spaces, text)
    return text


def _spaces(mark: re.Match[str]) -> str:
    return " " * len(mark.group())


def _mix(hashes: HashArray) -> HashArray:
    # The high bits of a polynomial hash are good, the low ones are not: fold and multiply.
    mixed: HashArray = (hashes ^ (hashes >> np.uint64(31))) * _MIX
    return mixed ^ (mixed >> np.uint64(29))


_KEPT = 1 << 20
"""Powers for so many bytes are kept, 32 MB in all; a batch of calls seldom has half as many."""


def _power_tables(size: int) -> tuple[HashArray, HashArray]:
    tables = []
    for base in (_PRIME, _INVERSE):
        table = np.full(size, base, dtype=np.uint64)
        table[0] = 1
        tables.append(np.multiply.accumulate(table))
    return tables[0], tables[1]


_kept_tables = cache(_power_tables)


def _powers(size: int) -> tuple[HashArray, HashArray]:
    if size > _KEPT:  # one huge call must not hold its memory for as long as the process lives
        return _power_tables(size)
    # Sizes are rounded up to powers of two, so that few tables are ever kept.
    forward, backward = _kept_tables(1 << max(size - 1, 1).bit_length())
    return forward[:size], backward[:size]
