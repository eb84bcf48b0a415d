"""Speaker labels in running text: "Agent: Hello", "**Customer:** Hi", "Sarah Johnson: Hi"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from callclf.readers.roles import fold, role_of
from callclf.transcript import Role

__all__ = ["Labelled", "split_label"]

_LABEL = re.compile(
    r"""
    [ \t]*(?:-[ ]+)?                                # a dash, as subtitles have it
    (?P<bold>\*\*|__)?
    (?P<label>(?:(?:Dr|Mr|Mrs|Ms)\.[ ])?[^\W\d_][^:\n<>.,;!?*=]{0,49}?)
    (?:[ ]*[(\[](?P<time>\d{1,2}:\d\d(?::\d\d)?)[)\]])?  # "Agent (00:12):"
    [ ]*(?:(?:\*\*|__)[ ]*:|:[ ]*(?:\*\*|__)|:)
    (?=\s|$)[ \t]*
    """,
    re.VERBOSE,
)
_ANONYMOUS = re.compile(r"(?:spk|speaker|channel|ch|voice|participant|person|party)[ _-]?\d+", re.I)
_LONGEST = 5
"""Words in a label; more are a sentence with a colon in it."""


class Labelled(NamedTuple):
    """A line that says who speaks."""

    label: str
    text: str
    time: str | None


def split_label(line: str, roles: Mapping[str, Role] | None = None) -> Labelled | None:
    """Take the speaker's label off a line; None if there is none.

    A label is a role word, a capitalised name, an anonymous number ("spk_0") or what the caller
    named. Anything else before a colon is part of what is said.

    >>> split_label("**Agent:** One moment: I look.")
    Labelled(label='Agent', text='One moment: I look.', time=None)
    >>> split_label("the price is: 5") is None
    True

    Parameters
    ----------
    line
        One line of text.
    roles
        The caller's map, `ReadOptions.roles`.
    """
    match = _LABEL.match(line)
    if match is None:
        return None
    label = match["label"].strip()
    words = label.split()
    if not words or len(words) > _LONGEST:
        return None
    named = all(word[0].isupper() or not word[0].isalpha() for word in words)
    known = role_of(label) is not Role.UNKNOWN and len(words) <= 3
    if named or known or _ANONYMOUS.fullmatch(label) or fold(label) in (roles or {}):
        return Labelled(label, line[match.end() :].strip(), match["time"])
    return None
