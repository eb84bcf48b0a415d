"""Ways to change a call and nothing else about it: its words, or turns put in between."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from callclf.transcript import Role, Transcript, Turn

__all__ = ["exchange", "in_style", "insert", "replace_words", "rewrite"]

_SPOKEN = (Role.AGENT, Role.BOT, Role.CUSTOMER)


def rewrite(call: Transcript, change: Callable[[str], str]) -> Transcript:
    """Return the call with the text of what agents, bots and customers say changed."""
    turns = [replace(t, text=change(t.text)) if t.role in _SPOKEN else t for t in call.turns]
    return _with(call, turns)


def insert(call: Transcript, position: int, turns: Sequence[Turn]) -> Transcript:
    """Return the call with turns put in before the turn at a position."""
    kept = [replace(turn, source_index=None) for turn in call.turns]
    return _with(call, [*kept[:position], *turns, *kept[position:]])


def exchange(call: Transcript, customer: str, agent: str) -> list[Turn]:
    """Return a customer's turn and an agent's, in the call's style."""
    return [
        Turn(Role.CUSTOMER, in_style(customer, call)),
        Turn(Role.AGENT, in_style(agent, call)),
    ]


def in_style(words: str, call: Transcript) -> str:
    """Return words as the call writes: bare where it has neither capitals nor full stops.

    Recognisers give such calls; an added sentence with both would stand out.
    """
    said = "".join(turn.text for turn in call.turns)
    if said != said.lower() or re.search(r"[.?!,]", said):
        return words
    return re.sub(r"[^\w' ]", "", words.lower())


def replace_words(text: str, new: Mapping[str, str]) -> str:
    """Return the text with whole words replaced, in the case in which they were written.

    Parameters
    ----------
    text
        Any text.
    new
        Word or words, lower case, to what stands there instead.
    """
    if not new:
        return text
    longest_first = sorted(new, key=len, reverse=True)
    pattern = rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"
    return re.sub(pattern, lambda m: _in_case(new[m[0].lower()], m[0]), text, flags=re.IGNORECASE)


def _in_case(word: str, like: str) -> str:
    if like.islower():
        return word.lower()
    return word.upper() if like.isupper() and len(like) > 1 else word


def _with(call: Transcript, turns: Sequence[Turn]) -> Transcript:
    return Transcript(turns, call.id, call.channel, call.meta)
