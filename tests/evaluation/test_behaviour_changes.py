"""Each change does what it says and nothing else."""

import re
from difflib import SequenceMatcher

import numpy as np
import pytest

from callclf import CallLabels, Corpus, Role, Transcript, Turn
from callclf.evaluation.behaviour import behaviours
from callclf.evaluation.behaviour.material import base_corpus, words
from callclf.evaluation.behaviour.names import Person, people_in
from callclf.evaluation.behaviour.noise import without_punctuation
from callclf.evaluation.behaviour.places import places_in
from callclf.evaluation.behaviour.rewrite import in_style, replace_words
from callclf.evaluation.behaviour.word_errors import misheard

SAME_TURNS = [
    "names_swapped",
    "places_swapped",
    "nationality_said",
    "speakers_relabelled",
    "casing_removed",
    "punctuation_removed",
    "fillers_added",
    "word_errors_5",
    "word_errors_10",
    "word_errors_20",
]
ADDED_TURNS = {
    "opening_added": 2,
    "closing_added": 2,
    "first_refusal": 2,
    "second_refusal": 2,
    "repair": 2,
    "roles_swapped": 1,
}


def cases_of(name, corpus=None, seed=0):
    (chosen,) = behaviours([name])
    return list(chosen.cases(corpus or base_corpus(), np.random.default_rng(seed)))


def call_of(*texts, **fields):
    roles = ("customer", "agent")
    return Transcript([Turn(roles[i % 2], text) for i, text in enumerate(texts)], **fields)


def corpus_of(*calls):
    return Corpus(calls, tuple(CallLabels() for _ in calls))


@pytest.mark.parametrize("name", [b.name for b in behaviours()])
def test_cases_are_seeded(name):
    assert cases_of(name) == cases_of(name)


@pytest.mark.parametrize("name", SAME_TURNS)
def test_turns_and_roles_are_kept(name):
    cases = cases_of(name)
    assert cases
    for case in cases:
        assert [t.role for t in case.changed.turns] == [t.role for t in case.original.turns]
        assert (case.changed.id, case.changed.channel) == (case.original.id, case.original.channel)
        assert all(t.text.strip() for t in case.changed.turns)


@pytest.mark.parametrize("name", ADDED_TURNS)
def test_only_so_many_turns_are_added(name):
    cases = cases_of(name)
    assert cases
    for case in cases:
        before = [(t.role, t.text) for t in case.original.turns]
        after = [(t.role, t.text) for t in case.changed.turns]
        added = len(after) - len(before)
        assert added == ADDED_TURNS[name]
        matched = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        kept = sum(block.size for block in matched)
        assert kept >= len(before) - (name == "roles_swapped")


def test_evidence_turns_stand_before_what_is_added_to_them():
    marked = {call.id: marks.evidence for call, marks in base_corpus()}
    for name, label in (("second_refusal", "escalation_refused"), ("repair", "miscommunication")):
        for case in cases_of(name):
            last = max(marked[case.group][label])
            assert case.changed.turns[last].text == case.original.turns[last].text
            assert [t.role for t in case.changed.turns[last + 1 : last + 3]] == [
                "customer",
                "agent",
            ]


def test_repair_is_about_the_other_labels():
    assert all("miscommunication" not in case.labels for case in cases_of("repair"))


# ---- names and places ---------------------------------------------------------------------


def test_names_are_swapped_on_both_sides_throughout():
    call = call_of(
        "Hi, it's David Morris.", "Hello Mr Morris, Helen here.", "Thanks HELEN", "Bye, david",
        id="c", meta={"names": {"agent": "Helen", "customer": "David Morris"}},
    )  # fmt: skip
    cases = cases_of("names_swapped", corpus_of(call))
    assert len(cases) == 3
    for case in cases:
        text = " ".join(t.text for t in case.changed.turns)
        assert not re.search("david|morris|helen", text, re.IGNORECASE)
        new = re.fullmatch(
            r"Hi, it's (\w+) (\w+)\. Hello Mr (\w+), (\w+) here\. Thanks (\w+) Bye, (\w+)", text
        )
        assert new[2] == new[3] and new[5] == new[4].upper() and new[6] == new[1].lower()
        men = {name for culture in words()["names"].values() for name in culture["men"]}
        assert new[1] in men  # a title says so


def test_people_are_found_as_they_are_introduced():
    call = call_of(
        "My name is Ana Ruiz", "Thank you, Mrs Ruiz. You're speaking to Tom.", "Blue Ferries?"
    )
    assert people_in(call) == [Person("ana", "ruiz", "women"), Person("tom", None)]
    assert cases_of("names_swapped", corpus_of(call_of("Is this Blue Ferries?", "It is."))) == []


def test_names_come_from_many_cultures():
    names = words()["names"]
    assert len(names) >= 40
    for culture in names.values():
        assert {kind: len(found) for kind, found in culture.items()} == {
            "women": 3,
            "men": 3,
            "family": 3,
        }


