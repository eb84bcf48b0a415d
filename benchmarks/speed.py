"""How fast the models are, against a plain scikit-learn baseline in the same run; `make bench`.

Prints agent turns per second in batch, the time of one 20-turn call, a cold start of the command
line, and resident memory before and after 100,000 calls of `fast`. One core is used throughout,
but for the line that says otherwise.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
from baseline import TfidfBaseline

import callclf
from callclf import Transcript

REPEATS = 7
CALLS_FOR_MEMORY = 100_000
REAL = Path(os.environ.get("CALLCLF_SHARED", "../shared")) / "real" / "unlabelled.jsonl.gz"
BASE: dict[str, dict[str, object]] = {
    "base": {},
    "base with cascade": {"cascade": True},
    "base on two cores": {"n_jobs": 2},
    "base, cascade, two cores": {"cascade": True, "n_jobs": 2},
}


def main() -> None:
    """Run everything and print one line a figure."""
    model = callclf.load("fast")
    corpus = callclf.Corpus.load("data/corpus/calls.jsonl")
    turns = sum(len(call.scored_turns()) for call in corpus.calls)
    print(f"{len(corpus)} calls, {turns} agent turns; median of {REPEATS} interleaved runs")

    contenders: dict[str, Callable[[Sequence[Transcript]], object]] = {
        "callclf fast": model.predict_proba
    }
    for name, characters in (("TF-IDF words", False), ("TF-IDF words + characters", True)):
        baseline = TfidfBaseline(model.classes_, characters=characters)
        baseline.fit(corpus.calls, corpus.labels)
        contenders[name] = baseline.predict_proba
    times = interleaved(contenders, corpus.calls)
    for name, seconds in times.items():
        ratio = statistics.median(
            other / own for own, other in zip(times["callclf fast"], seconds, strict=True)
        )
        rate = turns / statistics.median(seconds)
        print(f"{name:28} {rate:10,.0f} agent turns/s   fast is {ratio:.1f} times as fast")

    call = next(call for call in corpus.calls if len(call) == 20)
    for name, cascade in (("fast", False), ("base", False), ("base", True)):
        each = callclf.load(name).set_params(cascade=cascade).warm_up()
        title = f"{name} with cascade" if cascade else name
        once = [timed(lambda each=each: each.predict_proba([call])) for _ in range(200)]
        p99 = sorted(once)[int(0.99 * len(once))]
        print(f"one 20-turn call, {title}: median {1e3 * statistics.median(once):.2f} ms, "
              f"p99 {1e3 * p99:.2f} ms")  # fmt: skip
    batches(corpus.calls)
    print(f"cold start of `callclf tag one.json`: {cold_start(call):.2f} s")
    print(memory())


def batches(written: Sequence[Transcript]) -> None:
    """Print the speed of `base` in batch, on written calls and on real ones, where few fail."""
    sets = {"written calls": list(written)[:200]}
    if REAL.exists():
        sets["real conversations"] = list(callclf.Corpus.load(REAL).calls[:600])
    for kind, calls in sets.items():
        turns = sum(len(call.scored_turns()) for call in calls)
        for title, settings in BASE.items():
            model = callclf.load("base").set_params(**settings).warm_up()
            model.predict_proba(calls[:20])  # starts the processes
            seconds = timed(lambda model=model, calls=calls: model.predict_proba(calls))
            print(f"{title:28} {turns / seconds:10,.0f} agent turns/s of {kind}")


def interleaved(
    contenders: dict[str, Callable[[Sequence[Transcript]], object]], calls: Sequence[Transcript]
) -> dict[str, list[float]]:
    """Time the contenders in turn, so that a change of the machine's speed meets all of them."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for run in range(REPEATS + 1):
        for name, predict in contenders.items():
            seconds = timed(lambda predict=predict: predict(calls))
            if run:  # the first warms up
                times[name].append(seconds)
    return times


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def cold_start(call: Transcript) -> float:
    """Return the median seconds of wall time of a whole process that tags one file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "one.json")
        file.write_text(json.dumps(call.to_dict()), encoding="utf-8")
        command = [sys.executable, "-m", "callclf.cli", "tag", str(file)]
        return statistics.median(
            timed(lambda: subprocess.run(command, check=True, capture_output=True))
            for _ in range(5)
        )


def memory() -> str:
    """Return a line on resident memory of a process that tags many calls."""
    script = Path(__file__).with_name("memory.py")
    command = [sys.executable, str(script), str(CALLS_FOR_MEMORY)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    print(f"memory of this process at start: {psutil.Process().memory_info().rss >> 20} MB")
    main()
