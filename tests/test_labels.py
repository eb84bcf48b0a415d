import numpy as np
import pandas as pd
import pytest

from callclf import CallLabels, Transcript, Turn
from callclf.errors import LabelError
from callclf.labels import as_call_labels, call_matrix

NAN = np.nan
NAMES = ("rudeness", "inattention", "knowledge_gap")
CALL = Transcript([Turn("agent", "a"), Turn("customer", "b"), Turn("agent", "c")])


def rows(labels):
    return labels.turn_rows(NAMES, CALL)


def test_a_marked_turn_is_one_other_agent_turns_zero_and_the_customers_a_gap():
    labels = CallLabels(("rudeness",), {"rudeness": (2,)})
    np.testing.assert_array_equal(rows(labels)[:, 0], [0, NAN, 1])
    np.testing.assert_array_equal(rows(labels)[:, 1], [0, NAN, 0])
    np.testing.assert_array_equal(labels.call_row(NAMES), [1, 0, 0])


def test_a_borderline_turn_is_a_gap_for_turn_and_call():
    labels = CallLabels(borderline={"inattention": (0,)})
    np.testing.assert_array_equal(rows(labels)[:, 1], [NAN, NAN, 0])
    np.testing.assert_array_equal(labels.call_row(NAMES), [0, NAN, 0])


def test_a_call_that_clearly_has_it_keeps_the_label_beside_a_borderline_turn():
    labels = CallLabels(("inattention",), {"inattention": (0,)}, {"inattention": (2,)})
    np.testing.assert_array_equal(rows(labels)[:, 1], [1, NAN, NAN])
    assert labels.call_row(NAMES)[1] == 1


def test_a_call_label_without_evidence_leaves_every_turn_open():
    labels = CallLabels(("rudeness",))
    assert np.isnan(rows(labels)[:, 0]).all()
    np.testing.assert_array_equal(rows(labels)[:, 1], [0, NAN, 0])


def test_a_label_that_nobody_looked_for_is_a_gap():
    labels = CallLabels(("rudeness",), {"rudeness": (0,)}, annotated=("rudeness",))
    np.testing.assert_array_equal(labels.call_row(NAMES), [1, NAN, NAN])
    assert np.isnan(rows(labels)[:, 1:]).all()


def test_a_record_without_labels_is_a_call_that_nobody_looked_at():
    assert np.isnan(CallLabels.from_dict({}).call_row(NAMES)).all()
    assert CallLabels.from_dict({"labels": []}).call_row(NAMES).tolist() == [0, 0, 0]


def test_labels_survive_a_dict_unchanged():
    labels = CallLabels(("rudeness",), {"rudeness": (0,)}, {"inattention": (2,)}, ("rudeness",))
    assert CallLabels.from_dict(labels.to_dict()) == labels


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        (CallLabels(("rudeness",), {"rudeness": (1,)}), "turn 1 is no agent turn"),
        (CallLabels(("rudeness",), {"rudeness": (9,)}), "turn 9 does not exist"),
        (CallLabels(borderline={"rudeness": (-1,)}), "turn -1 does not exist"),
    ],
)
def test_a_mark_on_a_wrong_turn_is_refused(labels, problem):
    with pytest.raises(LabelError, match=problem):
        labels.check(CALL)


def test_evidence_for_an_absent_label_is_refused():
    with pytest.raises(LabelError, match="does not have: rudeness"):
        CallLabels((), {"rudeness": (0,)})


def test_all_accepted_kinds_of_labels_mean_the_same():
    matrix = np.array([[1, 0, NAN], [0, 0, 1]])
    calls = [CALL, CALL]
    frame = pd.DataFrame(matrix, columns=NAMES)[["knowledge_gap", "rudeness", "inattention"]]
    for y in (matrix, matrix.tolist(), frame):
        np.testing.assert_array_equal(call_matrix(as_call_labels(y, calls, NAMES), NAMES), matrix)
    named = as_call_labels([["rudeness"], ["knowledge_gap"]], calls, NAMES)
    np.testing.assert_array_equal(call_matrix(named, NAMES), np.nan_to_num(matrix))
    assert as_call_labels(named, calls, NAMES) == named


def test_a_column_that_a_table_lacks_is_a_gap():
    labels = as_call_labels(pd.DataFrame({"rudeness": [1]}), [CALL], NAMES)
    np.testing.assert_array_equal(call_matrix(labels, NAMES), [[1, NAN, NAN]])


@pytest.mark.parametrize(
    ("y", "problem"),
    [
        ([[1, 0, 0]], "got 2 calls but labels for 1"),
        ([["rudness"], []], "did you mean 'rudeness'"),
        ([[1, 0], [0, 1]], r"shape \(2, 2\), expected \(n_calls, 3\)"),
        ([[1, 0, 2], [0, 0, 0]], "must be 1"),
        ([["a", 1, 2], ["b", 1, 2]], "must be CallLabels"),
        (pd.DataFrame({"rude": [1, 0]}), "unknown label 'rude'"),
    ],
)
def test_labels_that_do_not_fit_are_refused(y, problem):
    with pytest.raises(LabelError, match=problem):
        as_call_labels(y, [CALL, CALL], NAMES)
