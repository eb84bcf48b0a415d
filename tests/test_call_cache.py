import numpy as np
import pytest

from callclf import Transcript, Turn
from callclf.array_store import ArrayStore
from callclf.call_cache import BATCH, CallCache


def call(i, words=None):
    return Transcript([Turn("agent", words or f"call {i}")], id=f"c{i}")


class Counting:
    """Computes lengths, and remembers of how many calls."""

    def __init__(self):
        self.batches = []

    def __call__(self, calls):
        self.batches.append(len(calls))
        return [np.array([float(len(call.turns[0].text))]) for call in calls]


def test_each_call_is_computed_once_also_in_later_runs(tmp_path):
    calls = [call(i) for i in range(5)]
    first, second = Counting(), Counting()
    one = CallCache(ArrayStore(tmp_path), "v1")(calls[:3], first)
    two = CallCache(ArrayStore(tmp_path), "v1")(calls, second)
    assert first.batches == [3] and second.batches == [2]
    np.testing.assert_array_equal(np.concatenate(two), [6, 6, 6, 6, 6])
    np.testing.assert_array_equal(np.concatenate(one), np.concatenate(two)[:3])


def test_words_and_version_decide_not_ids(tmp_path):
    counting = Counting()
    CallCache(ArrayStore(tmp_path), "v1")([call(1, "same"), call(2, "other")], counting)
    CallCache(ArrayStore(tmp_path), "v1")([call(9, "same")], counting)
    assert counting.batches == [2]
    CallCache(ArrayStore(tmp_path), "v2")([call(9, "same")], counting)
    assert counting.batches == [2, 1]


def test_a_run_that_breaks_off_loses_one_batch_at_most(tmp_path):
    calls = [call(i) for i in range(2 * BATCH + 3)]
    counting = Counting()

    def breaks(part):
        if len(counting.batches) == 2:
            raise KeyboardInterrupt
        return counting(part)

    with pytest.raises(KeyboardInterrupt):
        CallCache(ArrayStore(tmp_path), "v")(calls, breaks)
    again = Counting()
    found = CallCache(ArrayStore(tmp_path), "v")(calls, again)
    assert again.batches == [3] and len(found) == len(calls)
