import json

import numpy as np
import pytest

from callclf import FailureModeClassifier, Transcript
from callclf.cli import main
from callclf.errors import LabelError
from callclf.suggest import suggest
from callclf.suggest.choose import choose
from training_cases import SMALL, make_corpus


@pytest.fixture(scope="module")
def model():
    corpus = make_corpus(60)
    return FailureModeClassifier(head=SMALL).fit(corpus.calls, list(corpus.labels))


@pytest.fixture(scope="module")
def calls():
    return make_corpus(120, seed=2).calls


def test_every_reason_gets_its_share_and_no_call_comes_twice(model, calls):
    tasks = suggest(model, calls, 40)
    assert len({task.id for task in tasks}) == 40
    reasons = [task.why.split()[0] for task in tasks]
    assert [reasons.count(why) for why in ("random", "uncertain", "likely", "diverse")] == [
        8,
        12,
        12,
        8,
    ]
    likely = {task.why for task in tasks if task.why.startswith("likely")}
    assert len(likely) == 8  # every label, also the rarest


def test_likely_ones_are_the_likeliest_that_are_left(model, calls):
    probability = model.predict_proba(calls)
    thresholds = np.array(list(model.thresholds_.values()))
    chosen = choose(
        calls, probability, thresholds, model.classes_, 8, shares={"likely": 1.0}, seed=0
    )
    for choice in chosen:
        j = model.classes_.index(choice.why.removeprefix("likely "))
        taken = {c.position for c in chosen} - {choice.position}
        rest = np.delete(probability[:, j], list(taken))
        assert probability[choice.position, j] == rest.max()


def test_random_ones_are_a_simple_random_sample(calls):
    """So that a rate among them estimates the rate among all without bias."""
    probability = np.linspace(0, 1, len(calls))[:, None]
    hits = np.zeros(len(calls))
    for seed in range(400):
        chosen = choose(calls, probability, np.array([0.5]), ["x"], 24, seed=seed)
        random = [c for c in chosen if c.why == "random"]
        assert all(c.chance == len(random) / len(calls) for c in random)
        hits[[c.position for c in random]] += 1
    expected = 400 * random[0].chance
    assert np.abs(hits - expected).max() < 6 * np.sqrt(expected)


def test_random_ones_are_shown_without_the_models_opinion(model, calls):
    for task in suggest(model, calls, 30):
        assert (task.labels is None) == (task.why == "random")
    assert all(task.labels is None for task in suggest(model, calls, 30, blind=True))


def test_diverse_ones_are_unlike_the_others(model, calls):
    odd = Transcript(
        [type(turn)(turn.role, "zebra quartz " * 9) for turn in calls[0].turns], id="odd"
    )
    tasks = suggest(model, [*calls, odd], 10, shares={"diverse": 1.0})
    assert tasks[0].id == "odd" or tasks[1].id == "odd"


def test_same_seed_same_calls(model, calls):
    one, same, other = ([t.id for t in suggest(model, calls, 20, seed=s)] for s in (0, 0, 1))
    assert one == same != other


def test_what_the_model_knows_or_cannot_score_is_left_out(tmp_path):
    from callclf import TrainConfig, train
    from callclf.training import Source

    make_corpus(30).save(tmp_path / "a.jsonl")
    config = TrainConfig(name="m", sources=(Source(path=str(tmp_path / "a.jsonl")),), head=SMALL)
    model = train(config)
    fresh = make_corpus(5, seed=9).calls
    nothing = Transcript([], id="empty")
    tasks = suggest(model, [*make_corpus(30).calls, *fresh, nothing], 50)
    assert {task.id for task in tasks} == {call.id for call in fresh}
    with pytest.raises(LabelError, match="new to the model"):
        suggest(model, [nothing], 5)


def test_ids_must_lead_back(model, calls):
    with pytest.raises(LabelError, match="call 0 has no id"):
        suggest(model, [Transcript(calls[0].turns)])
    with pytest.raises(LabelError, match="comes twice"):
        suggest(model, [calls[0], calls[0]])


def test_out_and_back_from_the_shell(model, calls, tmp_path, capsys):
    model.save(tmp_path / "m")
    folder = tmp_path / "calls"
    folder.mkdir()
    for call in calls:
        (folder / f"{call.id}.json").write_text(json.dumps(call.to_dict()))
    out = tmp_path / "tasks.jsonl"
    command = ["suggest", str(tmp_path / "m"), str(folder), "-n", "10", "--to", "prodigy"]
    assert main([*command, "--out", str(out)]) == 0
    assert "10 calls" in capsys.readouterr().out
    done = [json.loads(line) | {"answer": "accept"} for line in out.read_text().splitlines()]
    out.write_text("".join(json.dumps(line) + "\n" for line in done))
    labels = tmp_path / "labels.jsonl"
    assert main(["suggest", "--import", str(out), "--out", str(labels)]) == 0
    assert "10 reviews of 10 calls" in capsys.readouterr().out
    records = [json.loads(line) for line in labels.read_text().splitlines()]
    assert len(records) == 10 and all(record["annotated"] for record in records)
    # One bad file costs only itself, and is told.
    (folder / "bad.json").write_text("{")
    assert main([*command, "--out", str(out)]) == 1
    assert "bad.json" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["suggest", "fast", "--out", "x"], "give a model and calls"),
        (["suggest", "fast", "a", "--import", "b", "--out", "x"], "no model or calls beside it"),
        (["suggest", "--import", "gone.json", "--out", "x"], "gone.json"),
    ],
)
def test_mistakes_are_answered(arguments, problem, capsys):
    assert main(arguments) == 2
    assert problem in capsys.readouterr().err
