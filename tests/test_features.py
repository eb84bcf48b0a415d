"""The features, each against a slow and obvious computation of the same thing."""

import re

import numpy as np
import pytest

from callclf import Corpus, Transcript, Turn
from callclf.features.cues import CUE_NAMES, cue_flags, cue_spans, find_cues, load_cues
from callclf.features.extract import DENSE_NAMES, SIDES, extract
from callclf.features.history import HISTORY_NAMES, history
from callclf.features.ngrams import HashSet, hash_words, normalise, slots, word_spans
from callclf.features.windows import build_windows


@pytest.fixture(scope="module")
def calls(repo):
    return list(Corpus.load(repo / "data" / "corpus" / "calls.jsonl").calls[:150])


def said(*turns):
    return Transcript([Turn(role, text) for role, text in turns])


def words_of(text):
    return normalise(text.replace("\x1f", " ")).decode("utf-8", "replace").split()


# ---- hashing ----------------------------------------------------------------------------------

AWKWARD = [
    "",
    " ",
    "a",
    "I'm NOT—ok?",
    "don’t\tstop\n\nnow",
    "x\x1fy",
    "Ünïcode ß 東京 ok",
    "5:30 £9.99",
    "''",
    "?",
    "it's [PII], ok",
    "{{name}}<phone_1>XXXX-1234",
    "▇▇▇ and ████",
    "xx’s ‘XX’ x'x' xx",
]


def test_equal_words_hash_alike_and_different_ones_apart(calls):
    texts = AWKWARD + [turn.text for call in calls for turn in call.turns]
    hashed = hash_words(texts)
    known = {}
    for text, low, high in zip(texts, hashed.starts, hashed.starts[1:], strict=False):
        words = words_of(text)
        assert len(words) == high - low
        for word, value in zip(words, hashed.hashes[low:high], strict=True):
            assert known.setdefault(word, value) == value
    assert len(set(known.values())) == len(known) > 3000


@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_ngrams_never_reach_into_the_next_text(length):
    texts = [*AWKWARD, "one two three four five six", "one two"]
    grams = hash_words(texts).ngrams(length)
    alone = [hash_words([text]).ngrams(length).hashes for text in texts]
    assert grams.counts.tolist() == [max(len(words_of(text)) - length + 1, 0) for text in texts]
    np.testing.assert_array_equal(grams.hashes, np.concatenate(alone))


def test_order_matters_to_a_bigram():
    one, other = (hash_words([text]).ngrams(2).hashes for text in ("not yes", "yes not"))
    assert one != other


def test_casing_punctuation_and_digits_do_not_change_the_hashes():
    one, other = (
        hash_words([text]).hashes
        for text in ("I've told you: call 0800 on Monday!", "ive told you call 1234 on monday")
    )
    np.testing.assert_array_equal(one, other)


def test_spans_are_the_words_that_are_hashed(calls):
    for text in AWKWARD + [turn.text for call in calls for turn in call.turns]:
        spans = [words_of(text[start:end]) for start, end in word_spans(text)]
        assert [word for [word] in spans] == words_of(text)


MARKS = """
[PII] [NAME] [CREDIT_DEBIT_NUMBER] [PERSON-1] [redacted] {PII} {{name}} <redacted> <US_SSN>
### ▇▇▇ █ ***** ____ XXXX xxxx XX/XX/XXXX XXX-XX Xxx xX
"""


