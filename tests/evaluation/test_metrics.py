"""Figures against scikit-learn, and against cases computed by hand."""

import numpy as np
import pytest
from evaluation_cases import NAMES, System, corpus_of, random_case
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

from callclf.evaluation import METRICS, evaluate
from callclf.evaluation.ranking import Sample


def sample(y, p, *, flagged=None, clean=None, cost=None, hit=None):
    y, p = np.asarray(y, float), np.asarray(p, float)
    n = len(y)
    return Sample.ranked(
        y=y,
        p=p,
        flagged=np.asarray((p >= 0.5) if flagged is None else flagged, float),
        clean=np.asarray((y == 0) if clean is None else clean, bool),
        cost=np.ones(n) if cost is None else np.asarray(cost, float),
        hit=np.full(n, np.nan) if hit is None else np.asarray(hit, float),
        call=np.arange(n),
    )


def value(name, s):
    assert METRICS[name].lacking(s) is None
    return float(METRICS[name].function(s.one())[0])


ORACLES = {
    "average_precision": lambda y, p, f: sk.average_precision_score(y, p),
    "roc_auc": lambda y, p, f: sk.roc_auc_score(y, p),
    "precision": lambda y, p, f: sk.precision_score(y, f),
    "recall": lambda y, p, f: sk.recall_score(y, f),
    "f1": lambda y, p, f: sk.f1_score(y, f),
    "brier": lambda y, p, f: sk.brier_score_loss(y, p),
}


@pytest.mark.parametrize("metric", ORACLES)
@pytest.mark.parametrize("seed", range(3))
def test_per_label_macro_and_micro_equal_scikit_learn_on_data_with_gaps(metric, seed):
    y, p = random_case(seed=seed)
    result = evaluate(System(p), corpus_of(y), n_resamples=10).call
    known = ~np.isnan(y) & ~np.isnan(p)
    expected = []
    for j, name in enumerate(NAMES):
        k = known[:, j]
        expected.append(ORACLES[metric](y[k, j], p[k, j], p[k, j] >= 0.5))
        assert result[name][metric].value == pytest.approx(expected[-1], abs=1e-12)
    assert result.macro[metric].value == pytest.approx(np.mean(expected), abs=1e-12)
    micro = ORACLES[metric](y[known], p[known], p[known] >= 0.5)
    assert result.micro[metric].value == pytest.approx(micro, abs=1e-12)


def test_any_failure_equals_scikit_learn_on_one_minus_the_product():
    y, p = random_case(seed=3, gaps=0.1)
    result = evaluate(System(p), corpus_of(y), n_resamples=10).call.any_failure
    some = (y == 1).any(axis=1)
    truth = np.where(some, 1.0, np.where(np.isnan(y).any(axis=1), np.nan, 0.0))
    risk = 1 - np.nanprod(1 - p, axis=1)
    known = ~np.isnan(truth) & ~np.isnan(p).all(axis=1)
    expected = sk.average_precision_score(truth[known], risk[known])
    assert result["average_precision"].value == pytest.approx(expected, abs=1e-12)
    assert result.support.gaps == int(np.isnan(truth).sum())


@pytest.mark.parametrize("per_100", [1, 5])
def test_recall_at_false_alarms_equals_scikit_learns_roc_curve_on_clean_calls(per_100):
    rng = np.random.default_rng(5)
    y = (rng.random(900) < 0.2).astype(float)
    p = np.clip(0.25 + 0.3 * y + 0.2 * rng.standard_normal(900), 0, 1).round(2)
    clean = (y == 0) & (rng.random(900) < 0.7)
    about = (y == 1) | clean
    fpr, tpr, _ = sk.roc_curve(y[about], p[about], drop_intermediate=False)
    expected = tpr[fpr <= per_100 / 100 + 1e-12].max()
    name = f"recall_at_{per_100}_false_alarm{'s' * (per_100 > 1)}"
    assert value(name, sample(y, p, clean=clean)) == pytest.approx(expected, abs=1e-12)


