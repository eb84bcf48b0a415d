"""What WebVTT and SubRip share: times with line numbers, speaker labels, rows from cues."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import NamedTuple

from callclf.errors import ReadError
from callclf.readers.assemble import Row
from callclf.readers.labels import split_label
from callclf.readers.reader import ReadOptions
from callclf.readers.roles import role_of
from callclf.readers.times import clock
from callclf.transcript import Role

__all__ = ["Cue", "check_times", "cue_rows"]

_VOICE = re.compile(r"<v(\.[^\s>]*)?[ \t]+([^<>\n]*)>")
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
    for index, cue in enumerate(cues):
        for voice in _voices(cue.text, options):
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
        labelled = split_label(_plain(before), options.roles)
        if labelled:
            yield _Voice(None, labelled.label, labelled.text)
        else:
            yield _Voice(None, None, _plain(before))
    for classes, name, words in zip(marked[::3], marked[1::3], marked[2::3], strict=True):
        known = (c for c in (classes or "").split(".") if role_of(c) is not Role.UNKNOWN)
        yield _Voice(next(known, None), html.unescape(name).strip() or None, _plain(words))


def _plain(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", text)).split())
