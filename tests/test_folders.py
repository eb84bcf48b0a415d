import multiprocessing
import os
import signal
import time

import pytest

from callclf import folders
from callclf.folders import replace_folder


def make(path, text):
    path.mkdir()
    for name in ("one", "two"):
        (path / name).write_text(text)
    return path


@pytest.mark.parametrize("exchange", [True, False])
def test_the_new_takes_the_place_of_the_old(tmp_path, monkeypatch, exchange):
    if not exchange:
        monkeypatch.setattr(folders, "_exchanged", lambda a, b: False)
    replace_folder(make(tmp_path / "n1", "first"), tmp_path / "m")
    assert (tmp_path / "m" / "one").read_text() == "first"
    replace_folder(make(tmp_path / "n2", "second"), tmp_path / "m")
    assert (tmp_path / "m" / "two").read_text() == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def _replace_for_ever(root):
    number = 0
    while True:
        number += 1
        replace_folder(make(root / f"new{os.getpid()}-{number}", str(number)), root / "m")


def test_a_kill_leaves_one_or_the_other_whole(tmp_path):
    make(tmp_path / "m", "0")
    if not folders._exchanged(make(tmp_path / "a", ""), make(tmp_path / "b", "")):
        pytest.skip("this file system cannot exchange two folders in one step")
    context = multiprocessing.get_context("spawn")
    for moment in (0.0, 0.02, 0.05):
        writer = context.Process(target=_replace_for_ever, args=(tmp_path,))
        writer.start()
        while (tmp_path / "m" / "one").read_text() == "0":
            time.sleep(0.005)
        time.sleep(moment)
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        found = {(tmp_path / "m" / name).read_text() for name in ("one", "two")}
        assert len(found) == 1
