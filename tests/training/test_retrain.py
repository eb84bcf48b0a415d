import csv
import json

import pytest

import callclf
from callclf import FailureModeClassifier, TrainConfig
from callclf.cli import main
from callclf.errors import LabelError, ModelError, ReadError
from callclf.training import Promotion, Split
from callclf.training.promotion import judge
from callclf.training.splitting import untouched
from training_cases import NEW_GOOD, NEW_RUDE, SMALL, flipped, make_corpus


@pytest.fixture(scope="module")
def month():
    """A month of calls in which agents are rude in words that the champion does not know."""
    return make_corpus(240, seed=11, phrases=NEW_RUDE, fine=NEW_GOOD)


@pytest.fixture
def batch(tmp_path):
    """Write calls a file each, and a scorecard of them."""

    def batch(corpus, name="new.csv"):
        folder = tmp_path / "calls"
        folder.mkdir(exist_ok=True)
        for call in corpus.calls:
            (folder / f"{call.id}.json").write_text(json.dumps(call.to_dict()))
        with (tmp_path / name).open("w", newline="") as file:
            sheet = csv.writer(file)
            sheet.writerow(["call_id", "question", "answer"])
            for call, labels in corpus:
                for label in ("rudeness", "escalation_refused"):
                    sheet.writerow([call.id, label, "yes" if label in labels.labels else "no"])
        return tmp_path / name, folder

    return batch


def run(champion, labels, data, out, *more):
    given = {"--champion": champion, "--labels": labels, "--data": data, "--out": out}
    return main(["retrain", *(str(part) for pair in given.items() for part in pair), *more])


def test_a_good_batch_is_promoted(champion, batch, month, tmp_path, capsys):
    labels, data = batch(month)
    before = callclf.load(champion).version
    assert run(champion, labels, data, tmp_path / "new") == 0
    assert capsys.readouterr().out.startswith("promoted: champion-")
    verdict = json.loads((tmp_path / "new" / "verdict.json").read_text())
    assert verdict["verdict"] == "promoted" and verdict["champion"] == before
    assert "better" in verdict["reasons"][-1] and verdict["calls"] == 72
    new = callclf.load(tmp_path / "new")
    assert verdict["challenger"] == new.version != before == callclf.load(champion).version
    test = make_corpus(40, seed=12, phrases=NEW_RUDE, fine=NEW_GOOD)
    assert new.score(test.calls, list(test.labels)) > callclf.load(champion).score(
        test.calls, list(test.labels)
    )
    assert "| rudeness |" in (tmp_path / "new" / "verdict.md").read_text()


@pytest.mark.slow
def test_batches_with_a_fifth_of_the_labels_flipped_are_not_promoted(small_model):
    """Nothing new is in them; 1 of 40 would pass by chance at this level."""
    promoted = 0
    for seed in range(8):
        bad = flipped(make_corpus(240, seed=20 + seed), 0.2, seed)
        kept = untouched(bad.calls, Split(test=0.3), group_by=(), seed=seed)
        model = FailureModeClassifier(head=SMALL, random_state=seed)
        model.fit(bad[~kept].calls, list(bad[~kept].labels), start=small_model)
        verdict = judge(small_model, model, bad[kept], Promotion(), group_by=(), material={})
        promoted += verdict.promoted
    assert promoted <= 1


def test_a_challenger_that_is_kept_back_leaves_no_model(champion, batch, month, tmp_path, capsys):
    labels, data = batch(month)
    rules = tmp_path / "rules.toml"
    rules.write_text('name = "m"\n[promotion]\ngain = 0.9\n')
    assert run(champion, labels, data, tmp_path / "new", "--config", str(rules)) == 3
    assert capsys.readouterr().out.startswith("kept: m-")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "verdict.json",
        "verdict.md",
    ]
    with pytest.raises(ModelError, match="no model folder"):
        callclf.load(tmp_path / "new")
    # The next month may go to the same folder.
    assert run(champion, labels, data, tmp_path / "new") == 0


def test_a_gold_set_sees_through_a_batch_that_is_wrong_throughout(champion, batch, month, tmp_path):
    """All rudeness called fine and the reverse: on its own labels the challenger looks better."""
    labels, data = batch(flipped(month, 1.0))
    make_corpus(90, seed=14).save(tmp_path / "gold.jsonl")
    config = TrainConfig(name="m", promotion=Promotion(gold=(str(tmp_path / "gold.jsonl"),)))
    verdict = callclf.retrain(
        champion, tmp_path / "new", data=[data], labels=[labels], config=config
    )
    assert not verdict.promoted
    assert any("significantly worse on" in reason for reason in verdict.reasons)


def test_too_few_untouched_calls_decide_nothing(champion, batch, month, tmp_path):
    labels, data = batch(month[:60])
    verdict = callclf.retrain(champion, tmp_path / "new", data=[data], labels=[labels])
    assert not verdict.promoted and "only 18 untouched calls" in verdict.reasons[0]


def test_rules_can_be_changed(champion, batch, month, tmp_path):
    labels, data = batch(month[:60])
    rules = Promotion(min_calls=10, target="rudeness", shown=False)
    config = TrainConfig(name="m", promotion=rules, split=Split(test=0.5))
    verdict = callclf.retrain(
        champion, tmp_path / "new", data=[data], labels=[labels], config=config
    )
    assert verdict.promoted and verdict.rules["target"] == "rudeness"
    unreachable = TrainConfig(name="m", promotion=Promotion(min_calls=10, gain=0.9))
    assert not callclf.retrain(
        champion, tmp_path / "new2", data=[data], labels=[labels], config=unreachable
    ).promoted
    unknown = TrainConfig(name="m", promotion=Promotion(min_calls=10, target="rude"))
    with pytest.raises(LabelError, match=r"promotion\.target.*did you mean 'rudeness'"):
        callclf.retrain(champion, tmp_path / "new3", data=[data], labels=[labels], config=unknown)


def test_calls_that_the_champion_knows_are_neither_learned_from_nor_compared_on(
    batch, month, champion, tmp_path
):
    labels, data = batch(month)
    assert run(champion, labels, data, tmp_path / "second") == 0
    assert run(tmp_path / "second", labels, data, tmp_path / "third") == 3
    # What was learned is left out; what was kept untouched is still there to learn from.
    verdict = json.loads((tmp_path / "third" / "verdict.json").read_text())
    assert verdict["calls"] + verdict["material"]["learned_from"] == 72


@pytest.mark.parametrize(
    ("labels", "data", "out", "problem"),
    [
        ("gone.csv", "calls", "new", "gone.csv"),
        ("new.csv", "gone", "new", "there is no such file or folder"),
        ("new.csv", "calls", "CHAMPION", "is the champion"),
    ],
)
def test_mistakes_end_with_status_2(
    champion, batch, month, tmp_path, capsys, labels, data, out, problem
):
    batch(month[:30])
    out = champion if out == "CHAMPION" else tmp_path / out
    assert run(champion, tmp_path / labels, tmp_path / data, out) == 2
    assert problem in capsys.readouterr().err


def test_without_calls_it_says_what_is_missing(champion, tmp_path):
    with pytest.raises(ReadError, match="retraining needs calls"):
        callclf.retrain(champion, tmp_path / "new")
