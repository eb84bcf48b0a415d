"""WebVTT captions, one cue a turn: `<v.agent Anna>Good morning.</v>`.

The class of the voice is the role, its name the speaker, or the role again where a turn has none.
Line breaks within a turn become spaces. Ids, channels and `meta` have no place in captions.

Captions must have times: a call without them is refused, and so is one whose turns are not in the
order of their times. A turn without an end lasts until the next one begins, the last one a second.
Times are kept to the millisecond.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence

from callclf.errors import WriteError
from callclf.readers.webvtt import ONE_CUE_ONE_TURN
from callclf.transcript import Transcript, Turn
from callclf.writers.writer import Entry, Writer

__all__ = ["WRITER"]

_LAST_SECONDS = 1.0
"""How long the last turn is shown where nobody says when it ends."""


def _write(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield f"WEBVTT\n\n{ONE_CUE_ONE_TURN}\n"
        starts = _starts(entry.call)
        for turn, start, following in zip(
            entry.call.turns, starts, [*starts[1:], None], strict=True
        ):
            yield _cue(turn, start, following)


def _starts(call: Transcript) -> Sequence[float]:
    starts: list[float] = []
    for i, turn in enumerate(call.turns):
        if turn.start is None:
            raise WriteError(
                f"turns[{i}] of call {call.id!r} has no start, and captions need times; write "
                "'callclf', 'vcon' or 'csv' instead"
            )
        if turn.start < 0 or (starts and turn.start < starts[-1]):
            raise WriteError(
                f"turns[{i}] of call {call.id!r} starts at {turn.start} s, before what stands "
                "before it; captions must be in order of time, so sort the turns first"
            )
        starts.append(turn.start)
    return starts


def _cue(turn: Turn, start: float, following: float | None) -> str:
    end = turn.end
    if end is None:
        end = start + _LAST_SECONDS if following is None else following
    first = round(start * 1000)
    # A cue must end after it begins.
    last = max(round(end * 1000), first + 1)
    voice = f"{turn.role.value} {_escaped(turn.speaker or turn.role.value)}"
    times = f"{_time(first)} --> {_time(last)}"
    return f"\n{times}\n<v.{voice}>{_escaped(turn.text)}</v>\n"


def _time(milliseconds: int) -> str:
    seconds, fraction = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{fraction:03}"


def _escaped(text: str) -> str:
    # A NUL is not allowed in captions, and a blank line would end the cue.
    return html.escape(" ".join(text.replace("\0", "\ufffd").split()), quote=False)


WRITER = Writer(
    name="webvtt",
    title="WebVTT captions",
    write=_write,
    suffixes=(".vtt",),
)
