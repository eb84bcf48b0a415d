"""What the encoder beside the head must keep to."""

import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

import callclf
from callclf import Corpus, FailureModeClassifier, Transcript, Turn
from callclf.artifact import load_encoder
from callclf.errors import LabelError, ModelError
from callclf.features.encoder import ENCODER_FILES, Encoder
from callclf.fingerprint import call_fingerprint
from callclf.pretrained import model_folder


@pytest.fixture(scope="module")
def model():
    return callclf.load("base")


@pytest.fixture(scope="module")
def corpus(repo):
    whole = Corpus.load(repo / "data" / "corpus" / "calls.jsonl")
    return whole.where(lambda call: call.meta["writer"] in ("w5", "w6"))


@pytest.fixture(scope="module")
def calls(corpus):
    return list(corpus.calls[:24])


def test_a_call_alone_scores_exactly_as_among_others_and_after_saving(model, calls, tmp_path):
    together = model.predict_proba(calls)
    assert np.array_equal(together, np.concatenate([model.predict_proba([c]) for c in calls]))
    model.save(tmp_path / "copy")
    assert np.array_equal(together, callclf.load(tmp_path / "copy").predict_proba(calls))


def test_a_second_process_answers_the_same_without_torch(model, calls, repo):
    script = """
import json, sys, callclf
calls = [callclf.Transcript.from_dict(item) for item in json.load(sys.stdin)]
scores = callclf.load("base").predict_proba(calls).tolist()
print(json.dumps([scores, sorted({"torch", "transformers"} & set(sys.modules))]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps([call.to_dict() for call in calls[:5]]),
        capture_output=True,
        text=True,
        check=True,
        cwd=repo,
    )
    scores, heavy = json.loads(done.stdout)
    assert np.array_equal(scores, model.predict_proba(calls[:5]))
    assert heavy == []


@pytest.mark.slow
def test_processes_share_the_work_and_answer_the_same(calls):
    assert np.array_equal(
        callclf.load("base").set_params(n_jobs=2).predict_proba(calls),
        callclf.load("base").predict_proba(calls),
    )


def test_an_encoder_that_came_by_pickle_is_the_same_and_comes_once(model):
    sent = pickle.dumps(model.fitted_.scorer.encoder)
    first, second = pickle.loads(sent), pickle.loads(sent)
    assert first is second
    assert first.files == model.fitted_.scorer.encoder.files


def test_what_came_before_the_last_words_of_the_customer_matters():
    encoder = load_encoder(model_folder("base"))
    asked = Turn("agent", "Could you give me the order number, please?")
    given = Turn("customer", "Hello, my order 55812 has not come.")
    not_given = Turn("customer", "Hello, my order has not come.")
    rest = [Turn("agent", "I am sorry to hear that."), Turn("customer", "So where is it?"), asked]
    scores = [encoder([Transcript([opening, *rest])])[-1] for opening in (given, not_given)]
    label = encoder.labels.index("inattention")
    assert scores[0][label] > scores[1][label]


def test_a_cascade_changes_only_calls_that_it_is_sure_are_clean(calls):
    full = callclf.load("base")
    quick = callclf.load("base").set_params(cascade=True)
    cut = full.fitted_.scorer.cascade.cut
    assert 0 < cut < 0.5
    same = np.all(full.predict_proba(calls) == quick.predict_proba(calls), axis=1)
    assert same.any()
    assert (quick.predict_proba(calls)[~same] < cut).all()


def test_a_cascade_reads_fewer_calls(calls, monkeypatch):
    read = []

    def counted(self, batch, *, bots=True):
        read.extend(batch)
        return plain(self, batch, bots=bots)

    plain = Encoder.__call__
    monkeypatch.setattr(Encoder, "__call__", counted)
    callclf.load("base").set_params(cascade=True).predict_proba(calls)
    assert 0 < len(read) < len(calls)


def test_a_long_call_is_read_in_windows_and_every_agent_turn_scored(model):
    turns = [
        Turn(("customer", "agent")[i % 2], f"line {i} " + "words and more " * 8) for i in range(60)
    ]
    scored = model.predict_turns([Transcript(turns)])
    assert scored["turn"].tolist() == list(range(1, 60, 2))
    assert scored[model.classes_].notna().all(axis=None)


@pytest.mark.parametrize("name", ENCODER_FILES)
def test_a_changed_byte_of_the_encoder_is_refused(model, name, tmp_path):
    model.save(tmp_path / "m")
    file = tmp_path / "m" / name
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    with pytest.raises(ModelError, match=f"{name}.*altered"):
        callclf.load(tmp_path / "m")


def test_files_that_are_no_encoder_are_refused_with_a_reason():
    files = dict(load_encoder(model_folder("base")).files)
    with pytest.raises(ModelError, match=r"lacks encoder\.onnx"):
        Encoder({name: files[name] for name in ENCODER_FILES[1:]})
    with pytest.raises(ModelError, match="cannot be loaded"):
        Encoder({**files, "encoder.onnx": b"nothing of the kind"})
    with pytest.raises(ModelError, match="fast has no encoder"):
        load_encoder(model_folder("fast"))


def test_probabilities_are_never_learned_on_calls_that_the_encoder_was_fine_tuned_on(repo):
    encoder = load_encoder(model_folder("base"))
    whole = Corpus.load(repo / "data" / "corpus" / "calls.jsonl")
    seen = whole.where(lambda call: call_fingerprint(call)[:12] in encoder.seen)
    assert {call.meta["writer"] for call in seen.calls}.isdisjoint({"w5", "w6"})
    with pytest.raises(LabelError, match="fine-tuned on all of them"):
        FailureModeClassifier(encoder=encoder).fit(seen.calls[:40], list(seen.labels[:40]))


@pytest.mark.slow
def test_new_labels_are_learned_beside_the_shipped_encoder(corpus, tmp_path):
    part = corpus[:150]
    model = FailureModeClassifier(encoder="base").fit(part.calls, list(part.labels))
    assert model.fitted_.scorer.encoder.digest == load_encoder(model_folder("base")).digest
    assert model.score(corpus.calls[150:], list(corpus.labels[150:])) > 0.6
