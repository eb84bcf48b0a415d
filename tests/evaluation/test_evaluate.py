"""What `evaluate` says of systems whose figures are known beforehand."""

import json

import numpy as np
import pytest
from evaluation_cases import NAMES, System, Trained, call, corpus_of, random_case
from sklearn import metrics as sk

from callclf import CallLabels, Corpus, Taxonomy, Transcript, Turn
from callclf.errors import LabelError
from callclf.evaluation import evaluate, predict_calls


def planted(n=300, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random((n, 3)) < 0.2).astype(float)
    return y, np.clip(0.15 + 0.7 * y + 0.05 * rng.standard_normal(y.shape), 0, 1)


def test_a_system_that_is_always_right():
    y, p = planted()
    result = evaluate(System(p), corpus_of(y), n_resamples=50).call
    for name in NAMES:
        column = result[name]
        for metric in ("average_precision", "roc_auc", "precision", "recall", "f1"):
            assert column[metric].value == 1.0
        assert column["recall"].low < 1.0  # all of so many is no certainty
        assert column["false_alarms_per_100"].value == 0.0
        assert column["false_alarms_per_100"].high > 0.0


def test_scrambled_scores_are_chance():
    y, p = planted(n=2000)
    scrambled = np.random.default_rng(1).permutation(p)
    result = evaluate(System(scrambled), corpus_of(y), n_resamples=200).call
    for j, name in enumerate(NAMES):
        assert not result[name]["roc_auc"].excludes(0.5)
        assert not result[name]["average_precision"].excludes(y[:, j].mean())
        assert not result[name]["lift_top_20"].excludes(1.0)


def test_a_system_that_always_says_no():
    y, _ = planted()
    column = evaluate(System(np.zeros(y.shape)), corpus_of(y), n_resamples=50).call["rudeness"]
    assert column["precision"].value is None
    assert column["precision"].note == "nothing flagged"
    assert column["recall"].value == column["f1"].value == 0.0
    assert column["false_alarms_per_100"].value == 0.0
    assert column["average_precision"].value == pytest.approx(y[:, 0].mean())
    assert column["roc_auc"].value == 0.5
    assert column["brier"].value == pytest.approx(y[:, 0].mean())


def test_a_system_that_always_says_yes():
    y, _ = planted()
    column = evaluate(System(np.ones(y.shape)), corpus_of(y), n_resamples=50).call["rudeness"]
    assert column["recall"].value == 1.0
    assert column["precision"].value == pytest.approx(y[:, 0].mean())
    assert column["false_alarms_per_100"].value == 100.0
    assert column["calibration_bias"].value == pytest.approx(1 - y[:, 0].mean())
    assert column["lift_top_20"].value == pytest.approx(1.0, abs=0.05)  # words differ a little


def test_a_label_without_positives_has_false_alarms_and_says_so():
    y, p = planted()
    y[:, 1] = 0.0
    result = evaluate(System(p), corpus_of(y), n_resamples=50).call
    absent = result["inattention"]
    assert absent.support.positives == 0
    for metric in ("average_precision", "precision", "recall", "f1", "roc_auc", "lift_top_20"):
        assert absent[metric].value is None
        assert absent[metric].note == "no positives"
    clean = (y == 0).all(axis=1)
    expected = 100 * (p[clean, 1] >= 0.5).mean()
    assert absent["false_alarms_per_100"].value == pytest.approx(expected)
    assert result.macro["average_precision"].note.startswith("over 2 of 3 labels")


def test_false_alarms_on_an_absent_label_lower_micro_f1():
    # The trap: with labels taken from the test data this system would have micro-F1 1.
    y = np.array([[1, 0, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0]], float)
    p = np.array([[0.9, 0.9, 0], [0.9, 0, 0], [0, 0, 0], [0, 0.9, 0]])
    result = evaluate(System(p), corpus_of(y), n_resamples=10).call
    assert result.micro["f1"].value == pytest.approx(2 / 3)
    assert sk.f1_score(y, p >= 0.5, average="micro") == pytest.approx(2 / 3)


