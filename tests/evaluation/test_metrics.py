"""Figures against scikit-learn, and against cases computed by hand."""

from dataclasses import dataclass

import numpy as np
import pytest
from evaluation_cases import NAMES, System, corpus_of, random_case
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve

from callclf import CallLabels, Corpus, Taxonomy, Transcript, Turn
from callclf.evaluation import METRICS, Predictions, evaluate
from callclf.evaluation.outcomes import _hit_of_surest
from callclf.evaluation.predictions import CallPrediction
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


def fpr_limited_recall(c, per_100):
    about = (c.y == 1) | c.clean
    fpr, tpr, _ = sk.roc_curve(c.y[about], c.p[about], drop_intermediate=False)
    return tpr[fpr <= per_100 / 100 + 1e-12].max()


def within(c, of, share):
    """Return the sum over the first part of the ranking, the item at the border in part."""
    order = np.argsort(-c.p)
    return np.interp(share * len(c.y), np.arange(len(c.y) + 1), [0, *np.cumsum(of[order])])


def lift(c, share):
    top = within(c, c.y, share) / within(c, c.cost, share)
    return top / (c.y.sum() / c.cost.sum())


def ece(c):
    rank = np.argsort(np.argsort(c.p)) + 0.5
    tenth = (10 * rank / len(c.y)).astype(int)
    bins = [tenth == k for k in range(10)]
    return sum(b.mean() * abs(c.p[b].mean() - c.y[b].mean()) for b in bins)


EVERY = {
    **{name: lambda c, f=f: f(c.y, c.p, c.flagged) for name, f in ORACLES.items()},
    "false_alarms_per_100": lambda c: 100 * sk.recall_score(c.clean[c.clean], c.flagged[c.clean]),
    "recall_at_1_false_alarm": lambda c: fpr_limited_recall(c, 1),
    "recall_at_5_false_alarms": lambda c: fpr_limited_recall(c, 5),
    "precision_top_5": lambda c: within(c, c.y, 0.05) / (0.05 * len(c.y)),
    "precision_top_20": lambda c: within(c, c.y, 0.2) / (0.2 * len(c.y)),
    "recall_top_20": lambda c: within(c, c.y, 0.2) / c.y.sum(),
    "lift_top_5": lambda c: lift(c, 0.05),
    "lift_top_20": lambda c: lift(c, 0.2),
    "calibration_error": ece,
    "calibration_bias": lambda c: c.p.mean() - c.y.mean(),
    "evidence_hit_rate": lambda c: sk.accuracy_score(c.marked[c.judged], c.shown[c.judged]),
}


@dataclass
class Case:
    """What is known of one label, gaps left out: arrays of one entry an item."""

    y: np.ndarray
    p: np.ndarray
    flagged: np.ndarray
    clean: np.ndarray
    cost: np.ndarray
    marked: np.ndarray
    shown: np.ndarray
    judged: np.ndarray


def random_system(seed, n=387):
    """Calls of three agent turns with gaps, and a system that shows a turn for what it flags.

    Truth a turn is 1, 0 or NaN (borderline, or nobody looked); scores a turn and call may lack.
    """
    rng = np.random.default_rng(seed)
    truth = (rng.random((n, 3, 3)) < 0.12).astype(float)
    truth[rng.random(truth.shape) < 0.05] = np.nan
    looked = rng.random((n, 3)) >= 0.15
    calls, labels, rows = [], [], []
    for i in range(n):
        said = [("word " * int(k)).strip() for k in rng.integers(1, 30, 3)]
        roles = ("customer", "agent") * 3
        turns = [Turn(r, t) for r, t in zip(roles, np.repeat(said, 2), strict=True)]
        calls.append(Transcript([*turns, Turn("customer", f"bye {i}")], f"c{i}"))
        evidence = {
            name: tuple(2 * k + 1 for k in range(3) if truth[i, k, j] == 1)
            for j, name in enumerate(NAMES)
        }
        doubt = {
            name: tuple(2 * k + 1 for k in range(3) if np.isnan(truth[i, k, j]))
            for j, name in enumerate(NAMES)
        }
        evidence = {name: turns for name, turns in evidence.items() if turns}
        doubt = {name: turns for name, turns in doubt.items() if turns}
        seen = tuple(name for j, name in enumerate(NAMES) if looked[i, j])
        labels.append(CallLabels(tuple(evidence), evidence, doubt, annotated=seen))
        scores = np.clip(0.2 + 0.4 * np.nan_to_num(truth[i]) + 0.25 * rng.random((3, 3)), 0, 1)
        p = np.where(rng.random(3) < 0.05, np.nan, scores.max(axis=0))
        shown = {
            name: (int(2 * scores[:, j].argmax() + 1),)
            for j, name in enumerate(NAMES)
            if p[j] >= 0.5
        }
        flags = np.array([name in shown for name in NAMES])
        turns_at = np.array([1, 3, 5])
        rows.append(
            CallPrediction(
                f"c{i}", p, flags, np.zeros(3, dtype=bool), None, turns_at, scores, evidence=shown
            )
        )
    corpus = Corpus(tuple(calls), tuple(labels))
    said = Predictions(
        "random", Taxonomy.of_names(NAMES), tuple(rows), np.full(3, 0.5), "the test's"
    )
    return corpus, said, truth, looked


