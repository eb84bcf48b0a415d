import dataclasses
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callclf import Role, Transcript, Turn
from callclf.errors import TranscriptError

times = st.none() | st.floats(min_value=0, max_value=1e6)
turns = st.builds(
    Turn,
    role=st.sampled_from(list(Role)),
    text=st.text(max_size=20),
    speaker=st.none() | st.text(max_size=5),
    start=times,
    source_index=st.none() | st.integers(min_value=0, max_value=1000),
)
transcripts = st.builds(
    Transcript,
    st.lists(turns, max_size=5),
    id=st.none() | st.text(max_size=5),
    channel=st.none() | st.sampled_from(["voice", "chat"]),
    meta=st.dictionaries(st.text(max_size=3), st.none() | st.integers() | st.text(max_size=3)),
)


@given(transcripts)
def test_a_transcript_survives_json_and_pickle_unchanged(call):
    assert Transcript.from_dict(json.loads(json.dumps(call.to_dict()))) == call
    assert pickle.loads(pickle.dumps(call)) == call


def test_turns_are_numbered_as_in_the_source_unless_they_say_otherwise():
    call = Transcript([Turn("agent", "a"), Turn("agent", "b", source_index=7)])
    assert [turn.source_index for turn in call.turns] == [0, 7]


def test_nothing_can_be_changed_afterwards():
    call = Transcript([Turn("agent", "a")])
    with pytest.raises(dataclasses.FrozenInstanceError):
        call.id = "x"
    with pytest.raises(dataclasses.FrozenInstanceError):
        call.turns[0].text = "x"


@pytest.mark.parametrize(
    ("turn", "problem"),
    [
        (("agnt", "x"), "unknown role 'agnt'; did you mean 'agent'"),
        (("agent", 5), "text must be a string"),
        (("agent", "x", None, 3.0, 1.0), "ends before it starts"),
        (("agent", "x", None, float("nan")), "seconds as a number"),
        (("agent", "x", None, "1.5"), "seconds as a number"),
    ],
)
def test_a_turn_that_cannot_be_right_is_refused(turn, problem):
    with pytest.raises(TranscriptError, match=problem):
        Turn(*turn)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({}, "needs 'turns'"),
        ({"turns": "no"}, "needs 'turns'"),
        ({"turns": [{"role": "agent"}]}, r"turns\[0\]: a turn lacks 'text'"),
        ({"turns": [{"role": "agent", "text": "a"}, 3]}, r"turns\[1\]: a turn must be an object"),
        ({"turns": [], "id": 5}, "id must be a string"),
        ({"turns": [], "meta": []}, "'meta' must be an object"),
    ],
)
def test_from_dict_names_what_is_wrong(data, problem):
    with pytest.raises(TranscriptError, match=problem):
        Transcript.from_dict(data)


def test_a_bot_speaks_for_the_company_unless_told_otherwise():
    call = Transcript([Turn("bot", "a"), Turn("customer", "b"), Turn("agent", "c")])
    assert call.scored_turns() == [0, 2]
    assert call.scored_turns(bots=False) == [2]
