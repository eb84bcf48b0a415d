"""Resident memory of a process that tags a stream of many different calls."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator

import psutil

import callclf
from callclf import Transcript, Turn


def varied(calls: list[Transcript], n: int) -> Iterator[Transcript]:
    """Yield n calls, each with words that no other call has."""
    for i, call in enumerate(itertools.islice(itertools.cycle(calls), n)):
        turns = [Turn(t.role, f"{t.text} ref{i}x{k}") for k, t in enumerate(call.turns)]
        yield Transcript(turns, id=str(i))


def main() -> None:
    """Tag calls and print memory early, halfway and at the end."""
    n = int(sys.argv[1])
    model = callclf.load()
    calls = list(callclf.Corpus.load("data/corpus/pairs.jsonl").calls)
    calls += list(callclf.Corpus.load("data/corpus/calls.jsonl").calls[:200])
    resident = {}
    for i, _ in enumerate(model.iter_tags(varied(calls, n)), 1):
        if i in (n // 100, n // 2, n):
            resident[i] = psutil.Process().memory_info().rss >> 20
    print(
        "resident memory: " + ", ".join(f"{mb} MB after {i:,} calls" for i, mb in resident.items())
    )


if __name__ == "__main__":
    main()
