"""Intervals: whole groups of calls are drawn, and 95 % of them contain the truth."""

import time

import numpy as np
import pytest
from evaluation_cases import System, call, corpus_of, random_case

from callclf.evaluation import METRICS, evaluate
from callclf.evaluation.bootstrap import Bootstrap, figures, interval, macro, replicate
from callclf.evaluation.metrics import metrics_for
from callclf.evaluation.ranking import Sample, Weighted


def ranked(y, p, call=None, cut=0.35):
    n = len(y)
    return Sample.ranked(
        y=y,
        p=p,
        flagged=(p >= cut).astype(float),
        hit=np.where((y == 1) & (p >= cut), (np.arange(n) % 3 > 0).astype(float), np.nan),
        clean=y == 0,
        cost=1.0 + np.arange(n) % 5,
        call=np.arange(n) if call is None else call,
    )


def drawn_case(n, rng, share=0.15):
    """Labels, and probabilities that are the true ones."""
    y = (rng.random(n) < share).astype(float)
    z = 1.5 * y + rng.standard_normal(n)
    odds = 1.5 * z - 1.125 + np.log(share / (1 - share))
    return ranked(y, 1 / (1 + np.exp(-odds)))


# The calibration error is left out: its bins are those of the data and are not drawn anew.
@pytest.mark.parametrize(
    "metric", [m for m in METRICS.values() if not m.noisy], ids=lambda m: m.name
)
def test_a_weight_of_two_is_the_item_twice(metric):
    rng = np.random.default_rng(0)
    y = (rng.random(200) < 0.3).astype(float)
    p = rng.random(200).round(2)
    times = rng.integers(0, 3, 200)
    once = ranked(y, p)
    weight = times[once.call].astype(float)[None]
    again = np.repeat(np.arange(200), times)
    fields = ("y", "p", "flagged", "hit", "clean", "cost", "call")
    back = np.argsort(once.call)
    copied = Sample.ranked(**{name: getattr(once, name)[back][again] for name in fields})
    expected = metric.function(copied.one())
    assert metric.function(Weighted(once, weight)) == pytest.approx(expected, abs=1e-12)


def test_weights_draw_groups_whole_and_as_many_as_there_are():
    groups = np.array([0, 0, 1, 2, 2, 2])
    blocks = list(Bootstrap(groups, 500, seed=1).weights(6))
    weight = np.concatenate([block for _, block in blocks])
    assert weight.shape == (500, 6)
    assert (weight[:, 0] == weight[:, 1]).all()
    assert (weight[:, 3] == weight[:, 5]).all()
    assert (weight[:, [0, 2, 3]].sum(axis=1) == 3).all()
    assert weight[:, 2].mean() == pytest.approx(1.0, abs=0.1)


def test_the_size_of_the_blocks_does_not_change_what_is_drawn():
    bootstrap = Bootstrap(np.arange(50), 300, seed=2)
    large = np.concatenate([block for _, block in bootstrap.weights(50)])
    small = np.concatenate([block for _, block in bootstrap.weights(200_000)])
    assert np.array_equal(large, small)


def test_tied_calls_widen_the_interval():
    y, p = random_case(n=300, gaps=0.0)
    y, p = np.repeat(y, 2, axis=0), np.repeat(p, 2, axis=0)
    calls = [call(i, twin=f"t{i // 2}") for i in range(600)]
    corpus = corpus_of(y, calls=calls)
    alone, tied = (
        evaluate(System(p), corpus, groups=groups).call["rudeness"]["roc_auc"]
        for groups in ((), ("twin",))
    )
    assert alone.value == tied.value
    ratio = (tied.high - tied.low) / (alone.high - alone.low)
    assert ratio == pytest.approx(2**0.5, rel=0.15)


def test_a_share_of_all_or_nothing_gets_the_exact_bound():
    # Clopper and Pearson for 0 of 20 and 20 of 20: 16.8 % and 83.2 %.
    none, every = np.zeros(100), np.ones(100)
    low = interval(0.0, none, METRICS["recall"], trials=20)
    high = interval(1.0, every, METRICS["recall"], trials=20)
    assert (low.low, low.high) == (0.0, pytest.approx(0.16843, abs=1e-5))
    assert (high.low, high.high) == (pytest.approx(0.83157, abs=1e-5), 1.0)
    alarms = interval(0.0, none, METRICS["false_alarms_per_100"], trials=20)
    assert alarms.high == pytest.approx(16.843, abs=1e-3)