@pytest.mark.parametrize("mark", [*MARKS.split(), "[DATE OF BIRTH]"])
def test_a_mark_of_redacted_words_is_no_word_and_changes_none(mark):
    assert word_spans(mark) == [] and len(hash_words([mark]).hashes) == 0
    for text in ("my name is {} okay?", "({}) hello", "card {}, {} exp {}.", "{}\n{} bye"):
        whole = text.replace("{}", mark)
        np.testing.assert_array_equal(
            hash_words([whole]).hashes, hash_words([text.replace("{}", " ")]).hashes
        )
        spans = [whole[start:end] for start, end in word_spans(whole)]
        assert spans == re.findall(r"[a-z]+|\?", text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[please call me back]", ["please", "call", "me", "back"]),
        ("[here](www.example.com)", ["here", "www", "example", "com"]),
        ("a < b > c", ["a", "b", "c"]),
        ("Exxon xxl xmas X xx?", ["exxon", "xxl", "xmas", "x", "?"]),
        ("exxé éxx xx's x'x", ["exxé", "éxx", "xxs"]),
        ("**Flight** #0 {a b}", ["flight", "0", "a", "b"]),
        ("[NAME and more", ["name", "and", "more"]),
        ("ends in XXXX1234 not 4x4", ["ends", "in", "not", "0x0"]),
    ],
)
def test_other_brackets_and_x_keep_their_words(text, words):
    assert words_of(text) == words


def test_what_is_a_mark_does_not_depend_on_the_other_texts():
    texts = ["Xx [", "XX", "xX", "[a\x1fb]", "]", "[A", "B]", "x", "xx"]
    alone = [hash_words([text]).hashes for text in texts]
    np.testing.assert_array_equal(hash_words(texts).hashes, np.concatenate(alone))


def test_a_hash_set_finds_exactly_its_members():
    rng = np.random.default_rng(0)
    members = rng.integers(0, 2**63, 500).astype(np.uint64)
    questions = np.concatenate([members[::3], rng.integers(0, 2**63, 5000).astype(np.uint64)])
    hits, places = HashSet(members).find(questions)
    np.testing.assert_array_equal(hits, np.flatnonzero(np.isin(questions, members)))
    np.testing.assert_array_equal(HashSet(members).hashes[places], questions[hits])


def test_slots_spread_evenly_and_differ_by_salt():
    hashes = hash_words([f"w{chr(97 + i % 26)}{'x' * (i // 26)}" for i in range(2000)]).hashes
    one, other = slots(hashes, 8, 1), slots(hashes, 8, 2)
    assert np.bincount(one, minlength=256).max() < 30
    assert (one != other).mean() > 0.9


# ---- windows ----------------------------------------------------------------------------------


def naive_context(call, i):
    """The same ranges, by walking through the turns."""
    sides = [
        (n, turn.role in ("agent", "bot"), turn.text)
        for n, turn in enumerate(call.turns)
        if turn.role in ("agent", "bot", "customer")
    ]
    at = next(k for k, (n, _, _) in enumerate(sides) if n == i)

    def run(step):
        k = at
        while 0 <= k < len(sides) and sides[k][1]:
            k += step
        found = []
        while 0 <= k < len(sides) and not sides[k][1]:
            found.append(sides[k][2])
            k += step
        return found[::step]

    earlier = [text for _, company, text in sides[:at] if company]
    return {
        "turn": [call.turns[i].text],
        "customer": run(-1),
        "previous": earlier[-1:],
        "reply": run(1),
    }


def test_contexts_are_what_walking_through_the_call_finds(calls):
    mixed = said(
        ("system", "s"),
        ("agent", "a0"),
        ("bot", "b0"),
        ("customer", "c0"),
        ("system", "s"),
        ("customer", "c1"),
        ("unknown", "u"),
        ("agent", "a1"),
        ("agent", "a2"),
        ("customer", "c2"),
    )
    batch = [mixed, said(("customer", "only")), *calls[:40]]
    windows = build_windows(batch)
    for k in range(len(windows)):
        call = batch[windows.scored_call[k]]
        expected = naive_context(call, windows.position[k])
        for channel, (low, high) in ((c, r[k]) for c, r in windows.ranges.items()):
            assert windows.texts[low:high] == expected[channel], channel


def test_without_bots_their_turns_are_no_context_either():
    windows = build_windows([said(("bot", "b"), ("customer", "c"), ("agent", "a"))], bots=False)
    assert windows.texts == ["c", "a"] and len(windows) == 1


# ---- cues -------------------------------------------------------------------------------------


def test_hashed_search_finds_what_spacy_finds(calls):
    windows = build_windows(calls)
    found = find_cues(windows, hash_words(windows.texts))
    names = [cue.name for cue in load_cues()]
    for text, company, row in zip(windows.texts, windows.company, found, strict=True):
        by_spacy = {span.name for span in cue_spans(text, company=bool(company))}
        assert {name for name, hit in zip(names, row, strict=True) if hit} == by_spacy
    assert found.sum() > 300


