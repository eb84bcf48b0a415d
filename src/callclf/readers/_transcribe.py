"""From the words of Amazon Transcribe to what one person says at a stretch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from callclf.readers.assemble import Row

__all__ = ["Word", "utterances"]

_PAUSE = 1.0
"""Seconds of silence after which a new utterance begins even without a full stop."""

_SENTENCE_ENDS = (".", "?", "!", "。", "？", "！", "؟", "।")  # noqa: RUF001


class Word(NamedTuple):
    """One item of a transcript.

    Parameters
    ----------
    source_index
        Position among all items.
    text
        Word or punctuation mark.
    speaker
        Label; None for a mark that has none of its own.
    start, end
        Seconds; None for marks.
    is_mark
        Whether it is punctuation, which belongs to the word before.
    """

    source_index: int
    text: str
    speaker: str | None
    start: float | None
    end: float | None
    is_mark: bool


def utterances(words: Iterable[Word]) -> Iterator[Row]:
    """Cut words where the speaker changes, after sentences and in pauses.

    Two channels are written one after the other. Sorted by time, whole sentences come to lie
    between each other; single words would tear a sentence apart at each "mhm" of the other side.

    Parameters
    ----------
    words
        Of one channel after the other, each in order of time.
    """
    run: list[Word] = []
    for word in words:
        if run and not word.is_mark and _begins(word, run[-1], _speaker(run)):
            yield _row(run)
            run = []
        run.append(word)
    if run:
        yield _row(run)


def _begins(word: Word, last: Word, speaker: str | None) -> bool:
    if word.speaker != speaker or (last.is_mark and last.text in _SENTENCE_ENDS):
        return True
    return None not in (word.start, last.end) and (word.start or 0) - (last.end or 0) >= _PAUSE


def _speaker(run: list[Word]) -> str | None:
    # A mark at the very beginning may have no label; the first word has.
    return next((word.speaker for word in run if not word.is_mark), run[0].speaker)


def _row(run: list[Word]) -> Row:
    text = "".join(word.text if word.is_mark else f" {word.text}" for word in run)
    starts = [word.start for word in run if word.start is not None]
    ends = [word.end for word in run if word.end is not None]
    return Row(
        run[0].source_index,
        text,
        speaker=_speaker(run),
        start=starts[0] if starts else None,
        end=ends[-1] if ends else None,
    )
