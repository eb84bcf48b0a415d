"""Roles inferred from the text: right on a writer that the weights never saw, and never silent."""

import json
import random
import shutil
from dataclasses import replace

import numpy as np
import pytest

import callclf
from callclf import Corpus, Role, Transcript, Turn
from callclf.errors import LabelError, ModelError
from callclf.role_inference.infer import infer_roles
from callclf.role_inference.model import SHIPPED, load_roles
from callclf.role_inference.train import as_recognised, save_roles, train_roles, two_party

WORDS = [
    ("agent", "Thanks for calling Northmoor Energy, how can I help you today?"),
    ("customer", "hi my bill went up again and nobody told me why"),
    ("agent", "I'm sorry about that. May I have your account number, please?"),
    ("customer", "yeah it's 4402 on the letter"),
    ("agent", "Thank you. Let me check that for you."),
]


def hide(call):
    """The same call from a recogniser that numbers speakers, customer first as often as not."""
    rng = random.Random(call.id)
    sides = sorted({t.role for t in call.turns if t.role is not Role.SYSTEM})
    rng.shuffle(sides)
    names = {role: f"spk_{i}" for i, role in enumerate(sides)}
    turns = [
        replace(t, role=Role.UNKNOWN, speaker=names[t.role]) if t.role in names else t
        for t in call.turns
    ]
    return Transcript(turns, call.id), {name: str(role) for role, name in names.items()}


def anonymous(*rows):
    return Transcript([Turn("unknown", text, speaker) for speaker, text in rows])


@pytest.fixture(scope="module")
def held_out(repo):
    calls = Corpus.load(repo / "data" / "corpus" / "calls.jsonl").calls
    chosen = [c for c in calls if c.meta["writer"] == "w6" and two_party(c)]
    assert len(chosen) > 80 and min(map(len, chosen)) >= 3
    return chosen


@pytest.mark.parametrize("change", [lambda call: call, as_recognised], ids=["said", "recognised"])
def test_calls_of_an_unseen_writer_get_the_right_roles(held_out, change):
    outcomes = []
    for call in held_out:
        hidden, truth = hide(change(call))
        inferred = infer_roles(hidden)
        found = {n: g["role"] for n, g in inferred.meta.get("inferred_roles", {}).items()}
        assert found in ({}, truth) or len(found) == 2
        outcomes.append(None if not found else found == truth)
    decided = [right for right in outcomes if right is not None]
    assert len(decided) >= 0.97 * len(outcomes)
    assert np.mean(decided) >= 0.99


def test_public_conversations_get_the_right_roles(shared):
    calls = Corpus.load(shared / "real" / "dev.jsonl").calls
    decided = []
    for call in calls:
        if two_party(call) and len(call) >= 10:
            hidden, truth = hide(call)
            found = infer_roles(hidden).meta.get("inferred_roles", {})
            decided += [{n: g["role"] for n, g in found.items()} == truth] if found else []
    assert len(decided) >= 215
    assert np.mean(decided) >= 0.99


def test_what_was_inferred_is_recorded_and_said():
    call = infer_roles(anonymous(*((f"spk_{role == 'agent':d}", text) for role, text in WORDS)))
    assert [str(t.role) for t in call.turns] == [role for role, _ in WORDS]
    inferred = call.meta["inferred_roles"]
    assert {name: found["role"] for name, found in inferred.items()} == {
        "spk_1": "agent",
        "spk_0": "customer",
    }
    assert all(load_roles().least <= g["confidence"] <= 0.9999 for g in inferred.values())
    [warning] = call.meta["warnings"]
    assert "inferred" in warning and "'spk_1' is the agent" in warning
    json.dumps(call.to_dict())


def test_names_and_order_do_not_matter():
    rows = [("spk_1" if role == "agent" else "spk_0", text) for role, text in WORDS]
    plain = infer_roles(anonymous(*rows)).meta["inferred_roles"]
    named = [("Customer-ish Bob" if s == "spk_1" else "Agent X", t) for s, t in rows]
    other = infer_roles(anonymous(*named)).meta["inferred_roles"]
    assert list(other.values()) == list(plain.values())
    swapped = infer_roles(anonymous(*rows[::-1])).meta["inferred_roles"]
    assert swapped == plain


