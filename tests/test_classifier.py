import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, cross_val_score

import callclf
from callclf import (
    CallLabels,
    Corpus,
    FailureModeClassifier,
    HeadConfig,
    Label,
    Policy,
    Taxonomy,
    Transcript,
    Turn,
)
from callclf.errors import LabelError, NotFittedError
from callclf.labels import call_matrix

SMALL = HeadConfig(bits=14)


@pytest.fixture(scope="module")
def corpus(repo):
    return Corpus.load(repo / "data" / "corpus" / "calls.jsonl")[:260]


@pytest.fixture(scope="module")
def fitted(corpus):
    return FailureModeClassifier(head=SMALL).fit(corpus.calls, corpus.labels)


@pytest.fixture(scope="module")
def shipped():
    return callclf.load("fast")


@pytest.fixture(scope="module")
def unseen(repo):
    corpus = Corpus.load(repo / "data" / "corpus" / "calls.jsonl")
    return corpus.where(lambda call: call.meta["writer"] == "w6")


# ---- the scikit-learn contract ----------------------------------------------------------------


def test_clone_and_params_keep_every_argument():
    policy = Policy(precision=0.8)
    model = FailureModeClassifier(head=SMALL, policy=policy, bots=False, random_state=3)
    copy = clone(model)
    assert copy is not model and copy.get_params() == model.get_params()
    assert copy.policy is not None and copy.policy == policy
    assert copy.set_params(bots=True).bots is True
    with pytest.raises(ValueError, match="did you mean 'policy'"):
        model.set_params(polcy=None)


def test_it_is_a_multi_label_classifier_to_scikit_learn():
    assert is_classifier(FailureModeClassifier())


def test_it_works_inside_cross_validation(corpus):
    part = corpus[:120]
    matrix = np.nan_to_num(call_matrix(part.labels, Taxonomy.default().names))
    for y in (list(part.labels), matrix):
        scores = cross_val_score(FailureModeClassifier(head=SMALL), list(part.calls), y, cv=2)
        assert scores.shape == (2,) and (scores > 0.1).all()


def test_it_works_inside_a_grid_search(corpus):
    part = corpus[:60]
    grid = {"head": [SMALL, HeadConfig(bits=14, strength=0.001)]}
    search = GridSearchCV(FailureModeClassifier(), grid, cv=2).fit(
        list(part.calls), list(part.labels)
    )
    assert search.best_estimator_.predict(part.calls).shape == (60, 8)


def test_before_fit_it_says_so():
    with pytest.raises(NotFittedError, match="call fit"):
        FailureModeClassifier().predict([])


# ---- learning ---------------------------------------------------------------------------------


def test_it_learns_from_turn_labels(fitted, unseen):
    assert fitted.score(unseen.calls, list(unseen.labels)) > 0.5


def test_it_learns_from_call_labels_alone(corpus, unseen):
    y = call_matrix(corpus.labels, Taxonomy.default().names)
    model = FailureModeClassifier(head=SMALL).fit(corpus.calls, y)
    chance = np.nanmean(call_matrix(unseen.labels, model.classes_))
    assert model.score(unseen.calls, list(unseen.labels)) > 2 * chance


def test_same_seed_and_data_give_the_same_model_and_another_seed_another(corpus):
    part = corpus[:100]
    one, same, other = (
        FailureModeClassifier(head=SMALL, random_state=seed).fit(part.calls, part.labels)
        for seed in (0, 0, 1)
    )
    assert one.version == same.version
    np.testing.assert_array_equal(one.predict_proba(part.calls), same.predict_proba(part.calls))
    assert other.version != one.version


def test_more_processes_change_nothing(fitted, corpus):
    part = corpus[:40]
    several = FailureModeClassifier(head=SMALL, n_jobs=2).fit(part.calls, part.labels)
    alone = FailureModeClassifier(head=SMALL).fit(part.calls, part.labels)
    assert several.version == alone.version
    np.testing.assert_array_equal(
        several.predict_proba(part.calls), alone.predict_proba(part.calls)
    )


def test_constant_labels_and_gaps_do_not_fail_the_others(corpus):
    part = corpus[:50]
    y = call_matrix(part.labels, Taxonomy.default().names)
    y[:, 0], y[:, 1], y[:, 2] = 0, 1, np.nan
    y[::3, 3] = np.nan
    p = FailureModeClassifier(head=SMALL).fit(part.calls, y).predict_proba(part.calls)
    assert np.isfinite(p).all() and p[:, 0].max() < 0.2 < 0.8 < p[:, 1].min()


