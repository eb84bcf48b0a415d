"""A whole call in one string: cut at its labels, else at its blank lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from callclf.readers.assemble import Row
from callclf.readers.labels import split_label
from callclf.readers.plain_text import split_turns
from callclf.readers.reader import ReadOptions
from callclf.readers.roles import fold, role_of
from callclf.transcript import Role

__all__ = ["text_rows"]

_WITHIN = re.compile(
    r"(?:^|(?<=[.?!\u2026\"'\u201d)\]*])[ \t]+|(?<=\|)[ \t]*)"
    r"(?P<label>(?:\*\*|__)?[^\W\d_][^:\n<>.,;!?*=|]{0,49}(?:(?:\*\*|__):|:(?:\*\*|__)|:))(?=\s)"
)
_BOLD = re.compile(r"(?<=\s)(?P<label>(\*\*|__)[^\W\d_][^:\n*]{0,49}(?:\2:|:\2))(?=\s)")
_WORDS_BEFORE_COLON = re.compile(r"(?<=\s)[^\W_][\w.-]*(?: [^\W_][\w.-]*){0,2}:(?=\s)")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


def text_rows(text: str, options: ReadOptions) -> list[Row]:
    r"""Return the turns of a call that is one string.

    Without any label, each paragraph is a turn of nobody: where one ends the text says, and who
    speaks it does not.

    >>> [row.text for row in text_rows("Agent: Hello. Customer: Hi. Agent: Yes?", ReadOptions())]
    ['Hello.', 'Hi.', 'Yes?']

    Parameters
    ----------
    text
        With a label at the beginning of lines, or all on one line.
    options
        For the names in `speakers`, which are labels too.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if "\n" not in text:
        # Written out by programs that escape twice.
        text = text.replace("\\r\\n", "\n").replace("\\n", "\n")
    if "\n" not in text:
        text = _cut(text, options)
    rows = split_turns(text, options)
    if rows:
        return rows
    return [Row(i, " ".join(part.split())) for i, part in enumerate(_PARAGRAPH.split(text))]


def _cut(line: str, options: ReadOptions) -> str:
    """Begin a new line at each label within one line.

    Only role words, names that the caller maps and labels that come back are labels here: a single
    "He said: ..." is none.
    """
    found = [
        (match.start("label"), labelled.label)
        for match in _WITHIN.finditer(line)
        if (labelled := split_label(match["label"], options.roles)) is not None
    ]
    times = Counter(fold(label) for _, label in found)
    places = {
        place
        for place, label in found
        if times[fold(label)] > 1
        or role_of(label) is not Role.UNKNOWN
        or fold(label) in options.roles
    }
    if found and found[0][0] == 0:
        places |= {0, *_unstopped(line, found[0][1], options)}
    edges = [0, *sorted(places), len(line)]
    return "\n".join(line[a:b].strip(" \t|") for a, b in pairwise(edges) if line[a:b].strip())


def _unstopped(line: str, first: str, options: ReadOptions) -> Iterator[int]:
    """Find labels that follow no full stop, in a line that begins with one.

    They are in bold, or recognisers wrote them, who set no stops: then only the first label and
    words for a side, in capitals as a label has them, are taken for one.
    """
    for match in _BOLD.finditer(line):
        if split_label(match["label"], options.roles) is not None:
            yield match.start("label")
    for match in _WORDS_BEFORE_COLON.finditer(line):
        words = match[0].removesuffix(":").split(" ")
        for i in range(len(words)):
            label = " ".join(words[i:])
            if fold(label) == fold(first) or _is_side(label):
                yield match.end() - 1 - len(label)
                break


def _is_side(label: str) -> bool:
    return label[:1].isupper() and role_of(label) in (Role.AGENT, Role.CUSTOMER, Role.BOT)
