"""How far annotators agree, and whether a model agrees with them as they do with each other.

Read several coefficients together. Cohen's kappa alone misleads on rare labels: it measures
agreement beyond a chance that comes from the raters' own shares of yes, and when nearly all
answers are "no", that chance is nearly 1. Two raters who differ on 2 of 200 calls have kappa 0.74
if each gives the label to 4 calls, and 0.98 if each gives it to 100 (Feinstein and Cicchetti
1990). Krippendorff's alpha shares this and also takes several raters and gaps. Gwet's AC1 takes
its chance from how hard the calls are to judge, and stays high there; on rare labels it in turn
says little of whether the few yeses coincide. That is what F1 says: of the yeses of both, the
share that both gave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, permutations
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.errors import LabelError, unknown_name
from callclf.evaluation.bootstrap import Bootstrap, Figure, percentile_interval
from callclf.evaluation.chance import (
    cohen_kappa,
    gwet_ac1,
    krippendorff_alpha,
    positive_agreement,
)
from callclf.evaluation.predictions import Predictions
from callclf.evaluation.sheets import Sheet, stack_sheets
from callclf.taxonomy import Taxonomy

__all__ = ["Agreement", "LabelAgreement", "Pair", "Placement", "agreement"]

FloatArray = npt.NDArray[np.float64]

FEWEST = 5
"""Calls to which somebody gave the label that a coefficient must rest on to get an interval."""


@dataclass(frozen=True)
class Pair:
    """Two raters on one label.

    Parameters
    ----------
    a, b
        Their names.
    calls
        Calls that both judged.
    yes_a, yes_b
        Calls to which each gave the label.
    kappa, ac1, f1
        Cohen's kappa, Gwet's AC1, and F1 of one against the other.
    """

    a: str
    b: str
    calls: int
    yes_a: int
    yes_b: int
    kappa: Figure
    ac1: Figure
    f1: Figure


@dataclass(frozen=True)
class LabelAgreement:
    """All raters on one label.

    Parameters
    ----------
    alpha, ac1
        Krippendorff's alpha and Gwet's AC1 over all annotators; the model is not one of them.
    pairs
        Every two raters, the model among them.
    """

    alpha: Figure
    ac1: Figure
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Placement:
    """The model beside an annotator, both held against another annotator.

    Parameters
    ----------
    annotator
        The one whose labels are taken as they are.
    peer
        The one that the model is compared with.
    model_f1, peer_f1
        F1 of both against `annotator`, mean over the labels for which both are defined, on the
        calls that all three judged; None if there is no such label.
    difference
        Model minus peer, with interval.
    words
        The same in a sentence.
    """

    annotator: str
    peer: str
    model_f1: float | None
    peer_f1: float | None
    difference: Figure
    words: str


@dataclass(frozen=True)
class Agreement:
    """How far several sheets of labels for the same calls agree.

    Parameters
    ----------
    annotators
        Names of the annotators.
    model
        Name of the model's sheet, or None.
    labels
        Label -> agreement, in the taxonomy's order.
    placement
        The model among the annotators: one entry for every two of them, in both roles.
    """

    annotators: tuple[str, ...]
    model: str | None
    labels: Mapping[str, LabelAgreement]
    placement: tuple[Placement, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON data."""
        return {
            "annotators": list(self.annotators),
            "model": self.model,
            "labels": {
                name: {**asdict(item), "pairs": [asdict(pair) for pair in item.pairs]}
                for name, item in self.labels.items()
            },
            "placement": [asdict(item) for item in self.placement],
        }


def agreement(
    sheets: Mapping[str, Sheet],
    *,
    model: str | None = None,
    taxonomy: Taxonomy | None = None,
    groups: Sequence[str] = ("pair",),
    n_resamples: int = 1000,
    seed: int = 0,
) -> Agreement:
    """Measure how far annotators agree on which calls show which failure.

    Parameters
    ----------
    sheets
        Rater -> labels: a `Corpus`, `Predictions` (their flags), or one `CallLabels` a call.
        Corpora and predictions are matched by id; a call that one of them lacks is a gap there.
    model
        Name of the sheet that is the model's; by default that of the only `Predictions`.
    taxonomy
        The labels and their order; by default those of the model's predictions, else the shipped.
    groups
        Keys of `meta` that tie calls together in the bootstrap.
    n_resamples, seed
        Of the bootstrap.

    Raises
    ------
    LabelError
        If there are fewer than two sheets, they do not fit each other, or a label is unknown.
    """
    predicted = [name for name, sheet in sheets.items() if isinstance(sheet, Predictions)]
    if model is None and len(predicted) == 1:
        model = predicted[0]
    if model is not None and model not in sheets:
        raise LabelError(unknown_name("sheet", model, sheets))
    if len(sheets) < 2:
        raise LabelError(f"agreement needs two or more sheets of labels, got {len(sheets)}")
    taxonomy = taxonomy or _taxonomy_of(sheets, model)
    rated = stack_sheets(sheets, taxonomy.names, groups)
    annotators = tuple(name for name in sheets if name != model)
    ratings = dict(zip(sheets, rated.ratings, strict=True))
    bootstrap = Bootstrap(rated.groups, n_resamples, seed)
    weights = [weight for _, weight in bootstrap.weights(len(rated.groups))]
    weight = np.concatenate([np.ones((1, len(rated.groups))), *weights])
    labels = {
        name: _label(
            {who: matrix[:, j] for who, matrix in ratings.items()}, annotators, rated.groups, weight
        )
        for j, name in enumerate(taxonomy.names)
    }
    placement = [
        _place(ratings, model, annotator, peer, weight)
        for annotator, peer in permutations(annotators, 2)
        if model is not None
    ]
    return Agreement(annotators, model, labels, tuple(placement))


