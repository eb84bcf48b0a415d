"""Speaker labels in running text: "Agent: Hello", "**Customer:** Hi", "[SPEAKER_00]: Hi"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from callclf.readers.roles import fold, role_of
from callclf.transcript import Role

__all__ = ["Labelled", "is_anonymous", "split_label"]

_TIME = r"\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d{1,3})?"
_BEFORE = r"[ \t]*(?:(?:-|>{1,3}|[*\u2022\u2013\u2014]|\d{1,3}[.)])[ \t]+)?"
"""A dash or ">>", as subtitles have them, a list's bullet or number."""

_NAME = r"(?P<label>(?:(?:Dr|Mr|Mrs|Ms)\.[ ])?[^\W\d_][^:\uff1a\n<>.,;!?*=|\t\[]{0,49}?)"
_STAMP = rf"[(\[](?P<time>{_TIME})[)\]]"
_COLON = re.compile(
    rf"""
    {_BEFORE}(?P<bold>\*{{1,3}}|__)?{_NAME}
    (?:[ ]*{_STAMP})?                                   # "Agent (00:12): Hello"
    [ ]*(?:(?:\*+|__)[ ]*[:\uff1a]|[:\uff1a][ ]*(?:\*+|__)|(?P<colon>[:\uff1a]))
    (?:(?P<gap>(?=\s|$)[ \t]*)|(?!\d))
    (?:[(\[](?P<late>{_TIME})[)\]](?=\s|$)[ \t]*)?      # "Speaker 1: (00:12)"
    """,
    re.VERBOSE,
)
_BRACKETS = re.compile(
    rf"{_BEFORE}[\[(<](?P<label>[^\W\d_][^:\n<>()\[\]]{{0,49}})[\])>][ ]*(?P<colon>:)?(?:\s+|$)"
)
_BARE = re.compile(rf"{_BEFORE}{_NAME}[ ]+[-\u2013\u2014][ ]+(?=\S)")
_OWN_LINE = re.compile(rf"[ \t]*{_NAME}[ \t]+[(\[]?(?P<time>{_TIME})[)\]]?[ \t]*")
"""The label and a time on a line of their own, and the words below."""

_ANONYMOUS = re.compile(r"(?:spk|speaker|channel|ch|voice|participant|person|party)[ _-]?\d+", re.I)
_LONGEST = 5
"""Words in a label; more are a sentence with a colon in it."""


class Labelled(NamedTuple):
    """A line that says who speaks."""

    label: str
    text: str
    time: str | None


def is_anonymous(label: str) -> bool:
    """Say whether a label is a number that a recogniser gave: "Speaker 1"."""
    return _ANONYMOUS.fullmatch(label) is not None


def split_label(line: str, roles: Mapping[str, Role] | None = None) -> Labelled | None:
    """Take the speaker's label off a line; None if there is none.

    A label is a role word, a capitalised name, an anonymous number ("spk_0") or what the caller
    named, before a colon; in brackets, or before a dash, a name is none. Anything else is part of
    what is said.

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
    roles = roles or {}
    match = _OWN_LINE.fullmatch(line)
    if match is not None:
        label = match["label"].strip()
        if _is_known(label, roles) or _is_name(label):
            return Labelled(label, "", match["time"])
    match = _COLON.match(line)
    if match is not None:
        label = match["label"].strip()
        # "Re:foo" and "12:30" are words; "Agent:Hello" is not.
        spaced = match["gap"] is not None or match["colon"] != ":"
        if _is_known(label, roles) or (spaced and _is_name(label)):
            return Labelled(label, line[match.end() :].strip(), match["time"] or match["late"])
    match = _BRACKETS.match(line)
    if match is not None:
        label = match["label"].strip()
        if _is_known(label, roles) or (match["colon"] and _is_name(label)):
            return Labelled(label, line[match.end() :].strip(), None)
    match = _BARE.match(line)
    if match is not None and _is_known(label := match["label"].strip(), roles):
        return Labelled(label, line[match.end() :].strip(), None)
    return None


def _is_known(label: str, roles: Mapping[str, Role]) -> bool:
    if is_anonymous(label) or fold(label) in roles:
        return True
    return len(label.split()) <= 3 and role_of(label) is not Role.UNKNOWN


def _is_name(label: str) -> bool:
    words = label.split()
    if not 0 < len(words) <= _LONGEST:
        return False
    return all(word[0].isupper() or not word[0].isalpha() for word in words)