def test_calibration_error_equals_scikit_learns_quantile_curve():
    rng = np.random.default_rng(6)
    p = rng.random(1000)
    y = (rng.random(1000) < p**2).astype(float)
    share, said = calibration_curve(y, p, n_bins=10, strategy="quantile")
    expected = np.abs(share - said).mean()  # ten bins of a hundred each
    assert value("calibration_error", sample(y, p)) == pytest.approx(expected, abs=1e-12)


def test_a_review_budget_of_a_fifth_by_hand():
    # Worst 2 of 10: one of them has it. 4 hours in all for 2 with the label; 2 hours for the top.
    y = [1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    p = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05]
    cost = [1, 1, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25]
    s = sample(y, p, cost=cost)
    assert value("precision_top_20", s) == pytest.approx(1 / 2)
    assert value("recall_top_20", s) == pytest.approx(1 / 2)
    assert value("lift_top_20", s) == pytest.approx((1 / 2) / (2 / 4))


def test_a_review_budget_that_ends_inside_a_call_or_a_tie_counts_it_in_part():
    # A fifth of 7 is 1.4: the first, which has it not, and 0.4 of the second, which has it.
    assert value("recall_top_20", sample([0, 1, 0, 0, 0, 0, 0], [7, 6, 5, 4, 3, 2, 1])) == (
        pytest.approx(0.4)
    )
    # All tie: the worst fifth in random order has the same share as all.
    tied = sample([1, 0, 0, 1, 0, 0, 0, 0, 0, 0], [0.3] * 10)
    assert value("precision_top_20", tied) == pytest.approx(0.2)
    assert value("lift_top_20", tied) == pytest.approx(1.0)


def test_false_alarms_are_counted_among_calls_clean_of_every_failure():
    # Five flags: one right, one on a call with another failure, three on 6 clean calls.
    y = [1, 0, 0, 0, 0, 0, 0, 0]
    clean = [0, 0, 1, 1, 1, 1, 1, 1]
    flagged = [1, 1, 1, 1, 1, 0, 0, 0]
    s = sample(y, np.linspace(0.9, 0.1, 8), clean=clean, flagged=flagged)
    assert value("false_alarms_per_100", s) == pytest.approx(50.0)
    assert value("precision", s) == pytest.approx(1 / 5)


def test_calibration_bias_and_evidence_hit_rate_by_hand():
    s = sample([1, 1, 1, 0], [0.9, 0.8, 0.7, 0.6], hit=[1, 0, 1, np.nan])
    assert value("calibration_bias", s) == pytest.approx(0.75 - 0.75)
    assert value("evidence_hit_rate", s) == pytest.approx(2 / 3)


def test_a_constant_score_is_chance():
    s = sample([1, 0, 0, 0] * 25, [0.25] * 100)
    assert value("average_precision", s) == pytest.approx(0.25)
    assert value("roc_auc", s) == pytest.approx(0.5)
    assert value("lift_top_5", s) == pytest.approx(1.0)
    assert value("calibration_error", s) == pytest.approx(0.0)
    assert value("recall_at_5_false_alarms", s) == 0.0


@pytest.mark.parametrize(
    ("metric", "case", "note"),
    [
        ("average_precision", sample([0, 0], [0.1, 0.9]), "no positives"),
        ("precision", sample([0, 0], [0.1, 0.9]), "no positives"),
        ("roc_auc", sample([1, 1], [0.1, 0.9]), "no negatives"),
        ("precision", sample([0, 1], [0.1, 0.2]), "nothing flagged"),
        ("recall", sample([0, 1], [0.1, 0.2], flagged=[np.nan] * 2), "the system says no flags"),
        ("false_alarms_per_100", sample([1, 1], [0.1, 0.2]), "nothing clean of every failure"),
        ("brier", sample([], []), "nothing both labelled and scored"),
        ("evidence_hit_rate", sample([0, 1], [0.1, 0.9]), "no right flag with marked turns"),
    ],
)
def test_what_is_not_defined_says_what_is_missing(metric, case, note):
    assert METRICS[metric].lacking(case) == note


def test_every_metric_is_defined_by_what_it_says_it_needs():
    s = sample([1, 0, 0, 1], [0.9, 0.8, 0.2, 0.1], hit=[1, np.nan, np.nan, np.nan])
    for metric in METRICS.values():
        assert metric.lacking(s) is None
        assert np.isfinite(metric.function(s.one())).all()
