import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import callclf
from callclf import TrainConfig
from callclf.errors import LabelError, ModelError, ReadError
from callclf.thresholds import Policy
from callclf.training import LabelFile, Source, Split, check, config_of
from callclf.training.material import gather
from callclf.training.steps import Steps, work_folder
from training_cases import SMALL, make_corpus


@pytest.fixture
def config(corpus, write_calls, tmp_path):
    """Calls without labels, and a scorecard with a call that is not there and one left out."""
    write_calls(corpus)
    rows = ["id,question,answer"]
    for call, labels in corpus:
        for name in ("rudeness", "escalation_refused"):
            rows.append(f"{call.id},{name},{'yes' if name in labels.labels else 'no'}")
    (tmp_path / "scores.csv").write_text("\n".join([*rows[:-2], "gone,rudeness,yes"]))
    return TrainConfig(
        name="mine",
        sources=(Source(path=str(tmp_path / "calls.jsonl")),),
        labels=(LabelFile(path=str(tmp_path / "scores.csv")),),
        head=SMALL,
        split=Split(test=0.25),
        group_by=("customer",),
    )


def test_a_scorecard_is_enough(config, tmp_path):
    model = callclf.train(config, tmp_path / "m")
    fresh = make_corpus(30, seed=3)
    truth = [name in labels.labels for name in ("rudeness",) for labels in fresh.labels]
    found = model.predict_proba(fresh.calls)[:, model.classes_.index("rudeness")]
    assert found[np.array(truth)].min() > found[~np.array(truth)].max()
    join = model.manifest["training"]["join"]
    assert join["labelled"] == 59 and any("gone" in line for line in join["problems"])
    assert model.manifest["training"]["untouched"]["calls"] in range(13, 17)
    assert "calls kept untouched" in (tmp_path / "m" / "README.md").read_text()


def test_remarks_come_in_copies_of_the_calls_and_only_where_they_are_asked_for(config, tmp_path):
    told = {"rudeness": [0]}
    record = {
        "id": "r1",
        "place": "after",
        "turns": [{"role": "agent", "text": "Try to keep up."}],
        "labels": ["rudeness"],
        "evidence": told,
    }
    (tmp_path / "remarks.jsonl").write_text(json.dumps(record))
    remarks = Source(path=str(tmp_path / "remarks.jsonl"), splice=0.5)
    plain = gather(config)
    both = dataclasses.replace(config, sources=(*config.sources, remarks))
    assert gather(both).calls == plain.calls
    more = gather(both, remarks=True)
    n = len(plain.calls)
    assert more.calls[:n] == plain.calls and more.labels[:n] == plain.labels
    assert more.test == plain.test and more.report == plain.report
    copies = more.calls[n:]
    assert 0 < len(copies) < n and not more.representative[n:].any()
    assert len(more.weight) == len(more.calls)
    hosts = {call.id: call for call in plain.calls}
    for copy, labels in zip(copies, more.labels[n:], strict=True):
        changed = [k for k, turn in enumerate(copy.turns) if turn.text.endswith("keep up.")]
        assert labels.evidence["rudeness"][-1:] == tuple(changed)
        assert copy.turns[0] in hosts[copy.id].turns
    assert [found["calls"] for found in more.sources] == [60, 1]


def test_flags_achieve_what_the_configuration_asks_for(config):
    strict = dataclasses.replace(config, policy=Policy(precision=1.0))
    assert callclf.train(strict).policy_ == Policy(precision=1.0)
    assert callclf.train(config).policy_ == Policy(false_alarms=1.0)


def test_check_reports_and_learns_nothing(config):
    report = check(config)
    assert not report.clean and report.labels_without_call == ["gone"]
    assert len(report.calls_without_labels) == 1


