"""How fast `base` is, with and without its cascade; `make bench`.

Prints the time of one 20-turn call, agent turns per second in batch on written calls and on real
conversations, where few calls fail, on one core and on two, and resident memory.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

import callclf
from callclf import Corpus, Transcript

REAL = Path(os.environ.get("CALLCLF_SHARED", "../shared")) / "real" / "unlabelled.jsonl.gz"
WAYS: dict[str, dict[str, object]] = {
    "fast": {},
    "base": {},
    "base with cascade": {"cascade": True},
    "base on two cores": {"n_jobs": 2},
    "base, cascade, two cores": {"cascade": True, "n_jobs": 2},
}


def main() -> None:
    """Run everything and print one line a figure."""
    written = Corpus.load("data/corpus/calls.jsonl").calls
    call = next(call for call in written if len(call) == 20)
    sets = {"written calls": written[:200]}
    if REAL.exists():
        sets["real conversations"] = Corpus.load(REAL).calls[:600]
    for name, settings in WAYS.items():
        model = callclf.load(name.split()[0].strip(",")).set_params(**settings).warm_up()
        if "n_jobs" not in settings:
            once = [timed(lambda model=model: model.predict_proba([call])) for _ in range(100)]
            p99 = sorted(once)[int(0.99 * len(once))]
            median = statistics.median(once)
            print(f"{name:25} one 20-turn call: {1e3 * median:.1f} ms, p99 {1e3 * p99:.1f} ms")
        for kind, calls in sets.items():
            print(f"{name:25} {rate(model, calls):10,.0f} agent turns/s of {kind}", flush=True)
    print(f"resident memory of this process: {psutil.Process().memory_info().rss >> 20} MB")


def rate(model: callclf.FailureModeClassifier, calls: Sequence[Transcript]) -> float:
    """Return agent turns per second."""
    model.predict_proba(calls[:20])  # starts the processes, where there are any
    turns = sum(len(call.scored_turns()) for call in calls)
    return turns / timed(lambda: model.predict_proba(calls))


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
