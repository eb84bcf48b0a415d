"""Sources whose records belong to several calls, mixed: one call a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from callclf.errors import ReadError
from callclf.readers.reader import Result
from callclf.transcript import Transcript

__all__ = ["each_call"]

Record = TypeVar("Record")


def each_call(
    records: Iterable[tuple[str | None, Record]],
    build: Callable[[str | None, list[Record]], Transcript],
) -> Iterator[Result]:
    """Give the call of each key, in the order in which the keys come up first.

    What is wrong with one call comes in its place, so that the others are still read.

    Parameters
    ----------
    records
        (id of the call, record).
    build
        Makes a call of its id and its records.
    """
    groups: dict[str | None, list[Record]] = {}
    for key, record in records:
        groups.setdefault(key, []).append(record)
    for key, group in groups.items():
        try:
            yield build(key, group)
        except ReadError as error:
            yield ReadError(error.problem, where=error.where or key)
