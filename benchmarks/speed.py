"""How fast `fast` is, against a plain scikit-learn baseline in the same run; `make bench`.

Prints agent turns per second in batch, the time of one 20-turn call, a cold start of the command
line, and resident memory before and after 100,000 calls. One core is used throughout. Ends with
status 1 if a target is missed; on a busy machine only the ratio says much.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
from baseline import TurnBaseline, tfidf

import callclf
from callclf import Transcript

REPEATS = 7
CALLS_FOR_MEMORY = 100_000

BASELINE = "TF-IDF words + characters"
"""What the ratio is held against: it reads what `fast` reads."""

AT_LEAST_TIMES = 4.0
AT_MOST_MS = 2.0
AT_MOST_COLD_S = 2.0
AT_MOST_MB = 300
AT_MOST_GROWTH_MB = 15
"""Between the first calls and the last: pools of threads and caches fill, nothing else may."""


def main() -> int:
    """Run everything and print one line a figure; return 1 if a target is missed."""
    model = callclf.load("fast")
    corpus = callclf.Corpus.load("data/corpus/calls.jsonl")
    turns = sum(len(call.scored_turns()) for call in corpus.calls)
    print(f"{len(corpus)} calls, {turns} agent turns; median of {REPEATS} interleaved runs")

    contenders: dict[str, Callable[[Sequence[Transcript]], object]] = {
        "callclf fast": model.predict_proba
    }
    for name, characters in (("TF-IDF words", False), (BASELINE, True)):
        baseline = TurnBaseline(model.classes_, tfidf(characters=characters))
        baseline.fit(corpus.calls, corpus.labels)
        contenders[name] = baseline.predict_proba
    times = interleaved(contenders, corpus.calls)
    ratios = {}
    for name, seconds in times.items():
        ratio = ratios[name] = statistics.median(
            other / own for own, other in zip(times["callclf fast"], seconds, strict=True)
        )
        rate = turns / statistics.median(seconds)
        print(f"{name:28} {rate:10,.0f} agent turns/s   fast is {ratio:.1f} times as fast")

    call = next(call for call in corpus.calls if len(call) == 20)
    once = [timed(lambda: model.predict_proba([call])) for _ in range(500)]
    p99 = sorted(once)[int(0.99 * len(once))]
    typical = 1e3 * statistics.median(once)
    print(f"one 20-turn call: median {typical:.2f} ms, p99 {1e3 * p99:.2f} ms")
    cold = cold_start(call)
    print(f"cold start of `callclf tag one.json`: {cold:.2f} s")
    resident = memory()
    print(resident)
    megabytes = [int(text) for text in re.findall(r"(\d+) MB", resident)]
    kept = {
        f"at least {AT_LEAST_TIMES:.0f} times {BASELINE}": ratios[BASELINE] >= AT_LEAST_TIMES,
        f"a 20-turn call in at most {AT_MOST_MS:.0f} ms": typical <= AT_MOST_MS,
        f"a cold start in at most {AT_MOST_COLD_S:.0f} s": cold <= AT_MOST_COLD_S,
        f"under {AT_MOST_MB} MB": max(megabytes) < AT_MOST_MB,
        f"flat memory: {AT_MOST_GROWTH_MB} MB more at most": (
            megabytes[-1] - megabytes[0] <= AT_MOST_GROWTH_MB
        ),
    }
    for target, met in kept.items():
        print(f"{'kept  ' if met else 'MISSED'}  {target}")
    return int(not all(kept.values()))


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
    sys.exit(main())
