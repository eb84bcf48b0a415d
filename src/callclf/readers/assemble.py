"""From a source's rows to a `Transcript`: the steps that are the same for every format."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from callclf.errors import ReadError
from callclf.readers.reader import ReadOptions
from callclf.readers.roles import fold, role_of
from callclf.transcript import Role, Transcript, Turn

__all__ = ["Row", "assemble", "well_formed"]

_LATEST_FIRST = 3600
"""Seconds. Where nobody speaks before, times are likely those of a clock, or in another unit."""

_NAMED = 5
"""Speakers listed in a warning before it says how many more there are."""


class Row(NamedTuple):
    """What a source says about one turn.

    Parameters
    ----------
    source_index
        Position in the source's own list, 0-based.
    text
        May be None or empty: the row is then dropped.
    role
        The source's word for the role, as it stands.
    speaker
        Id or name of the speaker, as it stands.
    start, end
        Seconds from the start of the call; NaN for a value that is no time.
    """

    source_index: int
    text: str | None
    role: str | None = None
    speaker: str | None = None
    start: float | None = None
    end: float | None = None


class _Seen:
    """What came up while turns were built, for the warnings."""

    def __init__(self) -> None:
        self.problems: Counter[str] = Counter()
        self.names: set[str] = set()


def assemble(
    rows: Iterable[Row],
    options: ReadOptions,
    *,
    format: str,
    id: str | None = None,
    channel: str | None = None,
    meta: Mapping[str, Any] | None = None,
    merge: bool = False,
) -> Transcript:
    """Build a transcript: resolve roles, drop empty turns, mend times, sort.

    Turns are sorted by start, stably, if all of them have one; else the source's order stays.

    Parameters
    ----------
    rows
        The source's turns in its own order.
    options
        The caller's; `speakers` wins over every word in the source.
    format
        Name of the reader, kept in `meta`.
    id, channel, meta
        Of the transcript. `meta["warnings"]`, a list, may hold the reader's own.
    merge
        Whether neighbours of one speaker become one turn, as captions need.

    Raises
    ------
    ReadError
        If no turn has any words.
    """
    seen = _Seen()
    turns = [_turn(row, options, seen) for row in rows if row.text and not row.text.isspace()]
    if not turns:
        raise ReadError("no turns: nobody says or writes anything in this call")
    starts = [turn.start for turn in turns if turn.start is not None]
    if len(starts) == len(turns):
        turns.sort(key=_start)
    elif starts:
        seen.problems["no start time, so the source's order is kept"] = len(turns) - len(starts)
    if starts and min(starts) > _LATEST_FIRST:
        seen.problems["the first start is over an hour into the call; wrong unit?"] = 1
    warnings = [f"{text} ({_turns(count)})" for text, count in seen.problems.items()]
    warnings += _speaker_warnings(turns, options, seen)
    meta = dict(meta or {}, format=format)
    if warnings := [*meta.pop("warnings", []), *warnings]:
        meta["warnings"] = warnings
    return Transcript(_merged(turns) if merge else turns, id, channel, meta)


def well_formed(text: str) -> str:
    """Replace halves of surrogate pairs, which no UTF-8 file or tokeniser can hold, by U+FFFD.

    Systems that cut texts at a number of UTF-16 units leave them behind, in the middle of emoji.
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _turn(row: Row, options: ReadOptions, seen: _Seen) -> Turn:
    start, end = _usable(row.start, "start", seen), _usable(row.end, "end", seen)
    if start is not None and end is not None and end < start:
        seen.problems["end before start: end dropped"] += 1
        end = None
    speaker = well_formed(row.speaker) if row.speaker else None
    # The role word first: a speaker called "Agent Smith" may well be the customer.
    names = [name for name in (row.role, speaker) if name]
    seen.names.update(map(fold, names))
    mapped = [options.roles[key] for name in names[::-1] if (key := fold(name)) in options.roles]
    known = [role for name in names if (role := role_of(name)) is not Role.UNKNOWN]
    role = [*mapped, *known, Role.UNKNOWN][0]
    text = well_formed((row.text or "").strip())
    return Turn(role, text, speaker or row.role, start, end, row.source_index)


def _usable(value: float | None, name: str, seen: _Seen) -> float | None:
    if value is None:
        return None
    if not math.isfinite(value):
        seen.problems[f"{name} is no time: dropped"] += 1
        return None
    if value < 0:
        seen.problems[f"{name} is negative: dropped"] += 1
        return None
    return float(value)


def _start(turn: Turn) -> float:
    return turn.start or 0.0


def _turns(count: int) -> str:
    return f"{count} turn" if count == 1 else f"{count} turns"


def _speaker_warnings(turns: list[Turn], options: ReadOptions, seen: _Seen) -> Iterable[str]:
    unknown = [turn for turn in turns if turn.role is Role.UNKNOWN]
    names = list(dict.fromkeys(t.speaker for t in unknown if t.speaker))
    if names:
        listed = ", ".join(map(repr, names[:_NAMED]))
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"speakers not mapped to a role: {listed}{more}; pass speakers={{...}}"
    if nameless := sum(not turn.speaker for turn in unknown):
        yield f"nobody is named as speaker, so the role is unknown ({_turns(nameless)})"
    for key in options.speakers:
        if fold(str(key)) not in seen.names:
            yield f"speakers has {str(key)!r}, who does not occur in this call"


def _merged(turns: list[Turn]) -> list[Turn]:
    merged: list[Turn] = []
    for (speaker, _), neighbours in groupby(turns, key=_who):
        run = list(neighbours)
        if speaker is None or len(run) == 1:
            merged += run
            continue
        text, ends = " ".join(turn.text for turn in run), [turn.end for turn in run]
        # Without the last one's end, where the turn ends is not known.
        end = None if ends[-1] is None else max(end for end in ends if end is not None)
        first = run[0]
        merged.append(Turn(first.role, text, speaker, first.start, end, first.source_index))
    return merged


def _who(turn: Turn) -> tuple[str | None, Role]:
    return turn.speaker, turn.role
