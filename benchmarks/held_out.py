"""What `fast` finds that a plain TF-IDF baseline does not; `make quality`.

Both learn from the same calls and are tested on a writer, and on real conversations, that neither
has seen. Average precision per call, averaged over the labels that have positives.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from baseline import TurnBaseline, tfidf
from sklearn.metrics import average_precision_score

from callclf import Corpus, FailureModeClassifier
from callclf.labels import call_matrix

SHARED = Path(os.environ.get("CALLCLF_SHARED", "../shared"))


def main() -> None:
    """Train on two sets, test on two others, print one line each."""
    written = Corpus.load("data/corpus").where(lambda call: call.meta["writer"] != "w6")
    tests = {
        "writer w6": Corpus.load("data/corpus/calls.jsonl").where(
            lambda call: call.meta["writer"] == "w6"
        )
    }
    trains = {"written calls, pairs, everyday": written}
    if (SHARED / "real").is_dir():
        trains["the same + real/train"] = written + Corpus.load(SHARED / "real" / "train.jsonl")
        tests["real/dev"] = Corpus.load(SHARED / "real" / "dev.jsonl")
    for name, train in trains.items():
        print(f"trained on {name} ({len(train)} calls)")
        fast = FailureModeClassifier()
        usual = [call.meta.get("pair") is None for call in train.calls]
        fast.fit(train.calls, train.labels, representative=usual)
        baselines = {
            f"TF-IDF {kind}": TurnBaseline(fast.classes_, tfidf(characters=kind != "words")).fit(
                train.calls, train.labels
            )
            for kind in ("words", "words + characters")
        }
        for system, model in {**baselines, "fast": fast}.items():
            figures = (f"{test}: {macro(model, calls):.3f}" for test, calls in tests.items())
            print(f"  {system:26} {'   '.join(figures)}")


def macro(model: FailureModeClassifier | TurnBaseline, corpus: Corpus) -> float:
    """Return average precision per call, averaged over the labels that have positives."""
    names = model_names(model)
    truth = call_matrix(corpus.labels, names)
    scores = model.predict_proba(corpus.calls)
    values = []
    for j in range(len(names)):
        known = ~np.isnan(truth[:, j])
        if truth[known, j].any():
            values.append(average_precision_score(truth[known, j], scores[known, j]))
    return float(np.mean(values))


def model_names(model: FailureModeClassifier | TurnBaseline) -> list[str]:
    """Return a system's labels."""
    return list(model.names) if isinstance(model, TurnBaseline) else model.classes_


if __name__ == "__main__":
    main()
