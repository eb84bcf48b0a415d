import math

import pytest

from callclf.errors import ReadError
from callclf.readers.assemble import Row, assemble, well_formed
from callclf.readers.reader import ReadOptions


def built(*rows, speakers=None, **options):
    return assemble(rows, ReadOptions(speakers or {}), format="test", **options)


def test_empty_turns_are_dropped_and_the_others_keep_their_place():
    call = built(Row(0, None, "agent"), Row(1, " \n", "agent"), Row(2, " Hi. ", "agent"))
    assert [(turn.text, turn.source_index) for turn in call.turns] == [("Hi.", 2)]


def test_no_words_at_all():
    with pytest.raises(ReadError, match="no turns"):
        built(Row(0, "", "agent"))


def test_turns_are_sorted_by_start_and_stay_in_order_where_it_is_the_same():
    call = built(
        Row(0, "c", "agent", start=2.0),
        Row(1, "a", "agent", start=1.0),
        Row(2, "b", "agent", start=1.0),
    )
    assert [turn.text for turn in call.turns] == ["a", "b", "c"]
    assert "warnings" not in call.meta


def test_one_turn_without_a_start_keeps_the_order():
    call = built(
        Row(0, "b", "agent", start=2.0), Row(1, "c", "agent"), Row(2, "a", "agent", start=1)
    )
    assert [turn.text for turn in call.turns] == ["b", "c", "a"]
    assert call.meta["warnings"] == ["no start time, so the source's order is kept (1 turn)"]


def test_times_that_cannot_be_are_dropped_with_a_warning():
    call = built(
        Row(0, "a", "agent", start=5.0, end=2.0),
        Row(1, "b", "agent", start=math.nan, end=math.inf),
        Row(2, "c", "agent", start=-1.0, end=7.0),
    )
    assert [(turn.start, turn.end) for turn in call.turns] == [(5.0, None), (None, None), (None, 7)]
    assert call.meta["warnings"] == [
        "end before start: end dropped (1 turn)",
        "start is no time: dropped (1 turn)",
        "end is no time: dropped (1 turn)",
        "start is negative: dropped (1 turn)",
        "no start time, so the source's order is kept (2 turns)",
    ]


def test_a_suspicious_unit_is_warned_of_and_not_mended():
    call = built(Row(0, "a", "agent", start=1.7e12))
    assert call.turns[0].start == 1.7e12
    assert "wrong unit?" in call.meta["warnings"][0]


def test_nobody_is_guessed():
    call = built(Row(0, "Hello.", "Agent"), Row(1, "Hi.", "Sarah", "Sarah"), Row(2, "Well."))
    assert [turn.role.value for turn in call.turns] == ["agent", "unknown", "unknown"]
    assert call.meta["warnings"] == [
        "speakers not mapped to a role: 'Sarah'; pass speakers={...}",
        "nobody is named as speaker, so the role is unknown (1 turn)",
    ]


def test_many_unknown_speakers_are_summed_up():
    call = built(*(Row(i, "Hi.", speaker=f"spk_{i}") for i in range(8)))
    assert call.meta["warnings"][0].endswith("'spk_4' and 3 more; pass speakers={...}")


def test_the_callers_map_wins_over_every_word():
    rows = (Row(0, "a", "AGENT", "p1"), Row(1, "b", "CUSTOMER", "p2"), Row(2, "c", "AGENT", "p3"))
    by_speaker = built(*rows, speakers={"P1": "customer", "p2": "agent"})
    assert [turn.role.value for turn in by_speaker.turns] == ["customer", "agent", "agent"]
    by_word = built(*rows, speakers={"agent": "bot"})
    assert [turn.role.value for turn in by_word.turns] == ["bot", "customer", "bot"]
    both = built(*rows, speakers={"agent": "bot", "p3": "agent"})
    assert [turn.role.value for turn in both.turns] == ["bot", "customer", "agent"]


def test_a_speaker_who_does_not_occur_is_warned_of():
    call = built(Row(0, "a", "agent"), speakers={"spk_9": "agent", "agent": "bot"})
    assert call.meta["warnings"] == ["speakers has 'spk_9', who does not occur in this call"]


def test_a_role_word_counts_before_a_name_that_sounds_like_one():
    call = built(Row(0, "a", "customer", "Agent Smith"))
    assert call.turns[0].role == "customer"


def test_neighbours_of_one_named_speaker_are_merged():
    call = built(
        Row(0, "Good", "Agent", "Ann", 0.0, 1.0),
        Row(1, "morning.", "Agent", "Ann", 1.0, 2.0),
        Row(2, "Hi.", None, None, 2.0, 3.0),
        Row(3, "Hi.", None, None, 3.0, 4.0),
        Row(4, "Yes?", "Agent", "Ben", 4.0, 9.0),
        Row(5, "Yes?", "Agent", "Ben", 5.0, None),
        merge=True,
    )
    assert [turn.text for turn in call.turns] == ["Good morning.", "Hi.", "Hi.", "Yes? Yes?"]
    assert [(turn.start, turn.end) for turn in call.turns] == [(0, 2), (2, 3), (3, 4), (4, None)]
    assert [turn.source_index for turn in call.turns] == [0, 2, 3, 4]


def test_the_readers_own_warnings_come_first():
    call = built(Row(0, "a"), meta={"warnings": ["mine"], "queue": "q"})
    assert call.meta["warnings"][0] == "mine"
    assert (call.meta["queue"], call.meta["format"]) == ("q", "test")


def test_half_an_emoji_becomes_a_replacement_character():
    assert well_formed("ok \ud83d") == "ok \ufffd"
    assert well_formed("ok 😀 é") == "ok 😀 é"
    built(Row(0, "cut \ud83d", "agent")).turns[0].text.encode()