def test_labels_can_be_added_dropped_and_renamed(corpus, tmp_path):
    taxonomy = Taxonomy(
        "mine",
        "1",
        (Label("no_owner", "No owner"), Label("rudeness", "Rude"), Label("praise", "Praise")),
    )
    part = corpus[:100]
    y = [[name for name in ("rudeness",) if name in labels.labels] for labels in part.labels]
    model = FailureModeClassifier(taxonomy, head=SMALL).fit(part.calls, y)
    model.save(tmp_path / "m")
    loaded = FailureModeClassifier.load(tmp_path / "m")
    assert loaded.classes_ == ["no_owner", "rudeness", "praise"]
    assert [tag.title for tag in loaded.tag(part.calls[0])] == ["No owner", "Rude", "Praise"]


def test_calls_that_cannot_be_scored_are_left_out_of_learning(corpus):
    part = corpus[:60]
    mute = Transcript([Turn("customer", "hello?")])
    model = FailureModeClassifier(head=SMALL).fit(part.calls, part.labels)
    more = FailureModeClassifier(head=SMALL).fit([*part.calls, mute], [*part.labels, CallLabels()])
    assert more.version == model.version


@pytest.mark.parametrize(
    ("calls", "y", "problem"),
    [
        ([Transcript([])], [[]], "none of the calls can be scored"),
        (
            [Transcript([Turn("customer", "a"), Turn("agent", "b c d")])] * 3,
            [[]] * 3,
            "single group",
        ),
        ([Transcript([])], [[], []], "got 1 calls but labels for 2"),
    ],
)
def test_nothing_to_learn_from_is_said(calls, y, problem):
    with pytest.raises(LabelError, match=problem):
        FailureModeClassifier().fit(calls, y)


# ---- using ------------------------------------------------------------------------------------


def test_save_and_load_change_no_prediction(fitted, corpus, tmp_path):
    fitted.save(tmp_path / "model")
    loaded = FailureModeClassifier.load(tmp_path / "model")
    np.testing.assert_array_equal(
        loaded.predict_proba(corpus.calls), fitted.predict_proba(corpus.calls)
    )
    assert loaded.version == fitted.version and loaded.thresholds_ == fitted.thresholds_


def test_a_call_alone_scores_as_in_a_batch(shipped, corpus):
    together = shipped.predict_proba(corpus.calls)
    alone = np.concatenate([shipped.predict_proba([call]) for call in corpus.calls[:40]])
    np.testing.assert_allclose(alone, together[:40], atol=1e-6)


def test_predictions_are_probabilities_cut_at_the_thresholds(shipped, unseen):
    p = shipped.predict_proba(unseen.calls)
    assert p.shape == (110, 8) and p.min() >= 0 and p.max() <= 1
    np.testing.assert_array_equal(
        shipped.predict(unseen.calls), p >= list(shipped.thresholds_.values())
    )


def test_a_call_that_cannot_be_scored_has_no_probability_and_no_flag(shipped):
    calls = [Transcript([Turn("unknown", "hello there you")])]
    assert np.isnan(shipped.predict_proba(calls)).all()
    assert not shipped.predict(calls).any()
    assert shipped.predict_turns(calls).empty


def test_no_calls_give_no_rows(shipped):
    assert shipped.predict_proba([]).shape == (0, 8)
    assert shipped.tag([]) == []


def test_turns_come_as_a_table_with_one_row_a_scored_turn(shipped, unseen):
    frame = shipped.predict_turns(unseen.calls)
    assert list(frame.columns[:6]) == ["call", "id", "turn", "role", "speaker", "text"]
    assert list(frame.columns[6:]) == shipped.classes_
    assert len(frame) == sum(len(call.scored_turns()) for call in unseen.calls)
    assert all(
        unseen.calls[row.call].turns[row.turn].text == row.text for row in frame.itertuples()
    )


