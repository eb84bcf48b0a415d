"""Small corpora and systems with known figures, for the tests of the evaluation."""

from dataclasses import dataclass

import numpy as np

from callclf import CallLabels, Corpus, Transcript, Turn

NAMES = ("rudeness", "inattention", "knowledge_gap")


def call(i, *, n_turns=2, channel="chat", **meta):
    turns = []
    for k in range(n_turns // 2):
        turns += [Turn("customer", f"question {i} {k}"), Turn("agent", f"answer {i} {k}")]
    return Transcript(turns, id=f"c{i}", channel=channel, meta=meta)


def corpus_of(y, names=NAMES, calls=None):
    """Calls with these call-level labels; where 1, the first agent turn is marked."""
    calls = [call(i) for i in range(len(y))] if calls is None else calls
    labels = []
    for row in y:
        has = tuple(name for name, v in zip(names, row, strict=True) if v == 1)
        looked = tuple(name for name, v in zip(names, row, strict=True) if not np.isnan(v))
        labels.append(CallLabels(has, dict.fromkeys(has, (1,)), annotated=looked))
    return Corpus(tuple(calls), tuple(labels))


@dataclass
class System:
    """A system that says these probabilities, whatever the calls are."""

    probability: np.ndarray
    classes_: tuple = NAMES
    thresholds_: object = None

    def __post_init__(self):
        if self.thresholds_ is None:
            self.thresholds_ = [0.5] * len(self.classes_)

    def predict_proba(self, calls):
        return self.probability


def random_case(n=400, seed=0, gaps=0.2, n_labels=3, decimals=2):
    """Labels with gaps, and probabilities with ties and some that are not scored."""
    rng = np.random.default_rng(seed)
    y = (rng.random((n, n_labels)) < 0.2).astype(float)
    p = np.clip(0.25 + 0.3 * y + 0.2 * rng.standard_normal(y.shape), 0, 1).round(decimals)
    y[rng.random(y.shape) < gaps] = np.nan
    p[rng.random(y.shape) < gaps / 4] = np.nan
    return y, p
