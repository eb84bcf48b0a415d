"""The parts of fine-tuning that need no torch."""

import random
from dataclasses import replace

import numpy as np
import pytest
from tokenizers import Tokenizer, models

from callclf.errors import ReadError
from callclf.features.tokens import TokenTurn, TokenWindow
from callclf.finetune.augment import augmented
from callclf.finetune.config import FinetuneConfig, Stage
from callclf.finetune.corrupt import TASKS, TurnPool, corrupted
from callclf.finetune.items import Item, bucketed
from callclf.finetune.text import Text
from callclf.finetune.vocabulary import read_vocabulary
from callclf.transcript import Transcript, Turn

SPECIAL = ["[PAD]", "[MASK]", ".", "##7", "##8", "12", "34", "567"]
NAMES = """monday tuesday wednesday thursday friday saturday sunday january february march april may
june july august september october november december one two three four five six seven eight nine
ten morning afternoon evening today tomorrow north south east west red blue black white green"""
NAMED = NAMES.split()
IDS = {token: i for i, token in enumerate([*SPECIAL, *NAMED, "parcel"])}


@pytest.fixture(scope="module")
def vocabulary():
    return read_vocabulary(Tokenizer(models.WordLevel(IDS, unk_token="[PAD]")))


def call(n=8, words=("parcel", "12", "monday", ".")):
    ids = tuple(IDS[word] for word in words)
    return [TokenTurn(k % 2 == 1, (*ids, IDS["parcel"]), k) for k in range(n)]


def test_numbers_are_exchanged_for_numbers_of_as_many_digits_and_days_for_days(vocabulary):
    assert set(vocabulary.alike[IDS["12"]]) == {IDS["12"], IDS["34"]}
    assert set(vocabulary.alike[IDS["##7"]]) == {IDS["##7"], IDS["##8"]}
    assert vocabulary.alike[IDS["567"]] == (IDS["567"],)
    assert IDS["sunday"] in vocabulary.alike[IDS["monday"]]
    assert IDS["parcel"] not in vocabulary.alike
    assert vocabulary.punctuation == {IDS["."]}


def test_corruption_says_what_it_changed_and_changes_nothing_else(vocabulary, monkeypatch):
    monkeypatch.setattr("callclf.finetune.corrupt.RENUMBERED", 0.0)
    turns = call()
    other = [TokenTurn(t.company, (IDS["red"],) * (5 + t.place), t.place) for t in call()]
    pool = TurnPool([turns, other], ["a", "a"])
    seen = np.zeros(len(TASKS))
    for seed in range(300):
        result, y = corrupted(turns, "a", pool, vocabulary, random.Random(seed))
        assert [(t.company, t.place) for t in result] == [(t.company, t.place) for t in turns]
        assert not y[[k for k, t in enumerate(turns) if not t.company]].any()
        for k, turn in enumerate(result):
            if turn.company and turn != turns[k]:
                assert y[k].sum() == 1
        altered = np.flatnonzero(y[:, TASKS.index("altered")])
        assert all(len(result[k].ids) == len(turns[k].ids) for k in altered)
        seen += y.sum(axis=0)
    assert seen[TASKS.index("foreign")] > 50
    assert seen[TASKS.index("altered")] > 50


def test_only_what_was_named_before_is_altered(vocabulary):
    turns = [*call(2, ("parcel",)), replace(call(4)[3], place=2), replace(call(4)[3], place=3)]
    pool = TurnPool([turns], ["a"])
    altered = np.zeros(4)
    for seed in range(300):
        _, y = corrupted(turns, "a", pool, vocabulary, random.Random(seed))
        altered += y[:, TASKS.index("altered")]
    assert altered[3] > 20
    assert not altered[:3].any()


def test_renumbering_keeps_to_the_kind_and_is_the_same_throughout(vocabulary, monkeypatch):
    monkeypatch.setattr("callclf.finetune.corrupt.RENUMBERED", 1.0)
    turns = [TokenTurn(False, tuple(IDS[w] for w in ("12", "monday", "parcel")), k) for k in (0, 1)]
    seen = set()
    for seed in range(50):
        (first, second), y = corrupted(turns, "a", TurnPool([turns], ["a"]), vocabulary,
                                       random.Random(seed))  # fmt: skip
        assert first.ids == second.ids
        assert not y.any()
        number, day, thing = first.ids
        assert day in vocabulary.alike[IDS["monday"]]
        assert thing == IDS["parcel"]
        seen.add(number)
    assert seen == {IDS["12"], IDS["34"]}