def call_case(j, corpus, said, truth, looked):
    """Say it all again, from the truth, without any of the code under test."""
    some = (truth == 1).any(axis=1)
    doubt = np.isnan(truth).any(axis=1)
    y = np.where(some, 1.0, np.where(doubt | ~looked, np.nan, 0.0))
    clean = ~(y == 1).any(axis=1) & (y == 0).any(axis=1)
    p = np.array([row.probability for row in said.calls])[:, j]
    known = ~np.isnan(y[:, j]) & ~np.isnan(p)
    cost = [sum(len(t.text.split()) for t in call.turns) for call in corpus.calls]
    top = [dict(row.evidence).get(NAMES[j], (-1,))[0] for row in said.calls]
    at_top = np.array([truth[i, (t - 1) // 2, j] if t > 0 else np.nan for i, t in enumerate(top)])
    return Case(
        y=y[known, j],
        p=p[known],
        flagged=p[known] >= 0.5,
        clean=clean[known],
        cost=np.array(cost, float)[known],
        marked=np.ones(known.sum()),
        shown=np.nan_to_num(at_top[known]),
        judged=(~np.isnan(at_top) & (y[:, j] == 1))[known],
    )


def test_every_metric_has_an_oracle():
    assert set(EVERY) == set(METRICS)


@pytest.mark.parametrize("seed", range(3))
def test_every_metric_equals_its_oracle_on_calls_with_gaps_to_twelve_digits(seed):
    case = random_system(seed)
    found = evaluate(case[1], case[0], n_resamples=10).call
    assert found["rudeness"].support.gaps > 30 and found["rudeness"].support.not_scored > 5
    for j, name in enumerate(NAMES):
        expected = call_case(j, *case)
        for metric, oracle in EVERY.items():
            assert found[name][metric].value == pytest.approx(oracle(expected), abs=1e-12), metric
    for metric, oracle in EVERY.items():
        mean = np.mean([oracle(call_case(j, *case)) for j in range(3)])
        assert found.macro[metric].value == pytest.approx(mean, abs=1e-12), metric


@pytest.mark.parametrize("seed", range(3))
def test_turns_equal_scikit_learn_with_gaps_to_twelve_digits(seed):
    corpus, said, truth, looked = random_system(seed)
    found = evaluate(said, corpus, n_resamples=10).turn
    # A turn that was marked shows it, also where nobody was said to have looked.
    y = np.where(~looked[:, None, :] & (truth != 1), np.nan, truth)
    p = np.stack([row.turn_probability for row in said.calls])
    shown = np.zeros(truth.shape)
    for i, row in enumerate(said.calls):
        for name, turns in row.evidence.items():
            shown[i, [(t - 1) // 2 for t in turns], NAMES.index(name)] = 1
    known = ~np.isnan(y)
    for metric, oracle in ORACLES.items():
        for j, name in enumerate(NAMES):
            k = known[:, :, j]
            expected = oracle(y[:, :, j][k], p[:, :, j][k], shown[:, :, j][k])
            assert found[name][metric].value == pytest.approx(expected, abs=1e-12), metric
        micro = oracle(y[known], p[known], shown[known])
        assert found.micro[metric].value == pytest.approx(micro, abs=1e-12), metric


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


def test_evidence_of_any_failure_is_that_of_the_surest_right_flag():
    hit = np.array([[1, 0, np.nan], [0, 1, np.nan], [np.nan, np.nan, np.nan]])
    p = np.array([[0.6, 0.9, 0.99], [0.6, 0.9, np.nan], [0.5, 0.5, 0.5]])
    assert _hit_of_surest(hit, p) == pytest.approx([0, 1, np.nan], nan_ok=True)
