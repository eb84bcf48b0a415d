"""Calibration, pooling and thresholds."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from callclf import Policy
from callclf.calibration import fit_logistic, logit, sigmoid
from callclf.pooling import pool_features
from callclf.thresholds import choose_thresholds

RNG = np.random.default_rng(0)


def test_sigmoid_and_logit_are_inverse_and_do_not_overflow():
    x = np.array([-1000.0, -3, 0, 3, 1000])
    np.testing.assert_allclose(sigmoid(x), expit(x), atol=1e-15)
    np.testing.assert_allclose(logit(sigmoid(np.array([-3.0, 0, 3]))), [-3, 0, 3], atol=1e-9)


def test_calibration_is_a_logistic_regression_a_label_without_the_gaps():
    features = RNG.normal(size=(300, 2, 3))
    y = (RNG.random((300, 2)) < expit(features[:, :, 0])).astype(float)
    y[::7, 1] = np.nan
    fitted = fit_logistic(features, y)
    for j in range(2):
        known = ~np.isnan(y[:, j])
        oracle = LogisticRegression(C=1.0, max_iter=1000).fit(features[known, j], y[known, j])
        expected = oracle.predict_proba(features[:, j])[:, 1]
        np.testing.assert_allclose(fitted(features)[:, j], expected, atol=1e-12)


def test_calibrated_probabilities_mean_what_they_say():
    score = RNG.normal(size=(4000, 1, 1)) * 3
    y = (RNG.random((4000, 1)) < expit(0.5 * score[:, :, 0] - 2)).astype(float)
    p = fit_logistic(score, y)(score)[:, 0]
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.7)):
        inside = (p >= low) & (p < high)
        assert abs(p[inside].mean() - y[inside, 0].mean()) < 0.04


@pytest.mark.parametrize(("value", "expected"), [(0.0, 0.5 / 11), (1.0, 10.5 / 11), (np.nan, 0.5)])
def test_a_constant_label_gets_its_smoothed_rate(value, expected):
    fitted = fit_logistic(RNG.normal(size=(10, 1, 2)), np.full((10, 1), value))
    np.testing.assert_allclose(fitted(RNG.normal(size=(3, 1, 2))), expected)


def test_pooling_equals_looking_at_each_call_by_hand():
    counts = [3, 0, 1, 5]
    owner = np.repeat(np.arange(4), counts)
    p = RNG.random((9, 2)).round(1).clip(0.05, 0.95)  # rounded: with ties
    pooled = pool_features(p, owner, 4)
    for call, count in enumerate(counts):
        for j in range(2):
            own = np.sort(p[owner == call, j])[::-1]
            top = own[0] if count else 0.001
            second = own[1] if count > 1 else 0.001
            some = 1 - np.prod(1 - own) if count else 0
            expected = [logit(top), logit(second), logit(some), np.log(max(count, 1))]
            np.testing.assert_allclose(pooled[call, j], expected, atol=1e-9)


# ---- thresholds -------------------------------------------------------------------------------

Y = (RNG.random((2000, 1)) < 0.1).astype(float)
P = expit(RNG.normal(size=(2000, 1)) + 2.5 * Y - 2)


def flags(policy):
    return choose_thresholds(P, Y, policy) <= P


@pytest.mark.parametrize("target", [0.3, 0.6, 0.8])
def test_a_precision_is_reached_with_as_many_flags_as_that_allows(target):
    chosen = flags(Policy(precision=target))
    assert Y[chosen].mean() >= target
    cut = choose_thresholds(P, Y, Policy(precision=target))
    laxer = np.unique(P)[np.searchsorted(np.unique(P), cut) - 1]
    assert Y[laxer <= P].mean() < target


@pytest.mark.parametrize("target", [0.3, 0.6, 0.9, 1.0])
def test_a_recall_is_reached_with_as_few_flags_as_that_allows(target):
    found = flags(Policy(recall=target))[Y == 1]
    assert target <= found.mean() < target + 1 / Y.sum() + 1e-9


@pytest.mark.parametrize("allowed", [0, 1, 5])
def test_false_alarms_stay_under_the_limit_and_use_it(allowed):
    alarms = flags(Policy(false_alarms=allowed))[Y == 0]
    assert 100 * alarms.mean() <= allowed < 100 * (alarms.sum() + 1) / len(alarms)


def test_false_alarms_are_counted_on_calls_that_are_clean_of_everything():
    y = np.array([[0, 1.0], [0, 0], [0, 0], [1, 0]])
    p = np.array([[0.9, 0.1], [0.8, 0.1], [0.1, 0.1], [0.5, 0.1]])
    assert choose_thresholds(p, y, Policy(false_alarms=0))[0] > 0.8


def test_a_budget_flags_that_share_of_the_calls():
    assert flags(Policy(budget=0.05)).mean() == pytest.approx(0.05, abs=0.001)


def test_the_best_f1_is_the_best_of_all_cuts():
    def f1(chosen):
        return 2 * Y[chosen].sum() / (chosen.sum() + Y.sum())

    assert f1(flags(Policy(f1=True))) == pytest.approx(max(f1(cut <= P) for cut in np.unique(P)))


def test_stricter_policies_never_lower_a_threshold():
    for kind, values in (
        ("precision", (0.3, 0.5, 0.7)),
        ("false_alarms", (5, 2, 1)),
        ("recall", (0.9, 0.5, 0.2)),
    ):
        cuts = [choose_thresholds(P, Y, Policy(**{kind: value}))[0] for value in values]
        assert cuts == sorted(cuts)


def test_a_label_without_positives_or_nowhere_known_still_gets_a_threshold():
    p = RNG.random((50, 2))
    y = np.column_stack([np.zeros(50), np.full(50, np.nan)])
    for policy in (
        Policy(precision=0.9),
        Policy(recall=0.5),
        Policy(f1=True),
        Policy(false_alarms=1),
    ):
        cuts = choose_thresholds(p, y, policy)
        assert np.isfinite(cuts).all()
        assert (p[:, 0] >= cuts[0]).mean() <= 0.02


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"precision": 0.9, "recall": 0.5},
        {"precision": 1.5},
        {"recall": 0.0},
        {"false_alarms": -1},
        {"f1": True, "unsure": 0.7},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"policy|must be"):
        Policy(**wrong)


def test_a_policy_survives_a_dict():
    policy = Policy(precision=0.9, unsure=0.05)
    assert Policy.from_dict(policy.to_dict()) == policy
    assert str(policy) == "precision=0.9, unsure=0.05"
