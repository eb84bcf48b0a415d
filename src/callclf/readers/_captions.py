"""What WebVTT and SubRip share: times with line numbers, speaker labels, rows from cues."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import NamedTuple

from callclf.errors import ReadError
from callclf.readers.assemble import Row
from callclf.readers.labels import is_anonymous, split_label
from callclf.readers.reader import ReadOptions
from callclf.readers.roles import fold, role_of
from callclf.readers.times import clock
from callclf.transcript import Role

__all__ = ["Cue", "check_times", "cue_rows"]

_VOICE = re.compile(r"<v(\.[^\s>]*)?[ \t]+([^<>\n]*)>")
_ALONE = re.compile(r"\s*\[speaker \d+\][ \t]*\n", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z\d][^<>\n]*>")


class Cue(NamedTuple):
    """One caption: its times as they stand, and its lines."""

    start: str
    end: str
    text: str


def check_times(text: str, time: re.Pattern[str]) -> None:
    """Refuse a file in which a time is damaged.

    The parsers drop such a cue, or read another time into it, without a word.

    Parameters
    ----------
    text
        The file.
    time
        What one time looks like.

    Raises
    ------
    ReadError
        With the line.
    """
    for number, line in enumerate(text.split("\n"), 1):
        before, arrow, after = line.partition("-->")
        if not arrow or not before.strip()[:1].isdigit():
            continue
        for found in (before.strip(), after.strip().partition(" ")[0]):
            if not time.fullmatch(found):
                raise ReadError(
                    f"{found!r} is no time; expected hh:mm:ss with milliseconds on both sides of "
                    "the arrow",
                    where=f"line {number}",
                )


def cue_rows(cues: Iterable[Cue], options: ReadOptions) -> list[Row]:
    """Return a row for each cue, or for each voice in it.

    The speaker is what `<v Name>` or "Name: " says, and nobody where a cue says neither. The role
    is a class of the voice (`<v.agent Name>`) if one is a role word, else what the name says.
    """
    rows = []
    goes_on: str | None = None
    for index, cue in enumerate(cues):
        alone = _ALONE.match(cue.text)
        for voice in _voices(cue.text, options):
            if voice.name is None:
                voice = voice._replace(name=goes_on)
            # Deepgram names a speaker once, and not again before another one speaks.
            goes_on = voice.name if alone else goes_on if voice.name == goes_on else None
            role = voice.role or voice.name
            start, end = clock(cue.start), clock(cue.end)
            rows.append(Row(index, voice.text, role, voice.name, start, end))
    return rows


class _Voice(NamedTuple):
    """What one speaker says within a cue."""

    role: str | None
    name: str | None
    text: str


def _voices(text: str, options: ReadOptions) -> Iterable[_Voice]:
    before, *marked = _VOICE.split(text)
    if before.strip() or not marked:
        yield from _labelled(before, options)
    for classes, name, words in zip(marked[::3], marked[1::3], marked[2::3], strict=True):
        known = (c for c in (classes or "").split(".") if role_of(c) is not Role.UNKNOWN)
        yield _Voice(next(known, None), html.unescape(name).strip() or None, _plain(words))


def _labelled(text: str, options: ReadOptions) -> Iterable[_Voice]:
    """Give a voice for each line that begins with a label; other lines go on with the one above."""
    name: str | None = None
    words: list[str] = []
    for number, line in enumerate(text.strip().split("\n")):
        labelled = split_label(_plain(line), options.roles)
        # Below the first line, a name with a colon is more likely what is said.
        if labelled and (number == 0 or _is_known(labelled.label, options)):
            if words:
                yield _Voice(None, name, " ".join(words))
            name, words = labelled.label, []
            line = labelled.text
        words += _plain(line).split()
    yield _Voice(None, name, " ".join(words))


def _is_known(label: str, options: ReadOptions) -> bool:
    known = role_of(label) is not Role.UNKNOWN or is_anonymous(label)
    return known or fold(label) in options.roles


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).split())