def test_bots_are_scored_only_if_wanted(repo):
    call = Transcript([Turn("customer", "hi"), Turn("bot", "how can we help you today")])
    model = callclf.load("fast")
    assert model.tag(call).not_scored is None
    corpus = Corpus.load(repo / "data" / "corpus" / "calls.jsonl")[:60]
    strict = FailureModeClassifier(head=SMALL, bots=False).fit(corpus.calls, corpus.labels)
    assert strict.tag(call).not_scored == "no agent turn"


def test_a_policy_changes_flags_but_not_probabilities(shipped, unseen):
    model = callclf.load("fast")
    before = model.predict_proba(unseen.calls)
    strict = model.set_policy(precision=0.95).predict(unseen.calls).sum()
    lax = model.set_policy(recall=0.95).predict(unseen.calls).sum()
    assert strict < lax
    np.testing.assert_array_equal(model.predict_proba(unseen.calls), before)
    assert model.version == shipped.version


def test_a_band_around_the_threshold_abstains(unseen):
    model = callclf.load("fast").set_policy(Policy(f1=True, unsure=0.2))
    decisions = [
        (tag.decision, abs(tag.probability - tag.threshold) < 0.2)
        for tags in model.tag(unseen.calls)
        for tag in tags
    ]
    assert all((decision == "unsure") == close for decision, close in decisions)
    assert any(decision == "unsure" for decision, _ in decisions)


def test_one_transcript_where_a_list_is_needed_is_said(shipped):
    with pytest.raises(TypeError, match="put it in a list"):
        shipped.predict(Transcript([]))
    with pytest.raises(TypeError, match=r"callclf\.read"):
        shipped.tag([{"turns": []}])


# ---- tags -------------------------------------------------------------------------------------

REFUSED = Transcript(
    [
        Turn("customer", "Put me through to a supervisor.", start=0.0, end=2.0),
        Turn("agent", ""),
        Turn("agent", "There is no supervisor, they would tell you the same.", "A1", 2.5, 5.0, 7),
    ],
    id="r1",
    meta={"queue": "billing"},
)


def test_a_tag_says_what_how_sure_where_and_which_words(shipped):
    tags = shipped.tag(REFUSED)
    assert tags.labels == ["escalation_refused"]
    tag = tags["escalation_refused"]
    assert tag.flagged and tag.probability >= tag.threshold
    [evidence] = tag.evidence
    assert (evidence.turn, evidence.source_index, evidence.start, evidence.end) == (2, 7, 2.5, 5.0)
    assert "supervisor" in " ".join(span.text for span in evidence.words)
    assert all(evidence.text[s.start : s.end] == s.text and s.weight > 0 for s in evidence.words)
    assert not tags["rudeness"].evidence


def test_the_machine_contract_refers_to_the_sources_own_turns(shipped):
    record = shipped.tag(REFUSED).to_record()
    assert list(record) == ["id", "labels", "scores", "not_scored", "turns", "evidence", "meta"]
    assert record["evidence"] == {"escalation_refused": [7]}
    assert [turn["turn"] for turn in record["turns"]] == [1, 7]
    assert list(record["scores"]) == list(record["turns"][0]["scores"]) == shipped.classes_
    assert record["meta"] == {"queue": "billing"} and record["not_scored"] is None


def test_an_unscored_call_keeps_the_shape_and_says_why(shipped):
    tags = shipped.tag(Transcript([Turn("unknown", "hello", "spk_0")], id="x"))
    assert tags.to_record() == {
        "id": "x",
        "labels": [],
        "scores": {},
        "not_scored": tags.not_scored,
        "turns": [],
        "evidence": {},
    }
    assert "'spk_0'" in tags.not_scored and "speakers=" in tags.not_scored
    with pytest.raises(KeyError, match="not scored"):
        tags["rudeness"]
    assert tags.to_frame().empty


def test_tags_become_a_table_and_json(shipped):
    tags = shipped.tag(REFUSED)
    frame = tags.to_frame()
    assert isinstance(frame, pd.DataFrame) and list(frame["label"]) == shipped.classes_
    assert frame.set_index("label").loc["escalation_refused", "evidence"] == [2]
    data = tags.to_dict()
    assert data["model"] == shipped.version and len(data["tags"]) == 8
    assert repr(tags).startswith("Tags(id='r1', escalation_refused ")


def test_an_unknown_label_is_answered_with_the_nearest(shipped):
    with pytest.raises(KeyError, match="did you mean 'rudeness'"):
        shipped.tag(REFUSED)["rude"]
