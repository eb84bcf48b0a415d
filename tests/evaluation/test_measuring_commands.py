"""`callclf evaluate`, `compare`, `agree` and `behave`, as people call them."""

import io
import json
import re

import numpy as np
import pandas as pd
import pytest
from evaluation_cases import NAMES, Trained, call, corpus_of
from rich.console import Console

import callclf
from callclf import CallLabels, Corpus, Taxonomy
from callclf.checks import Check, checked_document
from callclf.cli import main
from callclf.display.measured import print_behaviour, print_evaluation
from callclf.evaluation import behaviour, evaluate
from callclf.training import load_recipe

LABELS = Taxonomy.default().names


@pytest.fixture
def run(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")

    def run(*arguments):
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def files(tmp_path):
    """Sixty labelled calls, and two systems' scores of them: one good, one that guesses."""
    rng = np.random.default_rng(0)
    y = (rng.random((60, 8)) < 0.3).astype(float)
    corpus = corpus_of(
        y, LABELS, [call(i, channel="voice" if i % 2 else "chat") for i in range(60)]
    )
    paths = {"calls": tmp_path / "calls.jsonl"}
    corpus.save(paths["calls"])
    for name, p in (("good", 0.8 * y + 0.1 * rng.random(y.shape)), ("guess", rng.random(y.shape))):
        rows = [
            {"id": f"c{i}", "scores": dict(zip(LABELS, row.tolist(), strict=True))}
            for i, row in enumerate(p)
        ]
        paths[name] = tmp_path / f"{name}.jsonl"
        paths[name].write_text("\n".join(map(json.dumps, rows)))
    noisy = np.abs(y - (rng.random(y.shape) < 0.05))
    paths["reviewer"] = tmp_path / "reviewer.jsonl"
    corpus_of(noisy, LABELS, corpus.calls).save(paths["reviewer"])
    return paths


def test_scores_of_another_system_are_evaluated_with_a_report(run, files, tmp_path):
    out = tmp_path / "report"
    status, printed, _ = run(
        "evaluate",
        files["good"],
        files["calls"],
        "--by",
        "channel",
        "--resamples",
        50,
        "--out",
        out,
    )
    assert status == 0 and "60 of 60 calls scored" in printed and "privacy_breach" in printed
    assert "leaks: not checked" in printed and str(out / "report.html") in printed
    assert "voice" in printed and "differs: figures whose interval excludes" in printed
    document = json.loads((out / "report.json").read_text())
    (found,) = document["evaluations"].values()
    assert found["bootstrap"]["resamples"] == 50
    assert [part["value"] for part in found["slices"][0]["slices"]] == ["chat", "voice"]
    assert {path.name for path in out.iterdir()} == {"report.html", "report.json", "report.md"}


def test_calls_that_a_file_of_scores_lacks_are_an_error_or_counted(run, files):
    lines = files["good"].read_text().splitlines()
    files["good"].write_text("\n".join(lines[:50]))
    status, _, err = run("evaluate", files["good"], files["calls"])
    assert status == 2 and "no scores for 10 of 60 calls" in err and "missing" in err
    options = ("--missing", "not_scored", "--resamples", 20)
    status, printed, _ = run("evaluate", files["good"], files["calls"], *options)
    assert status == 0 and "50 of 60 calls scored" in printed


def test_two_systems_are_compared_with_a_verdict(run, files):
    status, printed, _ = run("compare", files["guess"], files["good"], files["calls"])
    assert status == 0
    assert "good finds better: Rudeness, " in printed
    _, same, _ = run("compare", files["good"], files["good"], files["calls"], "--resamples", 50)
    assert "no difference shown between good (A) and good (B) for any label" in same


def test_annotators_agree_and_the_model_is_placed_among_them(run, files):
    sheets = (f"ours={files['calls']}", files["reviewer"])
    status, printed, _ = run("agree", *sheets, "--model", files["good"], "--resamples", 100)
    assert status == 0
    assert "ours, reviewer" in printed and "kappa" in printed and "AC1" in printed
    assert "good agrees with ours better than reviewer does" in printed
    status, _, err = run("agree", files["calls"], files["calls"])
    assert status == 2 and "need different names, NAME=FILE; got calls, calls" in err


def test_behaviour_is_printed_with_intervals_and_per_label(run, tmp_path):
    status, printed, _ = run("behave", "fast", "--only", "dialect_good", "--all-labels")
    assert status == 0
    assert "0.0% (0.0 to 6.0)" in printed  # Clopper and Pearson for none of sixty
    assert all(label in printed for label in LABELS)
    status, table, _ = run("behave", "fast", "--only", "rude_customer", "--output", "csv")
    frame = pd.read_csv(io.StringIO(table))
    assert frame["label"].tolist() == ["all", *LABELS]
    assert {"cases", "flip_rate", "shift", "shift_low", "left_out"} <= set(frame.columns)
    assert status == int(frame["verdict"][0] == "failed")


def test_calls_that_were_trained_on_are_said_to_be_left_out(repo):
    model = callclf.load("fast")
    pairs = Corpus.load(repo / "data" / "corpus" / "pairs.jsonl")[:40]
    report = behaviour.run(model, pairs, ["minimal_pairs"])
    console = Console(file=io.StringIO(), width=120)
    print_behaviour(report, console)
    n_seen = report["minimal_pairs"].n_left_out
    assert n_seen + report["minimal_pairs"].n_calls == 20
    said = f"minimal_pairs: {n_seen} calls or pairs left out, since the model was trained on them"
    assert not n_seen or said in console.file.getvalue()


def test_gaps_are_printed_and_small_slices_are_grey():
    y = np.zeros((40, 3))
    y[:14, 0], y[30:, 0] = 1, np.nan
    calls = [call(i, site="small" if i < 9 else "large") for i in range(40)]
    found = evaluate(Trained([]), corpus_of(y, calls=calls), by=["site"], n_resamples=10)
    console = Console(file=io.StringIO(), width=120, force_terminal=True, color_system="standard")
    print_evaluation(found, console)
    text = console.file.getvalue()
    assert re.search(r"rudeness\s+14 of 30\s+10 ", text)
    (small,) = [line for line in text.splitlines() if "small" in line]
    assert "\x1b[2m" in small and "few calls" in small
    (large,) = [line for line in text.splitlines() if "large" in line]
    assert "\x1b[2m" not in large


def test_a_leak_is_printed_in_red():
    corpus = corpus_of(np.eye(3), NAMES)
    found = evaluate(Trained(corpus.calls[:1]), corpus, n_resamples=10)
    console = Console(file=io.StringIO(), width=120, force_terminal=True, color_system="standard")
    print_evaluation(found, console)
    assert "\x1b[31mLEAK: 1 calls of the test were in the training data" in console.file.getvalue()


def test_a_clean_corpus_says_nothing_in_red():
    corpus = Corpus((call(0), call(1)), (CallLabels(), CallLabels(("rudeness",))))
    console = Console(file=io.StringIO(), width=120, force_terminal=True, color_system="standard")
    print_evaluation(evaluate(Trained([]), corpus, n_resamples=10), console)
    assert "\x1b[31m" not in console.file.getvalue()


def test_the_pairs_of_a_recipe_are_for_the_behaviour_tests_alone(files, monkeypatch):
    given = {}

    def run(model, *, pairs):
        given["pairs"] = pairs
        return behaviour.BehaviourReport("stub", 0, ())

    monkeypatch.setattr("callclf.checks.behaviour.run", run)
    calls, pairs = str(files["calls"]), str(files["reviewer"])
    check = Check(name="calls", path=calls)
    document = checked_document(Trained([]), [check, Check(name="pairs", path=pairs, pairs=True)])
    assert list(document["evaluations"]) == ["calls"]
    assert given["pairs"].fingerprint() == Corpus.load(pairs).fingerprint()
    absent = Check(name="pairs", path="none.jsonl", pairs=True, optional=True)
    checked_document(Trained([]), [check, absent])
    assert given["pairs"] is None


def test_the_shipped_recipe_tests_the_contrast_pairs(repo, monkeypatch):
    monkeypatch.chdir(repo)
    (pairs,) = [check for check in load_recipe("fast").checks if check.pairs]
    assert len(pairs.load()) > 2000
