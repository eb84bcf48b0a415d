import multiprocessing
import os
import signal
import time

import numpy as np
import pytest

from callclf.array_store import ArrayStore, content_key


def test_what_is_put_is_got(tmp_path):
    store = ArrayStore(tmp_path / "s")
    assert store.get("abc") is None
    array = np.arange(12.0).reshape(3, 4)
    store.put("abc", array)
    np.testing.assert_array_equal(ArrayStore(tmp_path / "s").get("abc"), array)


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-20], lambda data: b"", lambda data: b"x" * 99]
)
def test_a_damaged_file_counts_as_absent(tmp_path, damage):
    store = ArrayStore(tmp_path)
    store.put("abc", np.ones(1000))
    (file,) = tmp_path.rglob("*.npz")
    file.write_bytes(damage(file.read_bytes()))
    assert store.get("abc") is None
    store.put("abc", np.zeros(2))
    np.testing.assert_array_equal(store.get("abc"), np.zeros(2))


def test_a_flipped_byte_is_noticed(tmp_path):
    store = ArrayStore(tmp_path)
    store.put("abc", np.arange(1000.0))
    (file,) = tmp_path.rglob("*.npz")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)
    assert store.get("abc") is None


def _put_for_ever(folder):
    store, array = ArrayStore(folder), np.arange(200_000.0)
    while True:
        store.put("abc", array)


def test_a_writer_killed_at_any_moment_leaves_nothing_half(tmp_path):
    context = multiprocessing.get_context("spawn")
    rng = np.random.default_rng(0)
    for _ in range(3):
        writer = context.Process(target=_put_for_ever, args=(tmp_path,))
        writer.start()
        while not list(tmp_path.rglob("[!.]*.npz")):
            time.sleep(0.01)
        time.sleep(float(rng.uniform(0.01, 0.1)))
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        np.testing.assert_array_equal(ArrayStore(tmp_path).get("abc"), np.arange(200_000.0))


def test_no_pickle_is_read_or_written(tmp_path):
    store = ArrayStore(tmp_path)
    with pytest.raises(ValueError, match="Object arrays"):
        store.put("abc", np.array([{}], dtype=object))


def test_keys_of_different_parts_differ():
    assert content_key("ab", "c") != content_key("a", "bc") != content_key("abc")