def test_a_column_of_gaps_has_no_figures_and_spoils_no_average():
    y, p = random_case()
    y[:, 2] = np.nan
    result = evaluate(System(p), corpus_of(y), n_resamples=10).call
    empty = result["knowledge_gap"]
    assert empty.support.gaps == len(y)
    assert all(figure.value is None for figure in empty.figures.values())
    assert empty["brier"].note == "nothing both labelled and scored"
    assert empty.curves.calibration == ()
    two = np.mean([result[name]["roc_auc"].value for name in NAMES[:2]])
    assert result.macro["roc_auc"].value == pytest.approx(two)


def test_a_single_call_has_figures_without_intervals():
    result = evaluate(System(np.array([[0.9, 0.1, 0.2]])), corpus_of(np.array([[1.0, 0, 0]])))
    recall = result.call["rudeness"]["recall"]
    assert (recall.value, recall.low, recall.note) == (1.0, None, "no interval: rests on 1 call")
    assert result.call["rudeness"]["roc_auc"].note == "no negatives"
    assert "Only 1 groups of calls" in result.notes[0]


def test_no_calls_is_an_error():
    with pytest.raises(LabelError, match="holds no calls"):
        evaluate(System(np.empty((0, 3))), Corpus((), ()))


def test_calls_with_the_same_id_are_an_error():
    y, p = planted(n=3)
    calls = [call(0), call(1), call(0)]
    with pytest.raises(LabelError, match="more than once: 'c0'"):
        evaluate(System(p), corpus_of(y, calls=calls))


def test_columns_in_another_order_give_the_same_figures():
    y, p = random_case()
    order = [2, 0, 1]
    shuffled = System(p[:, order], classes_=tuple(NAMES[j] for j in order))
    corpus = corpus_of(y)
    a = evaluate(System(p), corpus, n_resamples=20)
    b = evaluate(shuffled, corpus, n_resamples=20)
    assert [label.name for label in b.taxonomy] == [NAMES[j] for j in order]
    for name in NAMES:
        assert a.call[name] == b.call[name]
    in_order = predict_calls(shuffled, corpus.calls, taxonomy=Taxonomy.of_names(NAMES))
    assert evaluate(in_order, corpus, n_resamples=20).call == a.call


def test_a_call_that_was_not_scored_is_left_out_and_counted():
    y, p = planted()
    p[:10] = np.nan
    result = evaluate(System(p), corpus_of(y), n_resamples=10)
    assert result.coverage.scored == len(y) - 10
    assert result.coverage.not_scored["the model gave no score"] == tuple(
        f"c{i}" for i in range(10)
    )
    assert result.call["rudeness"].support.not_scored == 10


def test_labels_of_the_corpus_that_the_system_lacks_are_named():
    y, p = planted()
    corpus = corpus_of(y, names=("rudeness", "inattention", "mumbling"))
    result = evaluate(System(p), corpus, n_resamples=10)
    assert "Labels of the corpus that the system does not have: mumbling." in result.notes


def test_the_same_seed_gives_the_same_result_and_valid_json():
    y, p = random_case(n=100)
    corpus = corpus_of(y)
    first, second = (evaluate(System(p), corpus, by=["channel"], seed=3) for _ in range(2))
    assert first == second
    text = json.dumps(first.to_dict(), allow_nan=False)
    assert json.loads(text)["units"]["call"]["labels"].keys() == set(NAMES)
    assert evaluate(System(p), corpus, seed=4) != first


def test_the_json_has_the_keys_that_the_schema_names():
    import callclf.evaluation.results as results

    y, p = random_case(n=60)
    data = evaluate(System(p), corpus_of(y), n_resamples=10).to_dict()
    for key in data:
        assert f"\n    {key} " in results.__doc__
    column = data["units"]["call"]["any_failure"]
    assert column.keys() == {"support", "figures", "curves"}
    for key in (*column["support"], *column["curves"]):
        assert f'"{key}"' in results.__doc__


def test_the_table_has_a_row_for_every_figure():
    y, p = random_case(n=60)
    result = evaluate(System(p), corpus_of(y), n_resamples=10)
    frame = result.to_frame().set_index(["unit", "label", "metric"])
    shown = frame.loc[("call", "rudeness", "roc_auc"), "value"]
    assert shown == result.call["rudeness"]["roc_auc"].value
    assert set(frame.index.get_level_values("label")) == {
        *NAMES,
        "any failure",
        "macro average",
        "micro average",
    }
    assert repr(result).startswith("Evaluation(System, ")


