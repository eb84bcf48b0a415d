"""Groups of tokens that augmentation and corruption exchange for each other."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from tokenizers import Tokenizer

__all__ = ["Vocabulary", "read_vocabulary"]

_LIKE = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "january february march april may june july august september october november december",
    "one two three four five six seven eight nine ten",
    "morning afternoon evening",
    "today tomorrow",
    "north south east west",
    "red blue black white green yellow silver",
    "london paris berlin rome chicago boston denver seattle houston dallas miami atlanta phoenix",
    "breakfast lunch dinner",
    "cheap moderate expensive",
    "small medium large",
    "indian chinese italian mexican thai japanese french",
    "chicken beef fish pork cheese rice",
    "debit credit",
    "monthly weekly daily yearly",
    "cable router phone laptop camera tablet",
)

_FILLERS = ("uh", "um", "er", "well", "so", "you know", "i mean", "like", "okay", "right")

_NAMES = """
maria ahmed chen fatima joseph anna ali kim sofia ivan priya samuel elena omar david nina
hassan lucia peter rosa ravi emma carlos mary ibrahim julia wang sarah miguel amy yusuf helen pablo
grace igor daniel leila thomas anita marco susan abdul karen jorge olga john claire mustafa linda
singh garcia khan nguyen smith patel kowalski silva okafor murphy schmidt lopez diaz
cohen novak jones tanaka ivanov kaya costa andersen
"""


@dataclass(frozen=True)
class Vocabulary:
    """What is known of single tokens.

    Parameters
    ----------
    mask
        The token that hides a word.
    punctuation
        Tokens that are no words.
    alike
        Token to the tokens of its own kind: numbers of as many digits, days, names, colours.
    names
        Tokens that are first or family names, from many cultures.
    fillers
        Token sequences that people put in while they think.
    """

    mask: int
    punctuation: frozenset[int]
    alike: dict[int, tuple[int, ...]]
    names: tuple[int, ...] = ()
    fillers: tuple[tuple[int, ...], ...] = ()


def read_vocabulary(tokenizer: Tokenizer) -> Vocabulary:
    """Sort the tokens of a BERT vocabulary into kinds."""
    tokens = tokenizer.get_vocab()
    numbers: dict[tuple[bool, int], list[int]] = defaultdict(list)
    for token, number in sorted(tokens.items()):
        if re.fullmatch(r"(##)?[0-9]+", token):
            numbers[token.startswith("##"), len(token.strip("#"))].append(number)
    names = tuple(sorted({tokens[name] for name in _NAMES.split() if name in tokens}))
    kinds = [names, *(tuple(kind) for kind in numbers.values())]
    kinds += [tuple(tokens[w] for w in words.split() if w in tokens) for words in _LIKE]
    return Vocabulary(
        mask=tokens["[MASK]"],
        punctuation=frozenset(n for t, n in tokens.items() if re.fullmatch(r"[^\w\s\[\]]", t)),
        alike={number: kind for kind in kinds for number in kind},
        names=names,
        fillers=tuple(
            tuple(tokens[word] for word in filler.split())
            for filler in _FILLERS
            if all(word in tokens for word in filler.split())
        ),
    )
