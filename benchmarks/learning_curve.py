"""What labels of your own are worth: 10, 30, 100, 300, all; `make curve`.

A champion is trained without several writers and without real conversations. They are then what a
company would bring: calls unlike those that the model knows. From each pool, calls are drawn with
five seeds, and the model is refitted on their labels a turn, or on their labels a call alone, or
trained on them from nothing. Tested on a writer, and on real conversations, that none has seen.
Average precision per call, averaged over the labels that have positives: the mean over seeds, with
the 95 % interval of Student's t, and how it compares with the champion on the same test calls.

The shipped model itself has learned from the pools, so the champion stands in for it.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.metrics import average_precision_score

from callclf import CallLabels, Corpus, FailureModeClassifier
from callclf.labels import call_matrix

SHARED = Path(os.environ.get("CALLCLF_SHARED", "../shared"))
POOL = frozenset({"w4", "w5", "m5", "m6", "m7"})
TEST_WRITER = "w6"
ARMS = ("refit, turn labels", "refit, call labels", "from scratch")


@dataclass(frozen=True)
class Setting:
    """Where new labels come from, and what they are to be good for."""

    pool: Corpus
    test: Corpus


def main() -> None:
    """Print a table a test set, and write the figures where asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", default="10,30,100,300,all")
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--champion", type=Path, help="folder to keep the champion in")
    options.add_argument("--json", type=Path, help="file for the figures")
    arguments = options.parse_args()
    champion = champion_of(arguments.champion)
    figures = {}
    for name, setting in settings().items():
        as_is = macro(champion, setting.test)
        print(f"{name}: {len(setting.pool)} calls to draw from, {len(setting.test)} test calls")
        print(f"  {'as is':22} {as_is:.3f}", flush=True)
        figures[name] = {"as is": as_is}
        for size in arguments.sizes.split(","):
            n = len(setting.pool) if size == "all" else min(int(size), len(setting.pool))
            seeds = 1 if n == len(setting.pool) else arguments.seeds  # all: nothing to draw
            for arm in ARMS:
                begun = time.monotonic()
                values = [one(champion, setting, n, arm, seed) for seed in range(seeds)]
                figures[name][f"{arm}, {size}"] = values
                took = time.monotonic() - begun
                print(f"  {arm:22} {size:>4}  {line(values, as_is)}  {took:.0f} s", flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1))


def champion_of(folder: Path | None) -> FailureModeClassifier:
    """Return the champion, trained on what is neither pool nor test."""
    if folder and folder.exists():
        return FailureModeClassifier.load(folder)
    known = written().where(lambda call: call.meta["writer"] not in {*POOL, TEST_WRITER})
    model = FailureModeClassifier()
    usual = [call.meta.get("pair") is None for call in known.calls]
    model.fit(known.calls, list(known.labels), representative=usual)
    if folder:
        model.save(folder)
    return model


def written() -> Corpus:
    """Return the calls of the repository."""
    return Corpus.load("data/corpus")


def settings() -> dict[str, Setting]:
    """Return what is tested on, and where labels are drawn for it."""
    calls = written()
    found = {
        "unseen writer": Setting(
            calls.where(lambda call: call.meta["writer"] in POOL),
            calls.where(lambda call: call.meta["writer"] == TEST_WRITER),
        )
    }
    if (SHARED / "real").is_dir():
        found["real conversations"] = Setting(
            Corpus.load(SHARED / "real" / "train.jsonl"),
            Corpus.load(SHARED / "real" / "dev.jsonl"),
        )
    return found


def one(champion: FailureModeClassifier, setting: Setting, n: int, arm: str, seed: int) -> float:
    """Draw calls, fit, test."""
    drawn = setting.pool[np.random.default_rng(seed).permutation(len(setting.pool))[:n]]
    labels = [of_call(item) if "call" in arm else item for item in drawn.labels]
    model = FailureModeClassifier(random_state=seed)
    model.fit(drawn.calls, labels, start=None if "scratch" in arm else champion)
    return macro(model, setting.test)


def of_call(labels: CallLabels) -> CallLabels:
    """Keep what a scorecard says: the call, not the turns."""
    open_labels = {name: () for name in labels.borderline if name not in labels.labels}
    return CallLabels(labels.labels, {}, open_labels, labels.annotated)


def macro(model: FailureModeClassifier, corpus: Corpus) -> float:
    """Return average precision per call, averaged over the labels that have positives."""
    truth = call_matrix(corpus.labels, model.classes_)
    scores = model.predict_proba(corpus.calls)
    values = []
    for j in range(truth.shape[1]):
        known = ~np.isnan(truth[:, j])
        if truth[known, j].any():
            values.append(average_precision_score(truth[known, j], scores[known, j]))
    return float(np.mean(values))


def line(values: list[float], as_is: float) -> str:
    """Return mean, interval over seeds and change as text."""
    mean = float(np.mean(values))
    change = f"{mean - as_is:+.3f}"
    if len(values) == 1:
        return f"{mean:.3f} (one fit)         {change}"
    half = float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))
    return f"{mean:.3f} ({mean - half:.3f} to {mean + half:.3f})  {change}"


if __name__ == "__main__":
    main()
