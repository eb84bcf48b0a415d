"""A turn's text cut into pieces: those that carried a label, and the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from callclf.tag import Span

__all__ = ["Piece", "pieces"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a turn's text, and the titles of the labels that it carried; mostly none."""

    text: str
    titles: tuple[str, ...]


def pieces(text: str, marked: Sequence[tuple[str, Sequence[Span]]]) -> Iterator[Piece]:
    """Cut a text wherever a marked span begins or ends; the pieces add up to the text.

    Parameters
    ----------
    text
        A turn.
    marked
        Title of a label, and the spans that carried it. Spans of several labels may overlap.
    """
    spans = [(span.start, span.end, title) for title, words in marked for span in words]
    cuts = sorted({0, len(text), *(at for start, end, _ in spans for at in (start, end))})
    for start, end in pairwise(cuts):
        titles = (title for first, last, title in spans if first <= start and end <= last)
        yield Piece(text[start:end], tuple(dict.fromkeys(titles)))
