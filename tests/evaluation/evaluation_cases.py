"""Small corpora and systems with known figures, for the tests of the evaluation."""

from dataclasses import dataclass

import numpy as np

from callclf import CallLabels, Corpus, Evidence, Tag, Tags, Taxonomy, Transcript, Turn
from callclf.fingerprint import call_fingerprint

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


class Trained:
    """Enough of our classifier to say which calls it was trained on, and to score turns."""

    version = "trained-1"
    taxonomy_ = Taxonomy.of_names(NAMES)
    thresholds_ = dict.fromkeys(NAMES, 0.5)
    policy_ = "f1=1"

    def __init__(self, calls):
        prefixes = sorted(call_fingerprint(item)[:12] for item in calls)
        self.manifest = {"training": {"calls": prefixes}}

    def iter_tags(self, calls):
        for item in calls:
            if len(item) < 2:
                empty = np.zeros((0, 3))
                yield Tags(item, (), "too short: 1 turn", np.zeros(0, int), empty, self.version)
                continue
            shown = Evidence(1, 1, item.turns[1].text, 0.9, None, None)
            sure = Tag("rudeness", "Rudeness", 0.9, 0.5, "flagged", (shown,))
            clear = Tag("inattention", "Inattention", 0.1, 0.5, "clear")
            unsure = Tag("knowledge_gap", "Knowledge gap", 0.45, 0.5, "unsure")
            scores = np.array([[0.9, 0.1, 0.45]])
            yield Tags(item, (sure, clear, unsure), None, np.array([1]), scores, self.version)
