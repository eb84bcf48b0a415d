"""Which turn of a call shows a failure, when only the call is labelled."""

import numpy as np
import pytest

from callclf.multiple_instance import inflation, open_pairs, settled, shares

NAN = np.nan
OWNER = np.array([0, 0, 0, 1, 1])
TURN_Y = np.array([[NAN], [NAN], [NAN], [0.0], [0.0]])
OPEN = np.array([[True], [False]])


def share(*log_odds):
    return shares(TURN_Y, np.array(log_odds)[:, None], OPEN, OWNER)[:, 0]


def test_only_labels_without_a_known_turn_are_open():
    turn_y = np.array([[NAN, 1.0], [NAN, NAN], [NAN, NAN], [0.0, 0.0], [0.0, 0.0]])
    found = open_pairs(turn_y, np.array([[1.0, 1.0], [0.0, NAN]]), OWNER)
    assert found.tolist() == [[True, False], [False, False]]


def test_turns_of_which_nothing_is_known_share_one_failure_alike():
    assert share(-10, -10, -10, 0, 0) == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0, 0], abs=1e-3)


def test_the_turn_that_stands_out_takes_nearly_all():
    first, second, third, *fine = share(-6, 4, -1.5, 9, 9)
    assert second > 0.95 and 0.1 < third < 0.3
    assert first == 0.0  # negligible
    assert fine == [0.0, 0.0]  # a call without the failure has no failing turn


def test_shares_are_probabilities_given_that_not_all_are_fine():
    p = 1 / (1 + np.exp(-np.array([-1.0, 0.5, -2.0])))
    expected = p / (1 - np.prod(1 - p))
    assert share(-1, 0.5, -2, 0, 0)[:3] == pytest.approx(expected)


def test_only_likely_turns_set_probabilities():
    soft = np.array([0.0, 0.3, 0.5, 0.9, 1.0, NAN])
    assert settled(soft) == pytest.approx(np.array([0, NAN, 1, 1, 1, NAN]), nan_ok=True)


def test_a_head_is_too_sure_by_the_weight_that_it_gives_to_positives():
    turn_y = np.array([[1.0]] + [[0.0]] * 9)
    none = np.zeros((1, 1), dtype=bool)
    assert inflation(turn_y, none, 0.0).tolist() == [0.0]
    assert inflation(turn_y, none, 0.5) == pytest.approx(0.5 * np.log(8.5 / 1.5))