def test_it_abstains_where_the_words_say_nothing():
    call = infer_roles(anonymous(("A", "okay"), ("B", "okay"), ("A", "right"), ("B", "right")))
    assert {str(t.role) for t in call.turns} == {"unknown"}
    assert "inferred_roles" not in call.meta
    assert "'A', 'B'" in call.meta["warnings"][0] and "not clear" in call.meta["warnings"][0]


def test_few_words_decide_nothing():
    call = infer_roles(anonymous(("A", "Thank you for calling."), ("B", "my parcel is lost")))
    assert "inferred_roles" not in call.meta


def test_somebody_who_talks_to_nobody_stays_unknown():
    call = infer_roles(anonymous(*(("A", text) for _, text in WORDS)))
    assert "inferred_roles" not in call.meta and "not clear" in call.meta["warnings"][0]


def test_turns_without_a_speaker_stay_as_they_are():
    call = infer_roles(Transcript([Turn("unknown", text) for _, text in WORDS]))
    assert {str(t.role) for t in call.turns} == {"unknown"}
    assert "no speaker (5 turns)" in call.meta["warnings"][0]


def test_known_roles_are_never_changed_and_help():
    turns = [Turn(r if r == "agent" else "unknown", t, r[0]) for r, t in WORDS]
    call = infer_roles(Transcript([*turns, Turn("system", "hold music", "ivr")]))
    assert [str(t.role) for t in call.turns] == [r for r, _ in WORDS] + ["system"]
    assert list(call.meta["inferred_roles"]) == ["c"]
    # The caller insists that the customer's words are the agent's: the rest is left open.
    wrong = [Turn("agent" if r == "customer" else "unknown", t, r[0]) for r, t in WORDS]
    assert "inferred_roles" not in infer_roles(Transcript(wrong)).meta


def test_of_three_speakers_each_is_judged_alone():
    rows = [("A" if role == "agent" else "B", text) for role, text in WORDS]
    more = [
        ("C", "Good afternoon, this is Dana from the billing team, thank you for holding."),
        ("C", "I can see the tariff change on your account. May I take you through it?"),
    ]
    found = infer_roles(anonymous(*rows, *more)).meta["inferred_roles"]
    assert found["A"]["role"] == "agent" and found["C"]["role"] == "agent"
    assert found.get("B", {"role": "customer"})["role"] == "customer"


def test_a_call_with_all_roles_known_is_returned_as_it_is():
    call = Transcript([Turn(role, text) for role, text in WORDS])
    assert infer_roles(call) is call


def test_reading_infers_only_when_asked():
    text = "\n".join(f"spk_{role == 'agent':d}: {words}" for role, words in WORDS)
    plain = callclf.read(text, "plain_text")
    assert {str(t.role) for t in plain.turns} == {"unknown"}
    assert "inferred_roles" not in plain.meta
    asked = callclf.read(text, "plain_text", infer_roles=True)
    assert [str(t.role) for t in asked.turns] == [role for role, _ in WORDS]
    assert len(asked.meta["warnings"]) == len(plain.meta["warnings"]) + 1
    [each] = callclf.iter_read(text, "plain_text", infer_roles=True)
    assert each == asked
    mapped = callclf.read(
        text, "plain_text", infer_roles=True, speakers={"spk_1": "customer", "spk_0": "agent"}
    )
    assert [str(t.role) for t in mapped.turns] != [role for role, _ in WORDS]
    assert "inferred_roles" not in mapped.meta


def test_the_weights_are_small_inert_and_checked(tmp_path):
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 1_000_000
    copy = tmp_path / "weights"
    shutil.copytree(SHIPPED, copy)
    data = bytearray((copy / "arrays.npz").read_bytes())
    data[-1] ^= 1
    (copy / "arrays.npz").write_bytes(data)
    with pytest.raises(ModelError, match="altered"):
        load_roles(copy)


def test_training_is_reproducible_and_survives_saving(repo, tmp_path):
    calls = Corpus.load(repo / "data" / "corpus" / "calls.jsonl").calls[::20]
    groups = [call.meta["writer"] for call in calls]
    one, other = (train_roles(calls, groups, folds=2) for _ in range(2))
    np.testing.assert_array_equal(one.weights, other.weights)
    assert replace(one, weights=0) == replace(other, weights=0)
    save_roles(tmp_path / "weights", one, card="# A test\n")
    loaded = load_roles(tmp_path / "weights")
    np.testing.assert_array_equal(loaded.weights, one.weights)
    assert replace(loaded, weights=0) == replace(one, weights=0)
    with pytest.raises(LabelError, match="group"):
        train_roles(calls, groups[:-1])
