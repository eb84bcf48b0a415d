"""What speech recognisers write alike: speakers and channels as numbers, words to join to turns."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

from callclf.readers.assemble import Row
from callclf.readers.fields import each, identifier

__all__ = ["Voice", "Word", "objects", "several", "voice", "word_rows"]


class Voice(NamedTuple):
    """Who speaks, by the names under which the caller may map them.

    Parameters
    ----------
    alias
        A wider or longer name: "speaker 0" for "0", "channel 1" for "channel 1 speaker 0".
    speaker
        What the turn's speaker is called; None if the file tells nobody apart.
    """

    alias: str | None = None
    speaker: str | None = None


class Word(NamedTuple):
    """One recognised word; the number is its place in the source's list."""

    number: int
    text: str | None
    voice: Voice
    start: float | None = None
    end: float | None = None


def voice(speaker: object, channel: object, stereo: bool, where: str) -> Voice:
    """Name who speaks.

    Recognisers count the speakers of each channel from 0, so that with several channels a number
    alone is nobody.

    Parameters
    ----------
    speaker, channel
        As they stand; either may be None.
    stereo
        Whether the file has several channels.
    where
        Path of the turn, for errors.

    Raises
    ------
    ReadError
        If either is neither a string nor a number.
    """
    person = identifier(speaker, f"{where}.speaker")
    side = identifier(channel, f"{where}.channel")
    if not stereo or side is None:
        return Voice(f"speaker {person}" if person else None, person)
    if person is None:
        return Voice(side, f"channel {side}")
    return Voice(f"channel {side}", f"channel {side} speaker {person}")


def several(values: Iterable[object]) -> bool:
    """Say whether there are several different values, None left out."""
    return len({str(value) for value in values if value is not None}) > 1


def word_rows(words: Iterable[Word]) -> list[Row]:
    """Join neighbouring words of one voice to a turn."""
    rows = []
    for (alias, speaker), run in groupby(words, key=lambda word: word.voice):
        said = list(run)
        text = " ".join(word.text.strip() for word in said if word.text)
        rows.append(Row(said[0].number, text, alias, speaker, said[0].start, said[-1].end))
    return rows


def objects(value: object, path: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the objects of a list that stands at a path, each with its own path.

    Raises
    ------
    ReadError
        If there is no list, or something else than objects in it.
    """
    return each({path: value}, path)
