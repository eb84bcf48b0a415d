"""What a writable format is: the one shape that every writer module has.

To add a format, add one module to this package that defines `WRITER = Writer(...)`; nothing else
changes. What is written must be read again by the reader of the format with the same roles, words
and order; the round trip over the whole corpus in the tests says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from callclf.tags import Tags
from callclf.transcript import Transcript

__all__ = ["Entry", "Writer"]


class Entry(NamedTuple):
    """A call, and what was found in it."""

    call: Transcript
    tags: Tags | None = None


@dataclass(frozen=True, slots=True)
class Writer:
    r"""One format and how to write it.

    Parameters
    ----------
    name
        What `format=` takes.
    title
        What people read.
    write
        Gives the file's text in pieces, with "\n" line ends. Raises a `WriteError` if the format
        cannot hold a call.
    suffixes
        File name endings that ask for it where no format is named.
    several
        Whether one file holds several calls. Otherwise `write` is given exactly one.
    tags
        Whether the format has a place for tags.
    """

    name: str
    title: str
    write: Callable[[Iterable[Entry]], Iterator[str]]
    suffixes: tuple[str, ...] = ()
    several: bool = False
    tags: bool = False
