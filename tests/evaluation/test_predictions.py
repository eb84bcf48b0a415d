"""Models of others as predictions."""

import numpy as np
import pytest
from evaluation_cases import NAMES, System, call

from callclf import Taxonomy, Transcript, Turn
from callclf.errors import LabelError
from callclf.evaluation import predict_calls

CALLS = [call(i) for i in range(3)]
P = np.array([[0.9, 0.2, 0.4], [0.1, 0.7, 0.4], [0.6, 0.2, np.nan]])


class Bare:
    def predict_proba(self, calls):
        return P


class Named(Bare):
    classes_ = NAMES


class Deciding(Named):
    def predict(self, calls):
        return np.array([[0, 1, 0], [0, 0, 0], [1, 1, 1]])


def test_flags_come_from_the_models_thresholds_by_name_or_in_order():
    by_name = predict_calls(
        System(P, thresholds_=dict(zip(NAMES, (0.6, 0.1, 0.4), strict=True))), CALLS
    )
    in_order = predict_calls(System(P, thresholds_=(0.6, 0.1, 0.4)), CALLS)
    for predictions in (by_name, in_order):
        flags = [row.flagged.tolist() for row in predictions.calls]
        assert flags == [[True, True, True], [False, True, True], [True, True, False]]
        assert predictions.thresholds_from == "the model's own"


def test_flags_come_from_predict_where_there_are_no_thresholds():
    predictions = predict_calls(Deciding(), CALLS)
    # The last score is missing, so its flag is not believed.
    assert [row.flagged.tolist() for row in predictions.calls][2] == [True, True, False]
    assert np.isnan(predictions.thresholds).all()
    assert predictions.thresholds_from == "the model's own predict"


def test_without_either_a_half_is_used_and_said():
    predictions = predict_calls(Named(), CALLS)
    assert predictions.calls[0].flagged.tolist() == [True, False, False]
    assert predictions.thresholds_from.startswith("0.5 for every label")


def test_a_model_that_does_not_name_its_columns_needs_a_taxonomy():
    with pytest.raises(LabelError, match="which label each column"):
        predict_calls(Bare(), CALLS)
    assert predict_calls(Bare(), CALLS, taxonomy=Taxonomy.of_names(NAMES)).labels == NAMES


def test_a_taxonomy_with_a_label_that_the_model_lacks_is_an_error():
    with pytest.raises(LabelError, match="unknown label 'privacy_breach'"):
        predict_calls(Named(), CALLS, taxonomy=Taxonomy.of_names(("privacy_breach",)))


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (np.zeros((3, 2)), r"returned shape \(3, 2\), expected \(3, 3\)"),
        ([np.zeros((3, 2))] * 3, r"returned shape \(3, 3, 2\)"),
        ("nonsense", "must return numbers"),
        (np.full((3, 3), 1.5), "must be probabilities, 0 to 1.*got 1.5"),
    ],
)
def test_output_of_the_wrong_form_is_an_error(output, message):
    with pytest.raises(LabelError, match=message):
        predict_calls(System(output), CALLS)


def test_something_else_than_a_model_is_an_error():
    with pytest.raises(LabelError, match=r"expected a model with predict_proba.* got dict"):
        predict_calls({}, CALLS)


def test_predictions_are_matched_by_id_and_missing_ones_are_listed():
    predictions = predict_calls(Named(), CALLS)
    turned = predictions.for_calls(CALLS[::-1])
    assert [row.id for row in turned.calls] == ["c2", "c1", "c0"]
    with pytest.raises(LabelError, match="no scores for 1 of 2 calls \\('c9'\\)"):
        predictions.for_calls([CALLS[0], call(9)])


def test_calls_without_an_id_are_named_by_position():
    calls = [Transcript([Turn("agent", str(i))]) for i in range(3)]
    assert [row.id for row in predict_calls(Named(), calls).calls] == ["#0", "#1", "#2"]


def test_flags_become_labels_with_gaps_where_nothing_was_said():
    sheet = predict_calls(Named(), CALLS).as_labels()
    assert sheet[0].labels == ("rudeness",)
    assert sheet[2].call_row(NAMES).tolist()[:2] == [1.0, 0.0]
    assert np.isnan(sheet[2].call_row(NAMES)[2])
