import json

import pytest

from callclf.errors import ReadError, TranscriptError
from callclf.readers import iter_read, read
from callclf.readers.native import LABEL_KEYS, transcript_from_record
from callclf.transcript import Transcript, Turn


def test_a_transcript_survives_unchanged():
    call = Transcript(
        [
            Turn("agent", " Hello. ", "A2", 3.0, 4.0),
            Turn("customer", ""),
            Turn("unknown", "Grüezi 😀\n", None, 1.0, None, 9),
            Turn("system", "[hold]"),
            Turn("bot", "x"),
        ],
        "c1",
        "voice",
        {"warnings": ["w"], "nested": {"a": [1, None]}, "format": "srt"},
    )
    data = call.to_dict()
    assert read(data) == call
    assert read(json.dumps(data).encode()) == call
    assert read(json.dumps(data).encode()).to_dict() == data


def test_nothing_to_say_is_a_call_too():
    assert len(read({"id": "c", "turns": []})) == 0


def test_other_keys_go_into_meta_but_labels_do_not():
    record = {
        "id": "c",
        "turns": [{"role": "agent", "text": "a"}],
        "domain": "travel",
        "writer": "w1",
        "meta": {"writer": "w2", "hard_case": True},
        **dict.fromkeys(LABEL_KEYS),
    }
    call = transcript_from_record(record)
    assert call.meta == {"domain": "travel", "writer": "w2", "hard_case": True}
    assert set(LABEL_KEYS) == {"labels", "evidence", "borderline", "annotated"}


def test_known_words_for_roles_are_accepted_and_the_callers_map_wins():
    record = {
        "turns": [
            {"role": "Rep", "text": "a", "speaker": 7},
            {"role": "agent", "text": "b", "speaker": "Jo"},
            {"role": "Sarah", "text": "c"},
        ]
    }
    call = read(record, speakers={"jo": "bot", "sarah": "customer"})
    assert [turn.role.value for turn in call.turns] == ["agent", "bot", "customer"]
    assert call.turns[0].speaker == "7"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"turns": [{"role": "agnt", "text": "a"}]}, r"turns\[0\]: 'agnt' is no role; use agent"),
        ({"turns": [{"role": "agent"}]}, r"turns\[0\]: a turn's text must be a string"),
        ({"turns": [{"text": "a"}]}, r"turns\[0\]: a turn needs a 'role'"),
        ({"turns": [{"role": "agent", "text": "a"}, 3]}, r"turns\[1\]: expected an object"),
        ({"turns": [{"role": "agent", "text": "a", "start": "1"}]}, "seconds as a number"),
        ({"turns": [{"role": "agent", "text": "a", "start": 2, "end": 1}]}, "ends before"),
        ({"turns": [{"role": "agent", "text": "a", "speaker": []}]}, r"turns\[0\]: speaker"),
        ({"turns": [{"role": "agent", "text": "a", "source_index": "1"}]}, "whole number"),
        ({"turns": {}}, "'turns', a list"),
        ({"id": ["c"]}, "id: expected a string or a number, got a list"),
        ({"channel": 1}, "channel must be a string"),
        ({"meta": []}, "'meta' must be an object"),
    ],
)
def test_what_is_wrong_is_named(change, message):
    record = {"id": "c", "turns": [{"role": "agent", "text": "a"}], **change}
    with pytest.raises(ReadError, match=message):
        read(record, "callclf")
    with pytest.raises(TranscriptError, match=message):
        transcript_from_record(record)


def test_all_of_the_corpus_is_read(repo):
    expected = {"calls": (1613, 29344), "everyday": (6015, 61991), "pairs": (7816, 38819)}
    for name, numbers in expected.items():
        calls = list(iter_read(repo / "data" / "corpus" / f"{name}.jsonl", on_error="raise"))
        assert (len(calls), sum(map(len, calls))) == numbers


@pytest.mark.parametrize("name", ["calls", "everyday", "pairs"])
def test_our_corpus_holds_all_of_the_shared_one(repo, shared, name):
    # It began as a copy; later writers joined it here only.
    ours, theirs = (
        {call.id: call.turns for call in iter_read(folder / "corpus" / f"{name}.jsonl")}
        for folder in (repo / "data", shared)
    )
    assert len(theirs) < len(ours)
    assert theirs.items() <= ours.items()