def _taxonomy_of(sheets: Mapping[str, Sheet], model: str | None) -> Taxonomy:
    sheet = None if model is None else sheets[model]
    return sheet.taxonomy if isinstance(sheet, Predictions) else Taxonomy.default()


def _label(
    ratings: Mapping[str, FloatArray],
    annotators: Sequence[str],
    groups: npt.NDArray[np.int64],
    weight: FloatArray,
) -> LabelAgreement:
    people = np.stack([ratings[name] for name in annotators])
    trials = _trials(people, groups)
    pairs = []
    for a, b in combinations(ratings, 2):
        first, second = ratings[a], ratings[b]
        both = ~np.isnan(first) & ~np.isnan(second)
        two = np.stack([first, second])[:, both]
        n, judged = _trials(two, groups[both]), bool(both.any())
        pairs.append(
            Pair(
                a,
                b,
                int(both.sum()),
                int(two[0].sum()),
                int(two[1].sum()),
                kappa=_figure(cohen_kappa(first, second, weight), n, judged),
                ac1=_figure(gwet_ac1(two, weight[:, both]), n, judged),
                f1=_figure(positive_agreement(first, second, weight), n, judged),
            )
        )
    several = bool(((~np.isnan(people)).sum(axis=0) >= 2).any())
    return LabelAgreement(
        _figure(krippendorff_alpha(people, weight), trials, several),
        _figure(gwet_ac1(people, weight), trials, several),
        tuple(pairs),
    )


def _place(
    ratings: Mapping[str, FloatArray],
    model: str,
    annotator: str,
    peer: str,
    weight: FloatArray,
) -> Placement:
    judged = ~np.isnan(ratings[model] + ratings[annotator] + ratings[peer])
    reference = np.where(judged, ratings[annotator], np.nan)
    scores = np.array(
        [
            [
                positive_agreement(reference[:, j], ratings[who][:, j], weight)
                for who in (model, peer)
            ]
            for j in range(reference.shape[1])
        ]
    )
    defined = ~np.isnan(scores[:, :, 0]).any(axis=1)
    scores = scores[defined]
    if not len(scores):
        nothing = Figure(None, note="no label that all three judged and somebody gave")
        words = f"{model} cannot be placed beside {peer}: {nothing.note}"
        return Placement(annotator, peer, None, None, nothing, words)
    # A label missing from a resample keeps its figure there, as in macro averages.
    mean = np.where(np.isnan(scores), scores[:, :, :1], scores).mean(axis=0)
    change = mean[0] - mean[1]
    yes = int((reference == 1).any(axis=1).sum())
    difference = percentile_interval(
        float(change[0]),
        change[1:],
        trials=yes,
        fewest=FEWEST,
        note=f"over {len(scores)} of {reference.shape[1]} labels",
    )
    words = _words(model, annotator, peer, difference)
    return Placement(annotator, peer, float(mean[0, 0]), float(mean[1, 0]), difference, words)


def _words(model: str, annotator: str, peer: str, difference: Figure) -> str:
    if difference.low is None:
        return f"too few calls to say whether {model} agrees with {annotator} as {peer} does"
    if not difference.excludes(0.0):
        return f"{model} agrees with {annotator} as {peer} does: no difference shown"
    how = "better" if (difference.value or 0.0) > 0 else "less"
    return f"{model} agrees with {annotator} {how} than {peer} does"


def _trials(ratings: FloatArray, groups: npt.NDArray[np.int64]) -> int:
    """Return the number of groups of calls to which somebody gave the label."""
    return len(np.unique(groups[(ratings == 1).any(axis=0)]))


def _figure(values: FloatArray, trials: int, judged: bool) -> Figure:
    """Return a figure from its value and, after it, its value in each resample."""
    if np.isnan(values[0]):
        why = "all gave one answer throughout" if judged else "no call that two of them judged"
        return Figure(None, note=why)
    figure = percentile_interval(float(values[0]), values[1:], trials=trials, fewest=FEWEST)
    if figure.low is not None and figure.low == figure.high:
        return Figure(figure.value, note="no interval: the same in every resample")
    return figure