def test_calls_of_the_training_data_are_found_by_their_words():
    y, _ = planted(n=12)
    corpus = corpus_of(y)
    copies = [Transcript(corpus.calls[i].turns, id=f"other{i}") for i in (2, 7)]
    result = evaluate(Trained(copies), corpus, n_resamples=10)
    assert result.leakage.ids == ("c2", "c7")
    assert result.notes[0].startswith("LEAK: 2 calls of the test were in the training data")
    assert "2 LEAKED" in repr(result)
    assert result.to_dict()["leakage"] == {"known": True, "calls": 2, "ids": ["c2", "c7"]}


def test_no_leak_and_not_known_are_told_apart():
    y, p = planted(n=12)
    corpus = corpus_of(y)
    clean = evaluate(Trained([call(99)]), corpus, n_resamples=10).leakage
    unknown = evaluate(System(p), corpus, n_resamples=10).leakage
    assert (clean.known, bool(clean)) == (True, False)
    assert (unknown.known, bool(unknown)) == (False, False)
    assert "not checked" in str(unknown)


def test_turns_abstentions_and_evidence_of_our_own_model():
    y = np.array([[1, 0, 0]] * 6 + [[0, 0, 1]] * 6, float)
    short = Transcript([Turn("agent", "hello")], id="short")
    corpus = corpus_of(y, calls=[call(i, n_turns=4) for i in range(12)])
    corpus = corpus + Corpus((short,), (CallLabels(),))
    result = evaluate(Trained([]), corpus, n_resamples=10)
    assert result.coverage.unsure == 12
    assert result.coverage.not_scored == {"too short": ("short",)}
    # An abstention flags nothing: the six knowledge gaps are misses.
    assert result.call["knowledge_gap"]["recall"].value == 0.0
    assert result.call["rudeness"]["evidence_hit_rate"].value == 1.0
    assert result.call.any_failure["evidence_hit_rate"].value == 1.0
    # One of two agent turns was scored in each of twelve calls; the thirteenth call was not.
    support = result.turn["rudeness"].support
    assert (support.items, support.not_scored, support.positives) == (12, 13, 6)
    assert result.turn["rudeness"]["precision"].value == 0.5
    assert result.turn["rudeness"]["recall"].value == 1.0


def test_the_worst_mistakes_are_named_with_what_was_shown_and_what_was_marked():
    y = np.array([[1, 0, 0]] * 3 + [[0, 0, 1]] * 3, float)
    result = evaluate(Trained([]), corpus_of(y), n_resamples=10)
    alarms = [m for m in result.mistakes if m.kind == "false alarm"]
    misses = [m for m in result.mistakes if m.kind == "miss"]
    assert [(m.label, m.id, m.evidence, m.marked) for m in alarms] == [
        ("rudeness", f"c{i}", (1,), ()) for i in (3, 4, 5)
    ]
    assert [(m.label, m.id, m.threshold, m.marked) for m in misses] == [
        ("knowledge_gap", f"c{i}", 0.5, (1,)) for i in (3, 4, 5)
    ]


def test_hours_are_used_for_the_lift_where_every_call_has_times():
    y, p = planted(n=40)
    timed = [
        Transcript([Turn("agent", f"turn {i}", start=0, end=60.0 + i)], id=f"c{i}")
        for i in range(40)
    ]
    labels = tuple(CallLabels(("rudeness",) if row[0] else ()) for row in y)
    assert evaluate(System(p), Corpus(tuple(timed), labels)).listening_unit == "hours"
    some = (*timed[:-1], Transcript([Turn("agent", "no times")], id="c39"))
    assert evaluate(System(p), Corpus(some, labels)).listening_unit == "words"


def test_curves_end_where_they_must():
    y, p = random_case(n=400, decimals=6)
    curves = evaluate(System(p), corpus_of(y), n_resamples=10).call["rudeness"].curves
    last = curves.precision_recall[-1]
    known = ~np.isnan(y[:, 0]) & ~np.isnan(p[:, 0])
    assert last.recall == 1.0
    assert last.precision == pytest.approx(y[known, 0].mean())
    assert len(curves.precision_recall) <= 200
    assert len(curves.calibration) == 10
    assert sum(b.items for b in curves.calibration) == known.sum()
    assert all(b.low <= b.share <= b.high for b in curves.calibration)
    everything = curves.budget[-1]
    assert (everything.budget, everything.recall) == (1.0, pytest.approx(1.0))
    assert everything.lift == pytest.approx(1.0)