def test_the_model_folder_says_how_to_make_it_again(config, tmp_path):
    model = callclf.train(config, tmp_path / "m")
    again = callclf.train(config_of(tmp_path / "m"), tmp_path / "again")
    assert again.version == model.version
    for name in ("arrays.npz", "README.md"):
        assert (tmp_path / "m" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_the_label_set_is_kept_even_if_its_file_is_gone(config, tmp_path):
    file = tmp_path / "labels.toml"
    file.write_text('name = "t"\nversion = "1"\nlabels = [{ name = "rudeness" }]\n')
    callclf.train(dataclasses.replace(config, taxonomy=str(file)), tmp_path / "m")
    file.unlink()
    assert config_of(tmp_path / "m").taxonomy.names == ("rudeness",)


def test_a_start_that_has_changed_is_noticed(config, champion, small_model, tmp_path):
    small_model.save(tmp_path / "start")
    fresh = make_corpus(20, seed=4)
    fresh.save(tmp_path / "fresh.jsonl")
    refit = TrainConfig(
        name="r",
        sources=(Source(path=str(tmp_path / "fresh.jsonl")),),
        start=str(tmp_path / "start"),
    )
    model = callclf.train(refit, tmp_path / "m")
    assert config_of(tmp_path / "m").start == str(tmp_path / "start")
    model.save(tmp_path / "start")
    with pytest.raises(ModelError, match="put the former back"):
        config_of(tmp_path / "m")


def test_a_model_without_a_configuration_says_so(champion):
    with pytest.raises(ModelError, match="does not hold the configuration"):
        config_of(champion)


def test_settings_and_lineage_of_the_start_are_taken_over(small_model, corpus, tmp_path):
    first = TrainConfig(
        name="first",
        sources=(Source(path=str(tmp_path / "a.jsonl")),),
        head=SMALL,
        bots=False,
        group_by=("customer",),
    )
    corpus.save(tmp_path / "a.jsonl")
    callclf.train(first, tmp_path / "m1")
    make_corpus(20, seed=4).save(tmp_path / "b.jsonl")
    second = TrainConfig(
        name="second",
        sources=(Source(path=str(tmp_path / "a.jsonl")), Source(path=str(tmp_path / "b.jsonl"))),
        start=str(tmp_path / "m1"),
    )
    model = callclf.train(second, tmp_path / "m2")
    assert model.bots is False and model.group_by == ("customer",)
    assert len(model.manifest["training"]["calls"]) == 80
    with pytest.raises(LabelError, match="has learned from all of them"):
        gather(second, start=callclf.load(tmp_path / "m2"))


def test_a_source_counts_by_its_weight(tmp_path):
    make_corpus(6).save(tmp_path / "few.jsonl")
    make_corpus(10, seed=1).save(tmp_path / "many.jsonl")
    many = Source(path=str(tmp_path / "many.jsonl"), weight=0.25)
    material = gather(
        TrainConfig(name="m", sources=(Source(path=str(tmp_path / "few.jsonl")), many))
    )
    assert material.weight.tolist() == [1.0] * 6 + [0.25] * 10
    with pytest.raises(ReadError, match=r"many\.jsonl: 'weight' must be a number above 0, got 0"):
        Source(path="many.jsonl", weight=0)


def test_votes_become_weighted_copies(corpus, write_calls, tmp_path):
    write_calls(corpus)
    rows = ["id,question,answer,reviewer"]
    for call, labels in corpus:
        answer = "yes" if "rudeness" in labels.labels else "no"
        rows += [f"{call.id},rudeness,{answer},ann", f"{call.id},rudeness,{answer},bob"]
    rows[2] = rows[2].replace("yes", "no")  # they disagree on the first call
    (tmp_path / "s.csv").write_text("\n".join(rows))
    config = TrainConfig(
        name="v",
        sources=(Source(path=str(tmp_path / "calls.jsonl")),),
        labels=(LabelFile(path=str(tmp_path / "s.csv")),),
    )
    material = gather(config)
    assert len(material.calls) == 61 and material.weight[:2].tolist() == [0.5, 0.5]
    assert material.weight.sum() == pytest.approx(60)
    assert material.report.reviewers == 2 and len(material.report.disputed) == 1


def test_nothing_to_learn_from_says_what_did_not_match(config, tmp_path):
    (tmp_path / "scores.csv").write_text("id,rudeness\nx,1\n")
    with pytest.raises(LabelError, match="1 labelled calls that are not among the calls: x"):
        gather(config)


def test_steps_are_not_taken_twice_and_say_how_long_the_rest_takes(tmp_path, caplog):
    from callclf.fitting import Step

    taken = []

    def take():
        taken.append(1)
        return np.arange(3.0)

    caplog.set_level("INFO", "callclf")
    for _ in range(2):
        steps = Steps(tmp_path / "s", "key")
        for number in (1, 2):
            np.testing.assert_array_equal(steps(Step(number, 3), take), np.arange(3.0))
    assert len(taken) == 2
    Steps(tmp_path / "s", "other key")(Step(1, 3), take)
    assert len(taken) == 3
    assert "about" in caplog.text and "was done before" in caplog.text
    steps.forget()
    assert not (tmp_path / "s").exists()


def test_without_resume_an_interrupted_run_starts_over(config, tmp_path, caplog):
    caplog.set_level("INFO", "callclf")
    folder = work_folder(tmp_path / "m")
    folder.mkdir()
    (folder / "left").write_text("x")
    callclf.train(config, tmp_path / "m")
    assert "started over" in caplog.text and not folder.exists()


def _command(config_file, out, *more):
    return [sys.executable, "-m", "callclf.cli", "train", config_file, "--out", out, *more]


@pytest.mark.slow
def test_killed_at_random_moments_and_resumed_it_is_the_same_model(config, tmp_path):
    """Three kills: after one, two and three steps, each at a random moment of the next."""
    data = config.to_dict()
    toml = tmp_path / "c.toml"
    parts = [f"{key} = {json.dumps(data[key])}" for key in ("name", "group_by")]
    parts += ["[head]", "bits = 16", "[split]", "test = 0.25"]
    parts += ["[[sources]]", f'path = "{data["sources"][0]["path"]}"']
    parts += ["[[labels]]", f'path = "{data["labels"][0]["path"]}"']
    toml.write_text("\n".join(parts))
    undisturbed = callclf.train(TrainConfig.from_toml(toml), tmp_path / "undisturbed")
    old = callclf.train(config, tmp_path / "m")
    rng = random.Random(0)
    steps = work_folder(tmp_path / "m")
    for killed in (1, 2, 3):
        run = subprocess.Popen(
            _command(toml, tmp_path / "m", "--resume"), stderr=subprocess.DEVNULL
        )
        while len(list(steps.rglob("[!.]*.npz"))) < killed and run.poll() is None:
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.05))
        os.kill(run.pid, signal.SIGKILL)
        assert run.wait() == -signal.SIGKILL
        assert callclf.load(tmp_path / "m").version == old.version  # the old one is whole
    done = subprocess.run(
        _command(toml, tmp_path / "m", "--resume"), capture_output=True, text=True, check=True
    )
    assert "was done before" in done.stderr
    assert callclf.load(tmp_path / "m").version == undisturbed.version
    assert not steps.exists()


def test_an_interrupt_leaves_the_old_model(config, tmp_path, monkeypatch):
    old = callclf.train(config, tmp_path / "m")

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("callclf.persistence.replace_folder", stop)
    with pytest.raises(KeyboardInterrupt):
        callclf.train(dataclasses.replace(config, seed=5), tmp_path / "m")
    assert callclf.load(tmp_path / "m").version == old.version
    left = [path.name for path in tmp_path.iterdir() if path.name.startswith(".m")]
    assert left == [".m.steps"]  # and the steps to go on from
