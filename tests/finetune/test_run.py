"""Fine-tuning from end to end, from a network of a few thousand random numbers."""

import logging
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from test_noise import NAMED
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from callclf.cli import main
from callclf.errors import ModelError
from callclf.features.windows import build_windows
from callclf.finetune.config import FinetuneConfig, Stage
from callclf.pretrained import model_folder
from training_cases import ASKS, GOOD, RUDE, SHUT, make_corpus

torch = pytest.importorskip("torch", reason="needs the extra [finetune]")
transformers = pytest.importorskip("transformers", reason="needs the extra [finetune]")

LABELS = ("rudeness", "escalation_refused")
EMPTY = SimpleNamespace(calls=(), labels=(), taxonomy=SimpleNamespace(names=LABELS))
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused0]", "[unused1]", ".", ","]


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Put a tiny network in the place of the start weights."""
    folder = tmp_path / "start"
    said = " ".join([*GOOD, *RUDE, *SHUT, *ASKS, "number"]).lower().split()
    words = list(dict.fromkeys([*SPECIAL, *NAMED, *said]))
    tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    torch.manual_seed(0)
    size = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2}
    config = transformers.BertConfig(vocab_size=len(words), num_hidden_layers=2, **size)
    transformers.BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    monkeypatch.setattr("callclf.finetune.run.start_folder", lambda: folder)


@pytest.mark.filterwarnings("default")  # of torch, about its older way to export
def test_an_encoder_learns_labels_and_knows_what_it_saw(start, tmp_path, caplog):
    from callclf.finetune.run import finetune

    config = FinetuneConfig(
        pretext=Stage(epochs=1, rate=1e-3),
        labelled=Stage(epochs=30, rate=3e-3),
        tokens_per_batch=512,
        threads=1,
    )
    corpus, fresh = make_corpus(60), make_corpus(30, seed=3)
    with caplog.at_level(logging.INFO):
        encoder = finetune(corpus, fresh.calls, LABELS, config, tmp_path / "out")
    passes = [r.getMessage() for r in caplog.records if r.getMessage().startswith("pass ")]
    assert len(passes) > 25 and all("on held-out calls" in line for line in passes)
    assert encoder.labels == LABELS and 30 < len(encoder.seen) < 60

    scores, owner = encoder(fresh.calls), build_windows(fresh.calls).scored_call
    highest = np.full((len(fresh), len(LABELS)), -np.inf)
    np.maximum.at(highest, owner, scores)
    for j, name in enumerate(LABELS):
        truth = np.array([name in labels.labels for labels in fresh.labels])
        assert roc_auc_score(truth, highest[:, j]) > 0.9  # differs by processor

    assert encoder.info["hours"] >= 0 and encoder.info["threads"] == 1

    again = finetune(corpus, fresh.calls, LABELS, config, tmp_path / "out")
    assert np.array_equal(again(fresh.calls), scores)


@pytest.mark.filterwarnings("default")  # of torch, about its older way to export
def test_a_run_goes_on_from_the_encoder_of_an_earlier_one(start, tmp_path):
    from callclf.finetune.run import finetune

    brief = Stage(epochs=30, rate=3e-3)
    config = FinetuneConfig(
        pretext=Stage(epochs=1, rate=1e-3), labelled=brief, tokens_per_batch=512, threads=1
    )
    first, second = tmp_path / "first", tmp_path / "second"
    corpus, more = make_corpus(60), make_corpus(40, seed=5)
    before = finetune(corpus, (), LABELS, config, first)
    still = replace(config, labelled=Stage(epochs=1, rate=1e-9))
    after = finetune(more, (), LABELS, still, second, first)

    close = np.corrcoef(after(more.calls).ravel(), before(more.calls).ravel())[0, 1]
    assert close > 0.98  # only the head's rate moves anything
    assert not (second / "pretext.safetensors").exists()
    assert before.seen < after.seen
    (run,) = after.info["earlier"]
    assert run["settings"] == before.info["settings"] and run["hours"] == before.info["hours"]
    assert after.info["settings"]["pretext"]["epochs"] == 0

    third = finetune(more, (), LABELS, still, tmp_path / "third", second)
    assert [r["settings"]["labelled"]["epochs"] for r in third.info["earlier"]] == [30, 1]


@pytest.mark.filterwarnings("default")  # of torch, about its older way to export
def test_a_run_that_goes_on_ends_with_a_mean_of_both(start, tmp_path):
    from safetensors.torch import load_file

    from callclf.finetune.earlier import WEIGHTS_FILE
    from callclf.finetune.run import finetune

    corpus = make_corpus(20)
    brief = Stage(epochs=1, rate=1e-3)
    config = FinetuneConfig(pretext=Stage(epochs=0, rate=1e-3), labelled=brief, threads=1)
    finetune(corpus, (), LABELS, config, tmp_path / "first")
    found = {}
    for kept in (0.0, 0.75):
        finetune(
            corpus, (), LABELS, replace(config, kept=kept), tmp_path / f"{kept}", tmp_path / "first"
        )
        found[kept] = load_file(tmp_path / f"{kept}" / WEIGHTS_FILE)
    before = load_file(tmp_path / "first" / WEIGHTS_FILE)
    for name, mixed in found[0.75].items():
        torch.testing.assert_close(mixed, 0.75 * before[name] + 0.25 * found[0.0][name])
    assert not torch.equal(found[0.0]["head.weight"], before["head.weight"])


@pytest.mark.filterwarnings("default")  # of torch, about its older way to export
def test_the_weights_of_a_model_are_read_back_to_within_their_eight_bits(start, tmp_path):
    from callclf.finetune.earlier import WEIGHTS_FILE, earlier_weights
    from callclf.finetune.run import finetune

    brief = Stage(epochs=1, rate=1e-3)
    config = FinetuneConfig(pretext=Stage(epochs=0, rate=1e-3), labelled=brief, threads=1)
    first = tmp_path / "first"
    finetune(make_corpus(20), (), LABELS, config, first)
    full = earlier_weights(first)
    (first / WEIGHTS_FILE).unlink()
    read = earlier_weights(first)
    assert set(read) == set(full)
    for name, weights in full.items():
        step = float(weights.max() - weights.min()) / 250
        torch.testing.assert_close(read[name], weights, atol=step, rtol=0, msg=name)

    still = replace(config, labelled=Stage(epochs=1, rate=1e-9))
    after = finetune(make_corpus(20), (), LABELS, still, tmp_path / "second", first)
    assert [r["settings"]["labelled"]["epochs"] for r in after.info["earlier"]] == [1]


def test_a_run_goes_on_only_from_one_that_has_ended_and_knows_its_labels(
    start, tmp_path, monkeypatch
):
    from callclf.finetune import run

    corpus, config = make_corpus(20), FinetuneConfig(labelled=Stage(epochs=1, rate=1e-3), threads=1)
    with pytest.raises(ModelError, match="nor a model with an encoder: no encoder"):
        run.finetune(corpus, (), LABELS, config, tmp_path / "out", tmp_path)
    for name in run.ENCODER_FILES:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ModelError, match="in another folder"):
        run.finetune(corpus, (), LABELS, config, tmp_path, tmp_path)
    monkeypatch.setattr(run, "Encoder", lambda files: SimpleNamespace(labels=("delight",)))
    with pytest.raises(ModelError, match="knows other labels: delight, not rudeness, escal"):
        run.finetune(corpus, (), LABELS, config, tmp_path / "out", tmp_path)
    monkeypatch.setattr(run, "Encoder", lambda files: SimpleNamespace(labels=LABELS))
    monkeypatch.setattr(run, "earlier_weights", lambda folder: {"head.weight": torch.zeros(3)})
    with pytest.raises(ModelError, match="holds another network than this one"):
        run.finetune(corpus, (), LABELS, config, tmp_path / "out", tmp_path)


def test_the_command_learns_for_as_many_passes_as_it_is_told(monkeypatch, tmp_path):
    given = []
    monkeypatch.setattr("callclf.finetune.run.finetune", lambda *a: given.append(a))
    monkeypatch.setattr("callclf.cli.finetune.gather", lambda recipe, remarks: EMPTY)
    assert main(["finetune", "--passes", "10", "--seed", "3", "--out", str(tmp_path)]) == 0
    assert main(["finetune", "--after", "base", "--out", str(tmp_path)]) == 0
    assert [(a[3].labelled.epochs, a[3].seed) for a in given] == [(10, 3), (5, 0)]
    assert [a[4:] for a in given] == [(tmp_path, None), (tmp_path, model_folder("base"))]


def test_the_command_learns_from_the_calls_of_a_configuration_file(monkeypatch, tmp_path, capsys):
    told = []
    monkeypatch.setattr("callclf.finetune.run.finetune", lambda *a: None)
    monkeypatch.setattr(
        "callclf.cli.finetune.gather", lambda recipe, remarks: told.append(recipe) or EMPTY
    )
    mine = tmp_path / "mine.toml"
    mine.write_text('name = "mine"\n[[sources]]\npath = "calls.jsonl"\n')
    assert main(["finetune", str(mine), "--out", str(tmp_path / "out")]) == 0
    assert main(["finetune", "--recipe", "fast", "--out", str(tmp_path / "out")]) == 0
    assert [recipe.name for recipe in told] == ["mine", "fast"]
    assert main(["finetune", str(mine), "--recipe", "fast", "--out", str(tmp_path)]) != 0
    assert "either a configuration file or --recipe" in capsys.readouterr().err


def test_the_command_refuses_to_learn_nothing(capsys, tmp_path):
    assert main(["finetune", "--passes", "0", "--out", str(tmp_path)]) != 0
    assert "must be above 0, got 0" in capsys.readouterr().err
