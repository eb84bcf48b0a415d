"""The script for cron: link, log, lock and exit status, with the real command inside."""

import csv
import json
import os
import shutil
import subprocess
import sys
import time

import pytest

import callclf
from callclf import FailureModeClassifier
from training_cases import NEW_GOOD, NEW_RUDE, SMALL, make_corpus

pytestmark = pytest.mark.skipif(
    not (shutil.which("bash") and shutil.which("flock")), reason="needs bash and flock"
)


@pytest.fixture
def site(tmp_path):
    """A folder as a company would have it, and a function that runs the script there."""
    corpus = make_corpus(60)
    model = FailureModeClassifier(head=SMALL).fit(corpus.calls, list(corpus.labels))
    model.save(tmp_path / "start")
    (tmp_path / "callclf").write_text(f'#!/bin/sh\nexec {sys.executable} -m callclf.cli "$@"\n')
    (tmp_path / "callclf").chmod(0o755)
    return tmp_path


def month(site, seed, **words):
    corpus = make_corpus(200, seed=seed, **words)
    (site / "calls.jsonl").write_text(
        "".join(json.dumps(call.to_dict()) + "\n" for call in corpus.calls)
    )
    with (site / "labels.csv").open("w", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["call_id", "question", "answer"])
        for call, labels in corpus:
            for label in ("rudeness", "escalation_refused"):
                sheet.writerow([call.id, label, "yes" if label in labels.labels else "no"])


def environment(site, run, **more):
    return {
        **os.environ,
        "MODELS": str(site / "models"),
        "DATA": str(site / "calls.jsonl"),
        "LABELS": str(site / "labels.csv"),
        "START": str(site / "start"),
        "CALLCLF": str(site / "callclf"),
        "RUN": run,
        **more,
    }


def run(repo, site, name, **more):
    script = repo / "examples" / "retrain.sh"
    done = subprocess.run(
        [script], env=environment(site, name, **more), capture_output=True, text=True
    )
    return done.returncode, (site / "models" / "retrain.log").read_text()


@pytest.mark.slow
def test_two_months_and_a_mistake(repo, site):
    current = site / "models" / "current"
    month(site, 11, phrases=NEW_RUDE, fine=NEW_GOOD)
    status, log = run(repo, site, "2026-01")
    assert status == 0, log
    assert current.is_symlink() and "promoted" in log and "in use now" in log
    first = callclf.load(current).version

    assert run(repo, site, "2026-01")[0] == 0  # cron may call twice
    month(site, 12, phrases=NEW_RUDE, fine=NEW_GOOD)  # nothing new
    (site / "rules.toml").write_text('name = "m"\n[promotion]\ngain = 0.5\n')
    status, log = run(repo, site, "2026-02", CONFIG=str(site / "rules.toml"))
    assert status == 3 and "stays in use" in log
    assert callclf.load(current).version == first
    assert (site / "models" / "2026-02" / "verdict.md").is_file()

    status, log = run(repo, site, "2026-03", LABELS=str(site / "gone.csv"))
    assert status == 2 and "gone.csv" in log and "failed" in log
    assert callclf.load(current).version == first


def test_a_run_cut_short_after_promotion_is_put_in_use_and_a_way_back_is_respected(repo, site):
    shutil.copytree(site / "start", site / "models" / "r1")
    shutil.copytree(site / "start", site / "models" / "r0")
    status, log = run(repo, site, "r1")
    current = site / "models" / "current"
    assert status == 0 and "cut short" in log
    assert current.resolve() == (site / "models" / "r1").resolve()
    current.unlink()
    current.symlink_to(site / "models" / "r0")  # somebody went back
    status, log = run(repo, site, "r1")
    assert status == 0 and "nothing to do" in log
    assert current.resolve() == (site / "models" / "r0").resolve()


def test_two_runs_at_once_do_not_meet(repo, site):
    (site / "models").mkdir()
    holder = subprocess.Popen(
        ["flock", str(site / "models" / ".lock"), "sleep", "30"], stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 10
        while not (site / "models" / ".lock").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.2)
        done = subprocess.run(
            [repo / "examples" / "retrain.sh"],
            env=environment(site, "x"),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 75 and "another run" in done.stderr
    finally:
        holder.kill()
        holder.wait()


def test_what_is_missing_is_said(repo, tmp_path):
    done = subprocess.run(
        [repo / "examples" / "retrain.sh"], env={"PATH": os.environ["PATH"]}, capture_output=True
    )
    assert done.returncode != 0 and b"MODELS" in done.stderr