def test_places_are_swapped_for_others_of_their_kind():
    call = call_of("from Leeds to New Leeds in Canada", "leeds, noted")
    assert places_in(call) == ["leeds", "canada"]
    for case in cases_of("places_swapped", corpus_of(call)):
        match = re.fullmatch(r"from (.+) to New (.+) in (.+)", case.changed.turns[0].text)
        assert match[1] == match[2] in words()["places"]["cities"]
        assert match[3] in words()["places"]["countries"]
        assert case.changed.turns[1].text == f"{match[1].lower()}, noted"


def test_nationalities_differ_and_nothing_else():
    for case in cases_of("nationality_said"):
        one, other = (
            re.sub(r"^I am [A-Z]\w+( [A-Z]\w+)?\. |^i am \w+( african)? ", "", call.turns[i].text)
            for call in (case.original, case.changed)
            for i in [next(i for i, t in enumerate(call.turns) if t.role is Role.CUSTOMER)]
        )
        assert one == other
        assert case.original != case.changed


# ---- noise --------------------------------------------------------------------------------


def test_punctuation_goes_and_numbers_stay():
    text = "Well, it's £3.50 -- \"really\"? Write to a.b@c.example (or don't)..."
    assert without_punctuation(text) == "Well it's £3.50 really Write to a.b@c.example or don't"


def test_casing_goes():
    assert all(
        t.text == t.text.lower() for c in cases_of("casing_removed") for t in c.changed.turns
    )


def test_fillers_are_added_at_about_the_rate_and_nothing_is_lost():
    counts = []
    for case in cases_of("fillers_added"):
        for old, new in zip(case.original.turns, case.changed.turns, strict=True):
            kept = iter(new.text.split())
            assert all(word in kept for word in old.text.split())  # in this order
            counts.append((len(old.text.split()), len(new.text.split())))
    before, after = np.sum(counts, axis=0)
    # One word in ten gets a filler; two of the seven fillers are of two words.
    assert (after - before) / before == pytest.approx(0.1 * 9 / 7, rel=0.1)


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2])
def test_word_errors_come_at_about_the_rate(rate):
    rng = np.random.default_rng(0)
    text = "we will send the refund to your account before friday and call you back here"
    said = text.split()
    errors = total = 0
    for _ in range(300):
        heard = misheard(text, rate, rng).split()
        errors += sum(
            max(b - a, d - c)
            for kind, a, b, c, d in SequenceMatcher(None, said, heard, autojunk=False).get_opcodes()
            if kind != "equal"
        )
        total += len(said)
    assert errors / total == pytest.approx(rate, rel=0.2)


def test_word_errors_keep_capitals_signs_and_at_least_a_word():
    rng = np.random.default_rng(0)
    for _ in range(200):
        heard = misheard("Right, 4471!", 1.0, rng)
        assert heard
        for word in heard.split():
            assert not word.isdigit()
            assert word.endswith((",", "!")) or word in words()["speech"]["inserted"]
    assert misheard("", 1.0, rng) == ""


# ---- speakers, anger, roles ---------------------------------------------------------------


def test_display_labels_change_and_keep_people_apart():
    turns = [Turn("agent", "Hi", "A1"), Turn("customer", "hi"), Turn("agent", "yes", "A2")]
    call = Transcript([*turns, Turn("agent", "no", "A1")])
    (case,) = cases_of("speakers_relabelled", corpus_of(call))
    first, customer, second, again = (t.speaker for t in case.changed.turns)
    assert first == again and len({first, customer, second}) == 3
    assert {first, customer, second}.isdisjoint({"A1", "A2", None})
    assert [t.text for t in case.changed.turns] == [t.text for t in call.turns]


def test_anger_is_the_customers_and_only_in_clean_calls():
    clean = {call.id for call, marks in base_corpus() if not marks.labels}
    anger = words()["anger"]["words"]
    cases = cases_of("angry_customer")
    assert {case.group for case in cases} == clean
    for case in cases:

        def company(call):
            return [t.text for t in call.turns if t.role != Role.CUSTOMER]

        assert company(case.changed) == company(case.original)
        said = " ".join(t.text for t in case.changed.turns if t.role == Role.CUSTOMER)
        assert any(in_style(phrase, case.original) in said for phrase in anger)


def test_rude_words_change_sides():
    marked = {call.id: marks.evidence.get("rudeness") for call, marks in base_corpus()}
    cases = cases_of("roles_swapped")
    assert cases
    for case in cases:
        for turn in marked[case.group]:
            rude = case.original.turns[turn].text
            assert rude in [t.text for t in case.changed.turns if t.role == Role.CUSTOMER]
            assert rude not in [t.text for t in case.changed.turns if t.role == Role.AGENT]
        assert case.labels == ("rudeness",)


def test_added_words_are_written_as_the_call_is():
    assert (
        in_style("Okay, I'll do it.", call_of("hello there", "good morning")) == "okay i'll do it"
    )
    assert in_style("Okay, bye.", call_of("Hello.", "yes")) == "Okay, bye."


def test_whole_words_are_replaced_in_their_case():
    new = {"new york": "Lagos", "york": "Oslo"}
    assert replace_words("New York, YORK and Yorkshire", new) == "Lagos, OSLO and Yorkshire"
    assert replace_words("nothing", {}) == "nothing"
