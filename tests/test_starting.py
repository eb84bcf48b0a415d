"""Departing from a fitted model: little where labels say little, freely where they say much."""

import copy

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from callclf import CallLabels, FailureModeClassifier, HeadConfig, Taxonomy, Transcript, Turn
from callclf.errors import LabelError
from callclf.offset_logistic import fit_departure
from training_cases import make_corpus

BITS = HeadConfig(bits=10)


def test_without_an_offset_it_is_scikit_learns_regression():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 5))
    y = (x[:, 0] + rng.normal(size=200) > 0.3).astype(float)
    weight = rng.uniform(0.5, 2, size=200)
    theirs = LogisticRegression(C=0.7, tol=1e-8, max_iter=1000).fit(x, y, sample_weight=weight)
    ours = fit_departure(x, y, weight=weight, offset=np.zeros(200), strength=0.7, tolerance=1e-9)
    np.testing.assert_allclose(ours.weights, theirs.coef_[0], atol=1e-4)
    assert ours.bias == pytest.approx(theirs.intercept_[0], abs=1e-4)


def test_an_offset_that_is_right_leaves_nothing_to_add():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4000, 3))
    odds = x @ np.array([1.0, -2.0, 0.5])
    y = (rng.uniform(size=4000) < 1 / (1 + np.exp(-odds))).astype(float)
    found = fit_departure(x, y, weight=np.ones(4000), offset=odds, strength=0.03)
    assert np.abs(found.weights).max() < 0.1 and abs(found.bias) < 0.1


@pytest.fixture(scope="module")
def model():
    corpus = make_corpus(60)
    return FailureModeClassifier(head=BITS).fit(corpus.calls, list(corpus.labels))


@pytest.fixture(scope="module")
def fresh():
    return make_corpus(20, seed=7)


def test_labels_of_which_the_calls_say_nothing_stay_as_they_were(model, fresh):
    y = [CallLabels(annotated=("inattention",)) for _ in fresh.calls]
    again = FailureModeClassifier().fit(fresh.calls, y, start=model)
    np.testing.assert_allclose(
        again.predict_proba(fresh.calls), model.predict_proba(fresh.calls), atol=1e-3
    )


def test_their_thresholds_stay_too_and_can_still_be_moved(model, fresh):
    y = [CallLabels(annotated=("inattention",)) for _ in fresh.calls]
    again = FailureModeClassifier().fit(fresh.calls, y, start=model)
    for name in set(model.classes_) - {"inattention"}:
        assert again.thresholds_[name] == pytest.approx(model.thresholds_[name])
    again.set_policy(recall=0.9)
    expected = FailureModeClassifier.set_policy(copy.copy(model), recall=0.9)
    assert again.thresholds_["rudeness"] == pytest.approx(expected.thresholds_["rudeness"])


def test_a_few_calls_do_not_undo_what_was_learned(model, fresh):
    again = FailureModeClassifier().fit(fresh.calls[:6], list(fresh.labels[:6]), start=model)
    rest = make_corpus(40, seed=9)
    assert again.score(rest.calls, list(rest.labels)) > 0.95


def test_from_nothing_they_would_not_be_enough(fresh):
    alone = FailureModeClassifier(head=BITS).fit(fresh.calls[:6], list(fresh.labels[:6]))
    rest = make_corpus(40, seed=9)
    assert alone.score(rest.calls, list(rest.labels)) < 0.95


def test_a_label_may_come_and_another_go(model):
    rng = np.random.default_rng(0)
    taxonomy = Taxonomy.of_names(["rudeness", "no_greeting"])
    calls, labels = [], []
    for i in range(60):
        greets = i % 2
        first = "good morning, welcome" if greets else "yes what is it"
        rest = f"{rng.integers(999)} parcels are on their way"
        turns = [Turn("customer", f"hi {i}"), Turn("agent", first)]
        turns += [Turn("customer", "and now?"), Turn("agent", rest)]
        calls.append(Transcript(turns, id=f"g{i}"))
        evidence = {} if greets else {"no_greeting": (1,)}
        labels.append(CallLabels(tuple(evidence), evidence, annotated=("no_greeting",)))
    again = FailureModeClassifier(taxonomy).fit(calls, labels, start=model)
    assert again.classes_ == ["rudeness", "no_greeting"]
    found = again.predict_proba(calls)
    assert found[::2, 1].min() > found[1::2, 1].max()
    old = make_corpus(30, seed=5)
    rude = [name.index("rudeness") for name in (model.classes_, again.classes_)]
    np.testing.assert_allclose(
        again.predict_proba(old.calls)[:, rude[1]],
        model.predict_proba(old.calls)[:, rude[0]],
        atol=1e-3,
    )


def test_call_labels_alone_teach_the_right_turn(model, fresh):
    y = [CallLabels(item.labels) for item in fresh.labels]
    again = FailureModeClassifier().fit(fresh.calls, y, start=model)
    for call, labels in zip(fresh.calls, fresh.labels, strict=True):
        for name, turns in labels.evidence.items():
            tag = again.tag(call)[name]
            if tag.flagged:
                assert tag.evidence[0].turn in turns


def test_a_head_of_another_size_is_refused(model, fresh):
    with pytest.raises(LabelError, match=r"head\.bits is 12, but the model to start from has 10"):
        FailureModeClassifier(head=HeadConfig(bits=12)).fit(
            fresh.calls, list(fresh.labels), start=model
        )


def test_a_model_that_departed_is_saved_and_loaded_unchanged(model, fresh, tmp_path):
    again = FailureModeClassifier().fit(fresh.calls, list(fresh.labels), start=model)
    again.save(tmp_path / "m")
    back = FailureModeClassifier.load(tmp_path / "m")
    np.testing.assert_array_equal(back.predict_proba(fresh.calls), again.predict_proba(fresh.calls))
    assert back.version == again.version
