"""Chat messages and both kinds of Contact Lens."""

import copy
import json

import pytest

from callclf.errors import ReadError, UnknownFormatError
from callclf.readers import iter_read, read

CHAT = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Hi."},
    {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
    {"role": "tool", "content": "{}"},
    {"role": "assistant", "content": [{"type": "text", "text": "One"}, "two", {"type": "image"}]},
    {"role": "system", "content": "The agent has left."},
    {"role": "user", "content": ""},
]


def said(call):
    return [(turn.role.value, turn.text, turn.source_index) for turn in call.turns]


@pytest.mark.parametrize("key", [None, "messages", "conversation", "traj"])
def test_chat_messages_bare_or_in_an_object(key):
    assert said(read(CHAT if key is None else {key: CHAT})) == [
        ("customer", "Hi.", 1),
        ("agent", "One two", 4),
        ("system", "The agent has left.", 5),
    ]


def test_chat_messages_by_persona_with_times():
    call = read(
        {
            "id": 7,
            "model": "m",
            "messages": [
                {"persona": "assistant", "content": "a", "created_at": "2026-01-05T10:00:00Z"},
                {"persona": "human", "content": "b", "created_at": "2026-01-05T10:00:02.25Z"},
            ],
        }
    )
    assert [turn.start for turn in call.turns] == [0.0, 2.25]
    assert (call.id, call.channel) == ("7", None)
    assert call.meta == {"model": "m", "format": "chat_messages"}


def test_a_list_of_conversations():
    calls = list(iter_read([{"id": "a", "messages": CHAT}, {"id": "b", "messages": CHAT}]))
    assert [call.id for call in calls] == ["a", "b"]


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ({"role": "user", "content": 7}, r"messages\[1\]\.content: expected a string"),
        ({"role": "user", "content": [7]}, r"messages\[1\]\.content\[0\]: expected words"),
        ({"role": 7, "content": "a"}, r"messages\[1\]\.role: expected a string, got a int"),
        ("hello", r"messages\[1\]: expected an object, got a string"),
    ],
)
def test_a_message_that_is_none(message, where):
    with pytest.raises(ReadError, match=where):
        read({"messages": [CHAT[1], message]})


def test_messages_of_other_systems_are_not_claimed():
    for messages in ([], [{"payload": "a", "author": "b"}], ["a"], [{"role": "user"}], "text"):
        with pytest.raises(UnknownFormatError):
            read({"messages": messages})


@pytest.fixture
def voice(examples):
    return json.loads((examples / "contact-lens-voice.json").read_text("utf-8"))


@pytest.fixture
def chat(examples):
    return json.loads((examples / "contact-lens-chat.json").read_text("utf-8"))


def test_contact_lens_channels_are_told_apart(voice, chat):
    assert read(voice).meta["format"] == "contact_lens_voice"
    assert read(chat).meta["format"] == "contact_lens_chat"
    both = list(iter_read([voice, copy.deepcopy(voice)], on_error="yield"))
    assert "was already used in [0]" in str(both[1])


def test_voice_turns_are_sorted_by_start(voice):
    ordered = read(voice)
    voice["Transcript"].reverse()
    again = read(voice)
    assert [turn.text for turn in again.turns] == [turn.text for turn in ordered.turns]
    assert [turn.source_index for turn in again.turns] == list(range(14, -1, -1))


def test_a_second_agent_and_a_supervisor(voice):
    voice["Participants"] += [
        {"ParticipantId": "AGENT-2", "ParticipantRole": "AGENT"},
        {"ParticipantId": "SUP", "ParticipantRole": "SUPERVISOR"},
    ]
    voice["Transcript"][12]["ParticipantId"] = "AGENT-2"
    voice["Transcript"][14]["ParticipantId"] = "SUP"
    voice["Transcript"][10]["ParticipantId"] = "nobody"
    call = read(voice)
    seen = [(call.turns[i].role.value, call.turns[i].speaker) for i in (0, 12, 14, 10)]
    assert seen == [
        ("agent", "AGENT"),
        ("agent", "AGENT-2"),
        ("system", "SUP"),
        ("unknown", "nobody"),
    ]
    assert "'nobody'" in call.meta["warnings"][0]
    mended = read(voice, speakers={"AGENT": "customer", "CUSTOMER": "agent"})
    assert [turn.role.value for turn in mended.turns][:2] == ["customer", "agent"]


def test_voice_without_words_or_with_null_times(voice):
    voice["Transcript"][1]["Content"] = None
    voice["Transcript"][2]["BeginOffsetMillis"] = None
    voice["Transcript"][3]["EndOffsetMillis"] = 1
    call = read(voice)
    assert len(call) == 14
    assert call.turns[1].source_index == 2
    assert call.turns[2].end is None
    assert len(call.meta["warnings"]) == 2


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("Transcript", 2), None, r"Transcript\[2\]: expected an object, got null"),
        (("Transcript", 2, "Content"), 7, r"Transcript\[2\]\.Content: expected a string"),
        (("Participants", 1), "AGENT", r"Participants\[1\]: expected an object"),
        (("CustomerMetadata",), [1], "CustomerMetadata: expected an object"),
        (("CustomerMetadata", "ContactId"), {}, "ContactId: expected a string or a number"),
        (("Transcript",), [], "no turns"),
    ],
)
def test_contact_lens_damaged(voice, chat, path, value, message):
    for record in (voice, chat):
        target = record
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = value
        with pytest.raises(ReadError, match=message):
            read(record)


def test_chat_speakers_with_the_same_name_are_told_apart_by_id(chat):
    for person in chat["Participants"]:
        person["DisplayName"] = "Chris"
    ids = {person["ParticipantId"] for person in chat["Participants"]}
    assert {turn.speaker for turn in read(chat).turns} == ids


def test_chat_times_that_are_none(chat):
    chat["Transcript"][1]["AbsoluteTime"] = "yesterday"
    chat["Transcript"][2].pop("AbsoluteTime")
    call = read(chat)
    assert [turn.start for turn in call.turns][:3] == [None, None, 99.789]
    assert call.meta["warnings"] == [
        "start is no time: dropped (1 turn)",
        "no start time, so the source's order is kept (2 turns)",
    ]
