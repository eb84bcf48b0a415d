"""Phrases that say something by themselves; explanations mark their words.

The phrases stand in `resources/cues.toml`. A batch of turns is searched through the hashes of its
n-grams, which costs a hundredth of matching token by token; a single turn, to be explained, is
matched by spaCy, which says where the words are. Both see the same words.
"""

from __future__ import annotations

import itertools
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from callclf.features.ngrams import HashSet, Words, hash_words, normalise, word_spans
from callclf.features.windows import Windows, prefix_sum

if TYPE_CHECKING:
    from spacy.matcher import PhraseMatcher
    from spacy.vocab import Vocab

__all__ = ["CUE_NAMES", "Cue", "CueSpan", "cue_flags", "cue_spans", "find_cues", "load_cues"]

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cue:
    """A named set of phrases, each normalised words in order, said by one side."""

    name: str
    company: bool
    phrases: frozenset[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CueSpan:
    """Words `start` to `end` (past the last) of a text are a phrase of the cue."""

    name: str
    start: int
    end: int


@cache
def load_cues() -> tuple[Cue, ...]:
    """Return the cues of `resources/cues.toml`, in order."""
    text = resources.files("callclf").joinpath("resources/cues.toml").read_text("utf-8")
    return tuple(
        Cue(
            entry["name"],
            entry["speaker"] == "agent",
            frozenset(phrase for pattern in entry["patterns"] for phrase in _expand(pattern)),
        )
        for entry in tomllib.loads(text)["cues"]
    )


def _expand(pattern: str) -> set[tuple[str, ...]]:
    choices = []
    for word in pattern.split():
        optional = len(word) > 1 and word.endswith("?")
        alternatives = (word[:-1] if optional else word).split("|")
        choices.append([*alternatives, *([""] if optional else [])])
    return {
        tuple(normalise(" ".join(words)).decode().split()) for words in itertools.product(*choices)
    }


_CUSTOMER = tuple(cue.name for cue in load_cues() if not cue.company)

CUE_NAMES = (
    *(f"turn:{cue.name}" for cue in load_cues() if cue.company),
    *(f"customer:{name}" for name in _CUSTOMER),
    *(f"reply:{name}" for name in _CUSTOMER),
)


def find_cues(windows: Windows, words: Words) -> BoolArray:
    """Return which text holds which cue of its own side, shape (n_texts, n_cues)."""
    found = np.zeros((len(windows.texts), len(load_cues())), dtype=bool)
    table = _table()
    grams = [words.ngrams(length) for length in table.lengths]
    hits, places = table.phrases.find(np.concatenate([each.hashes for each in grams]))
    # The n-grams of one length stand after those of another: so do the places where texts begin.
    sizes = np.array([len(each.hashes) for each in grams])
    starts = [each.starts[:-1] + low for each, low in zip(grams, prefix_sum(sizes), strict=False)]
    texts = np.searchsorted(np.concatenate(starts), hits, side="right") - 1
    np.logical_or.at(found, texts % max(len(found), 1), table.cue_of[places])
    found &= windows.company[:, None] == table.company
    return found


def cue_flags(windows: Windows, found: BoolArray) -> npt.NDArray[np.float32]:
    """Return the cue features of every scored turn, shape (n_turns, len(CUE_NAMES)).

    Parameters
    ----------
    windows
        Texts and contexts.
    found
        From `find_cues`.
    """
    total = prefix_sum(found)
    company = _table().company
    parts = []
    for channel, chosen in (("turn", company), ("customer", ~company), ("reply", ~company)):
        low, high = windows.ranges[channel].T
        parts.append((total[high] > total[low])[:, chosen])
    return np.concatenate(parts, axis=1).astype(np.float32)


def cue_spans(text: str, *, company: bool) -> list[CueSpan]:
    """Return which words of a text are cues of one side, in order."""
    from spacy.tokens import Doc  # here: spaCy costs 0.5 s that scoring does not need

    (vocab, matcher), known = _matcher(), _phrase_words()
    words = (normalise(text[start:end]).decode().strip() for start, end in word_spans(text))
    # spaCy keeps a word for ever, and in a memory zone the room for it: it sees no new ones. So
    # nothing changes in it either, and threads can share it.
    doc = Doc(vocab, words=[word if word in known else _OTHER for word in words])
    named = [(vocab.strings[key], start, end) for key, start, end in matcher(doc)]
    side = {cue.name for cue in load_cues() if cue.company == company}
    return [CueSpan(*match) for match in sorted(named, key=lambda m: m[1:]) if match[0] in side]


@dataclass(frozen=True)
class _Table:
    """All phrases as hashes.

    Parameters
    ----------
    lengths
        Words in a phrase that there are.
    phrases
        Hashes of the phrases; those of different lengths differ like those of different words.
    cue_of
        Which cues each phrase belongs to, shape (n_phrases, n_cues).
    company
        Whether the company says the cue, shape (n_cues,).
    """

    lengths: tuple[int, ...]
    phrases: HashSet
    cue_of: BoolArray
    company: BoolArray


@cache
def _table() -> _Table:
    cues_of: dict[tuple[str, ...], list[int]] = {}
    for k, cue in enumerate(load_cues()):
        for phrase in cue.phrases:
            cues_of.setdefault(phrase, []).append(k)
    hashes = np.concatenate(
        [hash_words([" ".join(phrase)]).ngrams(len(phrase)).hashes for phrase in cues_of]
    )
    phrases = HashSet(hashes)
    cue_of = np.zeros((len(phrases.hashes), len(load_cues())), dtype=bool)
    for place, cues in zip(np.searchsorted(phrases.hashes, hashes), cues_of.values(), strict=True):
        cue_of[place, cues] = True
    lengths = tuple(sorted({len(phrase) for phrase in cues_of}))
    return _Table(lengths, phrases, cue_of, np.array([cue.company for cue in load_cues()]))


_OTHER = "*"
"""Stands for every word that no phrase has; no word itself."""


@cache
def _phrase_words() -> frozenset[str]:
    return frozenset(word for cue in load_cues() for phrase in cue.phrases for word in phrase)


@cache
def _matcher() -> tuple[Vocab, PhraseMatcher]:
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

    vocab = Vocab()  # a pipeline, even a blank one, imports all that is installed for pipelines
    matcher = PhraseMatcher(vocab)
    for cue in load_cues():
        matcher.add(cue.name, [Doc(vocab, words=list(p)) for p in sorted(cue.phrases)])
    return vocab, matcher