def test_a_cue_counts_for_its_own_side_only():
    windows = build_windows([said(("customer", "calm down"), ("agent", "speak to a manager"))])
    assert not find_cues(windows, hash_words(windows.texts)).any()


def test_a_customers_cue_is_a_feature_of_the_turns_around_it():
    call = said(("agent", "hello"), ("customer", "I want a manager please"), ("agent", "hmm"))
    windows = build_windows([call])
    flags = cue_flags(windows, find_cues(windows, hash_words(windows.texts)))
    assert [CUE_NAMES[j] for j in np.flatnonzero(flags[0])] == ["reply:asks_for_person"]
    assert [CUE_NAMES[j] for j in np.flatnonzero(flags[1])] == ["customer:asks_for_person"]


def test_spans_point_at_the_words():
    [span] = cue_spans("Right — CALM  down, sir!", company=True)
    assert (span.name, span.start, span.end) == ("silences_customer", 1, 3)


# ---- history ----------------------------------------------------------------------------------


def features_of(call, turn):
    extracted = extract([call], bits=10)
    row = list(extracted.windows.position).index(turn)
    return dict(zip(DENSE_NAMES, extracted.dense[row], strict=True))


def test_a_sentence_said_again_is_a_repeat():
    again = "please check the cables on the modem"
    call = said(("agent", again), ("customer", "I did that"), ("agent", again.upper() + "!"))
    assert features_of(call, 2)["exact_repeats"] == pytest.approx(1 / 3)
    assert features_of(call, 2)["like_own_last"] == pytest.approx(1)
    assert features_of(call, 0)["exact_repeats"] == 0


def test_repeats_do_not_cross_calls():
    call = said(("customer", "hi"), ("agent", "please check the cables on the modem"))
    dense = extract([call, call], bits=10).dense
    np.testing.assert_array_equal(dense[0], dense[1])


def test_asking_again_for_what_was_given_shows():
    call = said(
        ("customer", "my order number is 449120"),
        ("agent", "thanks"),
        ("customer", "so where is it"),
        ("agent", "what is your order number?"),
    )
    assert features_of(call, 3)["asks_fact_given"] > 0
    assert features_of(call, 3)["asks_number_given"] == 1
    assert features_of(call, 1)["asks_fact_given"] == 0


def test_a_question_that_is_not_taken_up_shows():
    asked = ("customer", "does the warranty cover the screen?")
    ignored = features_of(said(asked, ("agent", "have a lovely day")), 1)
    answered = features_of(said(asked, ("agent", "the warranty does cover the screen")), 1)
    assert ignored["asked_and_not_taken_up"] > 0.9 > 0.1 > answered["asked_and_not_taken_up"]


def test_a_call_alone_and_in_a_batch_has_the_same_features(calls):
    together = extract(calls, bits=12)
    for number in (0, 7, len(calls) - 1):
        alone = extract([calls[number]], bits=12)
        rows = together.windows.scored_call == number
        np.testing.assert_allclose(together.dense[rows], alone.dense, atol=1e-6)


def test_no_turns_give_no_rows():
    empty = build_windows([])
    assert history(empty, hash_words([]), np.zeros((0, len(load_cues())), dtype=bool)).shape == (
        0,
        len(HISTORY_NAMES),
    )


# ---- sums and design --------------------------------------------------------------------------


def test_summing_tables_equals_multiplying_the_design_matrix(calls):
    features = extract(calls[:30], bits=10)
    rng = np.random.default_rng(0)
    for side in SIDES:
        table = rng.normal(size=(1 << 10, 2, 3)).astype(np.float32)
        sums = features.text_sums(side, table)
        for k, channel in enumerate(side.channels):
            expected = features.design(channel) @ table[:, k]
            np.testing.assert_allclose(
                features.over_range(channel, sums[:, k]), expected, rtol=1e-4, atol=1e-4
            )
