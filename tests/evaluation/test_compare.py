"""A planted difference is found, and none where there is none."""

import numpy as np
import pytest
from evaluation_cases import NAMES, System, corpus_of

from callclf.errors import LabelError
from callclf.evaluation import compare, evaluate, predict_calls
from callclf.evaluation.compare import holm


def case(n=500, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random((n, 3)) < 0.2).astype(float)
    weak = np.clip(0.3 + 0.25 * y + 0.2 * rng.standard_normal(y.shape), 0, 1)
    better = weak.copy()
    better[:, 1] = np.clip(0.3 + 0.5 * y[:, 1] + 0.2 * rng.standard_normal(n), 0, 1)
    return corpus_of(y), System(weak), System(better)


def named(system, corpus, name):
    from dataclasses import replace

    return replace(predict_calls(system, corpus.calls), name=name)


def test_a_system_does_not_differ_from_itself():
    corpus, a, _ = case()
    result = compare(a, a, corpus)
    assert not any(item.shown for item in result.labels.values())
    for item in (*result.labels.values(), result.any_failure, result.macro):
        assert (item.difference.value, item.difference.low, item.difference.high) == (0, 0, 0)
        assert item.p == 1.0
    assert result.verdict == "no difference shown between System (A) and System (B) for any label"


def test_a_planted_difference_is_found_where_it_is_and_nowhere_else():
    corpus, weak, better = case()
    a, b = named(weak, corpus, "old"), named(better, corpus, "new")
    result = compare(a, b, corpus)
    assert [name for name, item in result.labels.items() if item.shown] == ["inattention"]
    assert result.verdict == "new finds better: Inattention; no difference shown elsewhere"
    assert compare(b, a, corpus).verdict == result.verdict
    assert result.macro.shown


def test_the_words_follow_the_metric():
    corpus, weak, better = case()
    a, b = named(weak, corpus, "old"), named(better, corpus, "new")
    assert compare(a, b, corpus, metric="recall").verdict.startswith("new finds more: Inattention")


def test_differences_are_those_of_the_figures_and_paired():
    corpus, weak, better = case()
    result = compare(weak, better, corpus)
    for name, item in result.labels.items():
        first = evaluate(weak, corpus, n_resamples=10).call[name]["average_precision"].value
        second = evaluate(better, corpus, n_resamples=10).call[name]["average_precision"].value
        assert item.difference.value == pytest.approx(second - first)
    # Equal columns differ by nothing in every resample, which only pairing gives.
    assert result.labels["rudeness"].difference.high == 0.0


def test_labels_are_in_the_order_of_a_and_those_of_one_alone_are_left_out():
    corpus, a, _ = case()
    b = System(a.probability[:, [2, 0]], classes_=("knowledge_gap", "rudeness"))
    result = compare(a, b, corpus, n_resamples=50)
    assert list(result.labels) == ["rudeness", "knowledge_gap"]
    assert result.notes == ("Labels that only System (A) has, left out: inattention.",)
    assert result.macro.difference.value == 0.0


def test_systems_without_a_common_label_cannot_be_compared():
    corpus, a, _ = case(n=20)
    other = System(a.probability[:, :1], classes_=("mumbling",))
    with pytest.raises(LabelError, match="share no label"):
        compare(a, other, corpus)


def test_only_calls_that_both_scored_count():
    corpus, a, _ = case()
    partial = a.probability.copy()
    partial[:40] = np.nan
    result = compare(a, System(partial), corpus, n_resamples=50)
    assert result.labels["rudeness"].calls == len(corpus) - 40
    assert result.labels["rudeness"].difference.value == 0.0
    assert "40 calls that only one of them scored are left out." in result.notes


def test_an_unknown_metric_lists_those_that_have_a_better_side():
    corpus, a, _ = case(n=20)
    with pytest.raises(LabelError, match=r"unknown metric 'avg'.*average_precision") as caught:
        compare(a, a, corpus, metric="avg")
    assert "calibration_bias" not in str(caught.value)


def test_a_label_without_positives_is_not_compared():
    corpus, a, b = case()
    y = np.zeros((len(corpus), 3))
    y[:100, 0] = 1
    result = compare(a, b, corpus_of(y), n_resamples=50)
    absent = result.labels["inattention"]
    assert (absent.a, absent.p, absent.difference.note) == (None, None, "no positives")
    assert result.macro.difference.note == "over 1 of 3 labels"


def test_holm_by_hand():
    # Sorted 0.01, 0.02, 0.03, 0.5: times 4, 3, 2, 1, none below the one before.
    assert holm([0.03, 0.01, 0.5, 0.02]) == [0.06, 0.04, 0.5, 0.06]
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([None, 0.04]) == [None, 0.04]


def test_the_table_and_the_json_have_every_label():
    corpus, a, b = case(n=60)
    result = compare(a, b, corpus, n_resamples=50)
    assert result.to_frame()["label"].tolist() == [*NAMES, "any failure", "macro average"]
    assert result.to_dict()["labels"].keys() == set(NAMES)


@pytest.mark.slow
def test_equal_systems_are_called_different_in_at_most_one_of_twenty():
    shown = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        y = (rng.random((200, 3)) < 0.2).astype(float)
        a, b = (
            System(np.clip(0.3 + 0.3 * y + 0.2 * rng.standard_normal(y.shape), 0, 1))
            for _ in range(2)
        )
        result = compare(a, b, corpus_of(y), n_resamples=400, seed=seed)
        shown += any(item.shown for item in result.labels.values())
    assert shown <= 20  # 200 draws at 5 %: 10 expected, 20 is three standard deviations above