def test_noise_keeps_every_turn_and_its_place_and_empties_none(vocabulary):
    turns = call(3)
    for seed in range(200):
        noisy = augmented(turns, vocabulary, random.Random(seed))
        assert [(t.company, t.place) for t in noisy] == [(t.company, t.place) for t in turns]
        assert all(t.ids for t in noisy)


def test_names_become_other_names_the_same_one_throughout(vocabulary):
    named = replace(vocabulary, names=(IDS["red"], IDS["blue"]))
    words = ("red", "parcel", "red", "red", "parcel")
    seen = set()
    for seed in range(200):
        (turn,) = augmented(call(1, words), named, random.Random(seed))
        if IDS["[MASK]"] in turn.ids or len(turn.ids) <= len(words):
            continue
        assert turn.ids[0] == turn.ids[2] == turn.ids[3]
        assert turn.ids[1] == IDS["parcel"]
        seen.add(turn.ids[0])
    assert seen == {IDS["red"], IDS["blue"]}


def test_hesitation_puts_fillers_between_words_and_takes_none_away(vocabulary):
    hesitant = replace(vocabulary, fillers=((IDS["red"], IDS["blue"]), (IDS["green"],)))
    fillers = {IDS["red"], IDS["blue"], IDS["green"]}
    words = ("parcel", "12", "monday", "34") * 3
    said = [IDS[word] for word in (*words, "parcel")]
    filled = 0
    for seed in range(200):
        (turn,) = augmented(call(1, words), hesitant, random.Random(seed))
        kept = [token for token in turn.ids if token not in fillers]
        if IDS["[MASK]"] not in turn.ids and len(kept) == len(said):
            assert kept == said
            filled += len(turn.ids) > len(said)
    assert filled > 10


def test_noise_may_cut_the_opening_of_a_long_call_only(vocabulary):
    lengths = {len(augmented(call(9), vocabulary, random.Random(s))) for s in range(200)}
    assert lengths == {9, 8, 7}


def test_batches_hold_every_group_once_and_keep_to_the_budget():
    rng = random.Random(0)
    groups = [
        tuple(Item(TokenWindow([0] * n, [0] * n, [], []), np.zeros((0, 1))) for _ in range(k))
        for n, k in [(rng.randint(5, 90), rng.choice([1, 1, 2])) for _ in range(200)]
    ]
    batches = bucketed(groups, 400, random.Random(1))
    assert sorted(map(id, (g for b in batches for g in b))) == sorted(map(id, groups))
    for batch in batches:
        items = [item for group in batch for item in group]
        assert max(len(i.window.ids) for i in items) * len(items) <= 400
    again = bucketed(groups, 400, random.Random(1))
    assert [[id(g) for g in b] for b in batches] == [[id(g) for g in b] for b in again]


def written(n_turns, **meta):
    turns = [Turn(("customer", "agent")[i % 2], "parcel") for i in range(n_turns)]
    return Text(Transcript(turns, id="c", meta=meta), None, "c", None)


def test_long_written_calls_are_those_of_twelve_turns_or_more_by_our_writers():
    assert written(12, writer="w1").is_long_written_call
    assert not written(11, writer="w1").is_long_written_call
    assert not written(12, source="star").is_long_written_call
    assert not written(12, writer="p1", pair="p1-001").is_long_written_call


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"long_call_passes": 0}, "long_call_passes must be above 0, got 0"),
        ({"pretext_share": 30}, "pretext_share must be from 0 to 1, got 30"),
        ({"dropout": 1.0}, "dropout must be from 0 to below 1, got 1.0"),
        ({"labelled": Stage(epochs=0, rate=1e-4)}, "labelled calls, must be above 0, got 0"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused(given, message):
    with pytest.raises(ReadError, match=message):
        FinetuneConfig(**given)
