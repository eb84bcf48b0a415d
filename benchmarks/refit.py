"""Time and memory of refitting `fast` on 5,000 calls.

    python benchmarks/refit.py --jobs 2
    python benchmarks/refit.py --jobs 2 --labels call

The calls are those of the repository, drawn again under new ids and with a number in every turn, so
that no two are the same. Beside the wall time it prints processor seconds, which other work on the
machine changes less, and the highest memory. What is read and computed anew each time is said, too:
features of words are a few per cent of it, so they are not kept on disk.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import replace

import numpy as np

from callclf import CallLabels, Corpus, FailureModeClassifier, Transcript, load
from callclf.features.extract import extract


def main() -> None:
    """Draw calls, refit, print a line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--calls", type=int, default=5000)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--labels", choices=("turn", "call"), default="turn")
    arguments = options.parse_args()
    corpus = drawn(arguments.calls)
    labels = [item if arguments.labels == "turn" else of_call(item) for item in corpus.labels]
    start = load("fast")
    begun = time.process_time()
    extract(corpus.calls, bits=18)
    features = time.process_time() - begun
    wall, busy = time.monotonic(), processor()
    model = FailureModeClassifier(n_jobs=arguments.jobs)
    model.fit(corpus.calls, labels, start=start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak += resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(
        f"{len(corpus):,} calls, labels a {arguments.labels}, {arguments.jobs} jobs: "
        f"{time.monotonic() - wall:.0f} s, {processor() - busy:.0f} processor seconds "
        f"(features once: {features:.1f}), at most {peak / 1024:,.0f} MiB"
    )


def drawn(n: int) -> Corpus:
    """Return n calls that differ."""
    corpus = Corpus.load("data/corpus")
    rng = np.random.default_rng(0)
    chosen = corpus[rng.permutation(np.resize(np.arange(len(corpus)), n))]
    calls = [numbered(call, i) for i, call in enumerate(chosen.calls)]
    return Corpus(tuple(calls), chosen.labels)


def numbered(call: Transcript, number: int) -> Transcript:
    """Return a call under another id, with a number in each turn."""
    turns = [replace(turn, text=f"{turn.text} {number}") for turn in call.turns]
    return Transcript(turns, f"{call.id}-{number}", call.channel, {})


def of_call(labels: CallLabels) -> CallLabels:
    """Keep what is known of the call, not of its turns."""
    return replace(labels, evidence={})


def processor() -> float:
    """Return the processor seconds of this process and of those that it has waited for."""
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(item.ru_utime + item.ru_stime for item in used)


if __name__ == "__main__":
    main()
