"""Fine-tuning from end to end, from a network of a few thousand random numbers."""

import logging
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from test_noise import NAMED
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from callclf.cli import main
from callclf.features.windows import build_windows
from callclf.finetune.config import FinetuneConfig, Stage
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
        assert roc_auc_score(truth, highest[:, j]) > 0.95

    assert encoder.info["hours"] >= 0 and encoder.info["threads"] == 1

    again = finetune(corpus, fresh.calls, LABELS, config, tmp_path / "out")
    assert np.array_equal(again(fresh.calls), scores)


def test_the_command_learns_for_as_many_passes_as_it_is_told(monkeypatch, tmp_path):
    given = []
    monkeypatch.setattr("callclf.finetune.run.finetune", lambda *a: given.append(a[3]))
    monkeypatch.setattr("callclf.cli.finetune.gather", lambda recipe: EMPTY)
    assert main(["finetune", "--passes", "10", "--seed", "3", "--out", str(tmp_path)]) == 0
    assert main(["finetune", "--out", str(tmp_path)]) == 0
    assert [(c.labelled.epochs, c.seed) for c in given] == [(10, 3), (5, 0)]


def test_the_command_refuses_to_learn_nothing(capsys, tmp_path):
    assert main(["finetune", "--passes", "0", "--out", str(tmp_path)]) != 0
    assert "must be above 0, got 0" in capsys.readouterr().err
