"""A call as an encoder reads it: windows of tokens in which every scored turn has a marker.

A whole call goes through the encoder once, and each scored turn's marker gathers what the turn is
worth in its context: what the customer asked two turns ago, and what they have already given.
Roles never share a turn: every turn opens with its side's marker and carries its side's number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from callclf.transcript import Role, Transcript

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["TokenTurn", "TokenWindow", "WindowLimits", "cut_windows", "token_turns"]

COMPANY, CUSTOMER = 0, 1
"""Numbers of the sides, which are also the encoder's segments."""


@dataclass(frozen=True)
class WindowLimits:
    """How much an encoder reads at once.

    Parameters
    ----------
    window
        Tokens in a window, at most; a call that does not fit is cut into several. Of a turn that
        would fill it alone, less than `turn` is kept.
    turn
        Tokens kept of one turn: of a longer one the first two thirds and the last third, because
        a long turn says what it is about at its ends.
    overlap
        Share of a window, at most, that repeats what came before the turns that are scored in it.
    """

    window: int = 256
    turn: int = 80
    overlap: float = 0.4


@dataclass(frozen=True)
class TokenTurn:
    """One turn of the company or the customer.

    Parameters
    ----------
    company
        Whether the company speaks, so that the turn is scored.
    ids
        Tokens of its words.
    place
        Its index in the transcript.
    """

    company: bool
    ids: tuple[int, ...]
    place: int


@dataclass(frozen=True)
class TokenWindow:
    """A stretch of a call.

    Parameters
    ----------
    ids, sides
        Token and side at each position.
    marks
        Positions of the markers of the turns that are scored in this window.
    turns
        Those turns, as indices into the list of `TokenTurn` that was cut.
    """

    ids: list[int]
    sides: list[int]
    marks: list[int]
    turns: list[int]


@dataclass(frozen=True)
class _Marks:
    """Tokens with a meaning of their own: first and last of a window, first of a turn a side."""

    first: int
    last: int
    sides: tuple[int, int]


def marks_of(tokenizer: Tokenizer) -> _Marks:
    """Return the special tokens of a BERT vocabulary."""
    vocabulary = tokenizer.get_vocab()
    ids = [vocabulary[token] for token in ("[CLS]", "[SEP]", "[unused0]", "[unused1]")]
    return _Marks(ids[0], ids[1], (ids[2], ids[3]))


def token_turns(
    call: Transcript, tokenizer: Tokenizer, *, bots: bool = True, longest: int = 4000
) -> list[TokenTurn]:
    """Return the turns that an encoder reads, those of the company and of the customer, in order.

    Parameters
    ----------
    call
        A transcript.
    tokenizer
        Of the encoder.
    bots
        Whether a bot speaks for the company; if not, its turns are left out like the system's.
    longest
        Characters of a turn that are looked at: from each end, half of them.
    """
    chosen = [
        (i, turn.role is not Role.CUSTOMER, _ends(turn.text, longest))
        for i, turn in enumerate(call.turns)
        if turn.role in (Role.AGENT, Role.CUSTOMER) or (bots and turn.role is Role.BOT)
    ]
    encoded = tokenizer.encode_batch([text for _, _, text in chosen], add_special_tokens=False)
    return [
        TokenTurn(company, tuple(encoding.ids), i)
        for (i, company, _), encoding in zip(chosen, encoded, strict=True)
    ]


def cut_windows(
    turns: Sequence[TokenTurn], marks: _Marks, limits: WindowLimits
) -> list[TokenWindow]:
    """Cut a call into windows; every turn of the company is scored in exactly one.

    A turn is scored where as much as possible of what came before it, and the reply to it, stand
    in the same window.

    Parameters
    ----------
    turns
        From `token_turns`.
    marks
        From `marks_of`.
    limits
        How much goes into a window.
    """
    inside = limits.window - 2  # but for its first and its last token
    most = min(limits.turn, inside - 1)
    pieces = [
        [marks.sides[COMPANY if turn.company else CUSTOMER], *_clipped(turn.ids, most)]
        for turn in turns
    ]
    sizes = [len(piece) for piece in pieces]
    windows: list[TokenWindow] = []
    done = 0
    while done < len(turns):
        # What is repeated must leave room for the turn itself.
        room = min(int(limits.overlap * limits.window), inside - sizes[done])
        start = _start(sizes, done, room)
        end = _end(sizes, start, done, inside)
        # The last turn but for the call's own is left to the next window, where its reply stands.
        scored_to = end if end == len(turns) else max(done + 1, end - 1)
        window = TokenWindow([marks.first], [COMPANY], [], [])
        for k in range(start, end):
            if turns[k].company and done <= k < scored_to:
                window.marks.append(len(window.ids))
                window.turns.append(k)
            window.ids.extend(pieces[k])
            window.sides.extend([COMPANY if turns[k].company else CUSTOMER] * sizes[k])
        window.ids.append(marks.last)
        window.sides.append(COMPANY)
        if window.turns:
            windows.append(window)
        done = scored_to
    return windows


def _start(sizes: Sequence[int], done: int, room: int) -> int:
    """Return the first turn that is repeated before turn `done`, within `room` tokens."""
    start = done
    while start > 0 and sizes[start - 1] <= room:
        start -= 1
        room -= sizes[start]
    return start


def _end(sizes: Sequence[int], start: int, done: int, inside: int) -> int:
    """Return the turn after the last that fits, from `start` on; turn `done` always does."""
    room = inside - sum(sizes[start : done + 1])
    end = done + 1
    while end < len(sizes) and sizes[end] <= room:
        room -= sizes[end]
        end += 1
    return end


def _clipped(ids: Sequence[int], most: int) -> Sequence[int]:
    head = most * 2 // 3
    return ids if len(ids) <= most else [*ids[:head], *ids[len(ids) - most + head :]]


def _ends(text: str, longest: int) -> str:
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]} {text[-half:]}"
