"""What each part of the shipped models is worth: a Markdown table; `make ingredients`.

Average precision per call with 95 % intervals from resampling calls, on a writer and on real
conversations that no system here has learned from, and the share of contrast pairs, kept out of
training as well, in which the failing half scores above the fine one. The first rows are trained
here, on the calls of the recipe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest import mock

import numpy as np
from baseline import FrozenEncoder, TurnBaseline, tfidf

import callclf
from callclf import Corpus, FailureModeClassifier, Transcript
from callclf.artifact import load_encoder
from callclf.features import extract
from callclf.features.encoder import Encoder
from callclf.features.windows import build_windows
from callclf.fingerprint import call_fingerprint
from callclf.pretrained import model_folder
from callclf.training import load_recipe
from callclf.training.material import Material, gather

FIRST_WRITERS = frozenset(
    [f"w{k}" for k in range(1, 7)] + [f"m{k}" for k in range(1, 8)] + [f"p{k}" for k in range(1, 7)]
)


@dataclass(frozen=True)
class EncoderAlone:
    """Scores a call by what the encoder says of its worst turn, without the head."""

    encoder: Encoder
    classes_: Sequence[str]

    def predict_proba(self, calls: Sequence[Transcript]) -> np.ndarray:
        """Return uncalibrated probabilities, shape (n_calls, n_labels)."""
        scores = self.encoder(calls)
        highest = np.full((len(calls), scores.shape[1]), -20.0)
        np.maximum.at(highest, build_windows(calls).scored_call, scores)
        return 1 / (1 + np.exp(-highest))


class Without:
    """A model that sees only zeros where some features of `features.extract` would be.

    When it is asked, too: otherwise it would meet features that it has never learned from.

    Parameters
    ----------
    function
        Name of the function there that computes them.
    fit
        Returns the model, once they are gone.
    """

    def __init__(self, function: str, fit: Callable[[], FailureModeClassifier]) -> None:
        computed = getattr(extract, function)
        self._gone = partial(
            mock.patch.object, extract, function, lambda *given: 0 * computed(*given)
        )
        with self._gone():
            self._model = fit()
        self.classes_ = self._model.classes_

    def predict_proba(self, calls: Sequence[Transcript]) -> np.ndarray:
        """Return probabilities, shape (n_calls, n_labels)."""
        with self._gone():
            return self._model.predict_proba(calls)


def main() -> None:
    """Print the table."""
    recipe = load_recipe("base")
    material = gather(recipe)
    checks = [check for check in recipe.checks if not check.pairs]
    tests = {check.name: c for check in checks if (c := check.load()) is not None}
    base = callclf.load("base")
    pairs = unseen_pairs(base.fitted_.scorer.encoder)
    names = base.classes_
    print("| system |", " | ".join([*tests, *(f"pairs of {name}" for name in pairs)]), "|")
    print("|---|", "--:|" * (len(tests) + len(pairs)), sep="")
    for name, make in systems(material, names).items():
        model = make()
        cells = [macro(model, corpus) for corpus in tests.values()]
        cells += [ordered(model, part, names) for part in pairs.values()]
        print(f"| {name} |", " | ".join(cells), "|", flush=True)


def systems(material: Material, names: Sequence[str]) -> dict[str, Callable[[], Any]]:
    """Return what is compared."""
    calls, labels = material.calls, material.labels
    public = np.array(["source" in call.meta for call in calls])
    later = ~public & ~np.array([call.meta.get("writer") in FIRST_WRITERS for call in calls])

    def head(chosen: np.ndarray, *, weighted: bool = True) -> FailureModeClassifier:
        rows = np.flatnonzero(chosen)
        return FailureModeClassifier().fit(
            [calls[i] for i in rows],
            [labels[i] for i in rows],
            sample_weight=material.weight[rows] if weighted else None,
            representative=material.representative[rows],
        )

    everything = np.ones(len(calls), dtype=bool)
    return {
        "TF-IDF, words": lambda: TurnBaseline(names, tfidf(characters=False)).fit(calls, labels),
        "frozen encoder": lambda: TurnBaseline(names, FrozenEncoder()).fit(calls, labels),
        "`fast` without public conversations": lambda: head(~public),
        "`fast` without the later writers": lambda: head(~later),
        "`fast`, every call of equal weight": lambda: head(everything, weighted=False),
        "`fast` without history": lambda: Without("history", lambda: head(everything)),
        "`fast` without cue flags": lambda: Without("cue_flags", lambda: head(everything)),
        "`fast`": lambda: head(everything),
        "encoder alone": lambda: EncoderAlone(load_encoder(model_folder("base")), names),
        "`base`": lambda: callclf.load("base"),
        "`base` with cascade": lambda: callclf.load("base").set_params(cascade=True),
    }


def macro(model: Any, corpus: Corpus) -> str:
    """Return mean average precision and its interval."""
    figure = callclf.evaluate(model, corpus).units["call"].macro["average_precision"]
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})"


def unseen_pairs(encoder: Encoder) -> dict[str, Corpus]:
    """Return the pairs that the encoder was not fine-tuned on, by writers."""
    corpus = Corpus.load("data/corpus/pairs.jsonl").where(
        lambda call: call_fingerprint(call)[:12] not in encoder.seen
    )
    first, second = {"p1", "p2"}, {"p3", "p4", "p5", "p6"}
    return {
        "p1, p2": corpus.where(lambda call: call.meta["writer"] in first),
        "p3 to p6": corpus.where(lambda call: call.meta["writer"] in second),
        "p7 on": corpus.where(lambda call: call.meta["writer"] not in first | second),
    }


def ordered(model: Any, corpus: Corpus, names: Sequence[str]) -> str:
    """Return the share of pairs in which the failing half scores above the fine one."""
    scores = np.nan_to_num(model.predict_proba(corpus.calls))
    halves: dict[str, list[int]] = {}
    for i, call in enumerate(corpus.calls):
        halves.setdefault(str(call.meta["pair"]), []).append(i)
    right = []
    for first, second in (both for both in halves.values() if len(both) == 2):
        for j, name in enumerate(names):
            fails = [name in corpus.labels[i].labels for i in (first, second)]
            if fails[0] != fails[1]:
                gap = scores[first, j] - scores[second, j]
                right.append(gap > 0 if fails[0] else gap < 0)
    return f"{100 * np.mean(right):.0f} % of {len(right)}"


if __name__ == "__main__":
    main()