def test_a_figure_that_rests_on_few_calls_has_no_interval():
    few = interval(0.5, np.linspace(0, 1, 100), METRICS["recall"], trials=4)
    assert (few.value, few.low, few.high) == (0.5, None, None)
    assert few.note == "no interval: rests on 4 calls"
    assert interval(0.5, np.linspace(0, 1, 100), METRICS["roc_auc"], trials=9).low is None


def test_resamples_without_a_positive_are_left_out_and_macro_keeps_its_labels():
    y = np.zeros((40, 2))
    y[:20, 0], y[0, 1] = 1, 1
    p = np.linspace(1, 0, 40)
    samples = [ranked(y[:, j], p) for j in range(2)]
    metrics = [METRICS["average_precision"]]
    replicates = replicate(samples, metrics, Bootstrap(np.arange(40), 200))
    assert 0.2 < np.isnan(replicates.drawn[1, 0]).mean() < 0.5  # (39/40)^40 = 0.36
    mean = macro(replicates, metrics, 2)["average_precision"]
    assert mean.value == 1.0
    assert "1 of them with under 10 calls to rest on" in mean.note


@pytest.mark.slow
def test_a_thousand_resamples_of_a_thousand_calls_take_under_ten_seconds():
    rng = np.random.default_rng(0)
    samples = [drawn_case(1000, rng) for _ in range(9)]
    metrics = metrics_for("call")
    start = time.process_time()  # of all threads: what else the machine does is no matter
    figures(replicate(samples, metrics, Bootstrap(np.arange(1000), 1000)), metrics)
    assert time.process_time() - start < 10  # measured: 0.6 s on one core


COVERED = (
    "average_precision",
    "roc_auc",
    "precision",
    "recall",
    "f1",
    "false_alarms_per_100",
    "recall_at_5_false_alarms",
    "precision_top_20",
    "lift_top_20",
    "brier",
    "calibration_bias",
)


@pytest.mark.slow
def test_the_intervals_contain_the_truth_as_often_as_they_say():
    metrics = [METRICS[name] for name in COVERED]
    rng = np.random.default_rng(7)
    n, draws = 600, 500
    large = drawn_case(400_000, rng)
    truth = [float(metric.function(large.one())[0]) for metric in metrics]
    hits = np.zeros(len(metrics))
    for seed in range(draws):
        replicates = replicate([drawn_case(n, rng)], metrics, Bootstrap(np.arange(n), 1000, seed))
        found = figures(replicates, metrics)[0]
        hits += [not found[m.name].excludes(t) for m, t in zip(metrics, truth, strict=True)]
    coverage = dict(zip(COVERED, hits / draws, strict=True))
    assert all(0.92 <= share <= 0.98 for share in coverage.values()), coverage


@pytest.mark.slow
def test_turn_level_intervals_hold_when_turns_of_a_call_hang_together():
    rng = np.random.default_rng(8)
    metrics = [METRICS["recall"], METRICS["roc_auc"], METRICS["brier"]]

    def case(n_calls):
        mood = np.repeat(rng.standard_normal(n_calls), 6)
        y = (mood + rng.standard_normal(len(mood)) > 1.6).astype(float)
        noise = np.repeat(rng.standard_normal(n_calls), 6) + rng.standard_normal(len(mood))
        p = 1 / (1 + np.exp(-(2 * y - 2 + noise)))
        return ranked(y, p, call=np.repeat(np.arange(n_calls), 6))

    large = case(60_000)
    truth = [float(metric.function(large.one())[0]) for metric in metrics]
    hits, draws = np.zeros(3), 500
    for seed in range(draws):
        replicates = replicate([case(200)], metrics, Bootstrap(np.arange(200), 500, seed))
        found = figures(replicates, metrics)[0]
        hits += [not found[m.name].excludes(t) for m, t in zip(metrics, truth, strict=True)]
    assert ((hits / draws >= 0.92) & (hits / draws <= 0.98)).all(), hits / draws


@pytest.mark.slow
def test_the_mean_of_average_precision_over_rare_labels_holds_what_it_says():
    metrics = [METRICS["average_precision"]]
    rng = np.random.default_rng(9)
    n, share, draws, hits = 250, 0.07, 200, 0
    large = drawn_case(400_000, rng, share)
    truth = float(metrics[0].function(large.one())[0])
    for seed in range(draws):
        samples = [drawn_case(n, rng, share) for _ in range(8)]
        replicates = replicate(samples, metrics, Bootstrap(np.arange(n), 300, seed))
        hits += not macro(replicates, metrics, 8)["average_precision"].excludes(truth)
    assert hits / draws >= 0.88  # 78 % without the reflection
