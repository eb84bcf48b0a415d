"""Resident memory of a process that tags a stream of calls, each with words that no other has.

`python benchmarks/memory.py 100000` for so many calls; with `--explain`, every label of every call
is flagged, so that the words of its evidence are looked for too.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Iterator

import psutil

import callclf
from callclf import Tags, Transcript, Turn

LETTERS = str.maketrans("0123456789", "abcdefghij")
"""For words that differ: to the features, all digits are the same."""

SHARES = (0.01, 0.25, 0.5, 0.75, 1)
"""Of the calls, after which memory is looked at."""


def varied(calls: list[Transcript], n: int) -> Iterator[Transcript]:
    """Yield n calls, each with words that no other call has."""
    for i, call in enumerate(itertools.islice(itertools.cycle(calls), n)):
        word = str(i).translate(LETTERS)
        turns = [Turn(t.role, f"{t.text} {word}k{'y' * k}") for k, t in enumerate(call.turns)]
        yield Transcript(turns, id=str(i))


def main() -> None:
    """Tag calls and print memory early, in between and at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("calls", type=int)
    parser.add_argument("--explain", action="store_true", help="flag everything")
    arguments = parser.parse_args()
    model = callclf.load("fast")
    if arguments.explain:
        model.set_policy(recall=1.0)
    calls = list(callclf.Corpus.load("data/corpus/pairs.jsonl").calls)
    calls += list(callclf.Corpus.load("data/corpus/calls.jsonl").calls[:200])
    looks = {max(int(share * arguments.calls), 1) for share in SHARES}
    resident, turns, explained = {}, 0, 0
    for i, tags in enumerate(model.iter_tags(varied(calls, arguments.calls)), 1):
        assert isinstance(tags, Tags)
        turns += len(tags.call.turns)
        explained += sum(len(tag.evidence) for tag in tags)
        if i in looks:
            resident[i] = psutil.Process().memory_info().rss >> 20
    print(
        "resident memory: "
        + ", ".join(f"{mb} MB after {i:,} calls" for i, mb in resident.items())
        + f"; {turns:,} turns, {explained:,} explanations"
    )


if __name__ == "__main__":
    main()
