"""Which calls can be scored at all, and why the others are not."""

from __future__ import annotations

from itertools import islice

from callclf.features.ngrams import iter_word_spans
from callclf.transcript import Role, Transcript

__all__ = ["MAX_TURNS", "MAX_TURN_CHARACTERS", "MIN_AGENT_WORDS", "why_not_scored"]

MIN_AGENT_WORDS = 3
"""Fewer words than these in all of the agent's turns show nothing; "[PII]" is no word."""

MAX_TURNS = 20_000
"""A longer "call" is a file of many calls, read as one."""

MAX_TURN_CHARACTERS = 100_000
"""A longer "turn" is a whole call, or something else, read as one turn."""


def why_not_scored(call: Transcript, *, bots: bool = True) -> str | None:
    """Return the reason for which a call cannot be scored, or None if it can.

    Parameters
    ----------
    call
        A transcript.
    bots
        Whether a bot counts as an agent.
    """
    if not call.turns:
        return "no turns"
    scored = call.scored_turns(bots=bots)
    if not scored:
        return f"no agent turn{_who(call)}"
    if not any(turn.role is Role.CUSTOMER and turn.text.strip() for turn in call.turns):
        return "no customer turn: one side of the call is missing"
    if len(call.turns) > MAX_TURNS:
        return f"too long: {len(call.turns):,} turns (at most {MAX_TURNS:,}); many calls in one?"
    for i, turn in enumerate(call.turns):
        if len(turn.text) > MAX_TURN_CHARACTERS:
            return (
                f"too long: turn {i} has {len(turn.text):,} characters "
                f"(at most {MAX_TURN_CHARACTERS:,}); a whole call in one turn?"
            )
    words = 0
    for i in scored:
        words += sum(1 for _ in islice(iter_word_spans(call.turns[i].text), MIN_AGENT_WORDS))
        if words >= MIN_AGENT_WORDS:
            return None
    return f"too short: fewer than {MIN_AGENT_WORDS} words by the agent"


def _who(call: Transcript) -> str:
    unknown = [turn.speaker for turn in call.turns if turn.role is Role.UNKNOWN]
    if not unknown:
        return ""
    names = sorted({name for name in unknown if name})
    if not names:
        return ": the source does not say who speaks"
    listed = ", ".join(repr(name) for name in names[:4]) + (", …" if len(names) > 4 else "")
    return f": nobody said who is {listed}; map them with speakers="
