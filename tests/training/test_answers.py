import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callclf import CallLabels, Corpus, Taxonomy, Transcript, Turn
from callclf.training.answers import as_answers, majority, resolved, votes

NAMES = ("rudeness", "inattention", "knowledge_gap")
CALL = Transcript([Turn("agent" if i % 2 else "customer", f"t{i}") for i in range(8)], id="c")
SPOKEN = (1, 3, 5, 7)


@st.composite
def sheets(draw):
    """Labels as a reviewer may give them, in every shape that `CallLabels` has."""
    labels, evidence, borderline = [], {}, {}
    annotated = [name for name in NAMES if draw(st.booleans())]
    for name in annotated:
        kind = draw(st.sampled_from(["no", "call", "turns", "mixed", "unsure", "unsure turns"]))
        turns = draw(st.lists(st.sampled_from(SPOKEN), min_size=2, max_size=4, unique=True))
        if kind in ("call", "turns", "mixed"):
            labels.append(name)
        if kind in ("turns", "mixed"):
            evidence[name] = tuple(sorted(turns[:1] if kind == "mixed" else turns))
        if kind == "mixed":
            borderline[name] = tuple(sorted(turns[1:]))
        if kind == "unsure":
            borderline[name] = ()
        if kind == "unsure turns":
            borderline[name] = tuple(sorted(turns))
    return CallLabels(tuple(labels), evidence, borderline, tuple(annotated))


@settings(deadline=None)
@given(sheets())
def test_labels_as_answers_and_back_are_the_same(labels):
    assert resolved(as_answers(labels, NAMES), CALL).labels == labels


def test_the_labels_of_the_shipped_corpus_mean_the_same_after_joining(repo):
    names = Taxonomy.default().names
    for call, labels in Corpus.load(repo / "data" / "corpus"):
        back = resolved(as_answers(labels, names), call).labels
        np.testing.assert_array_equal(back.call_row(names), labels.call_row(names))
        np.testing.assert_array_equal(back.turn_rows(names, call), labels.turn_rows(names, call))


def test_a_turn_without_an_answer_is_a_gap_where_others_have_a_no():
    labels = resolved({"rudeness": {1: "yes", 3: "no"}}, CALL).labels
    rows = labels.turn_rows(["rudeness"], CALL)[list(SPOKEN), 0]
    np.testing.assert_array_equal(rows, [1, 0, np.nan, np.nan])
    assert labels.call_row(["rudeness"])[0] == 1


def test_only_marked_turns_mean_that_the_others_are_fine():
    rows = resolved({"rudeness": {5: "yes"}}, CALL).labels.turn_rows(["rudeness"], CALL)
    np.testing.assert_array_equal(rows[list(SPOKEN), 0], [0, 0, 1, 0])


def test_some_turns_without_failure_do_not_make_a_clean_call():
    labels = resolved({"rudeness": {1: "no", 3: "no"}}, CALL).labels
    assert np.isnan(labels.call_row(["rudeness"])[0])
    every = resolved({"rudeness": dict.fromkeys(SPOKEN, "no")}, CALL).labels
    assert every.call_row(["rudeness"])[0] == 0


def test_wrong_turns_and_contradictions_are_said():
    result = resolved(
        {"rudeness": {0: "yes", 99: "yes", 1: "yes"}, "inattention": {None: "no", 3: "yes"}}, CALL
    )
    assert result.wrong_turns == (("rudeness", 0), ("rudeness", 99))
    assert result.contradictions == ("inattention",)
    assert result.labels.evidence == {"rudeness": (1,)}
    assert result.labels.annotated == ("rudeness",)


@settings(max_examples=60, deadline=None)
@given(st.lists(sheets(), min_size=1, max_size=4))
def test_votes_give_every_reviewer_of_a_label_the_same_weight(reviewers):
    copies = votes(reviewers)
    assert sum(weight for _, weight in copies) == pytest.approx(1.0)
    for name in NAMES:
        said = [r.call_row([name])[0] for r in reviewers if name in r.annotated]
        if said:
            for value in (1.0, 0.0):
                share = sum(w for labels, w in copies if labels.call_row([name])[0] == value)
                assert share == pytest.approx(said.count(value) / len(said))
        else:
            assert all(name not in labels.annotated for labels, _ in copies)


def test_reviewers_who_agree_make_one_copy():
    yes = CallLabels(("rudeness",), {"rudeness": (1,)}, annotated=NAMES)
    assert votes([yes, yes, yes]) == [(yes, 1.0)]


def test_the_majority_decides_and_a_tie_is_a_gap():
    yes = CallLabels(("rudeness",), {"rudeness": (1,)}, annotated=("rudeness",))
    no = CallLabels(annotated=("rudeness",))
    assert majority([yes, yes, no]).evidence == {"rudeness": (1,)}
    assert majority([yes, no, no]).call_row(["rudeness"])[0] == 0
    assert np.isnan(majority([yes, no]).call_row(["rudeness"])[0])
