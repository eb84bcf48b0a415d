"""Other exports of the same products: parts missing, other wrappers, other orders."""

import json

import datasets
import pandas as pd
import pytest

from callclf.errors import ReadError, UnknownFormatError
from callclf.readers import iter_read, read

HELLO, LOST = "Thank you for calling, how can I help?", "My parcel is lost."


def roles(call):
    return "".join(turn.role[0] for turn in call.turns)


def lens(**changes):
    said = [("id-1", HELLO), ("id-2", LOST)]
    return {
        "JobStatus": "COMPLETED",
        "Channel": "VOICE",
        "ConversationCharacteristics": {},
        "Participants": [
            {"ParticipantId": "id-1", "ParticipantRole": "AGENT"},
            {"ParticipantId": "id-2", "ParticipantRole": "CUSTOMER"},
        ],
        "Transcript": [
            {"ParticipantId": who, "Content": text, "BeginOffsetMillis": 10 * i}
            for i, (who, text) in enumerate(said)
        ],
        **changes,
    }


def analytics(*extra):
    said = [("AGENT", HELLO), ("CUSTOMER", LOST)]
    return {
        "Transcript": [{"ParticipantRole": who, "Content": text} for who, text in said],
        **dict.fromkeys(extra, "COMPLETED"),
    }


def chat(**changes):
    item = {"Type": "MESSAGE", "AbsoluteTime": "2026-05-01T10:00:05Z"}
    menu = {"templateType": "ListPicker", "data": {"content": {"title": "What is it about?"}}}
    interactive = "application/vnd.amazonaws.connect.message.interactive"
    return {
        "ContactId": "c",
        "Transcript": [
            {**item, "ParticipantId": "b", "ParticipantRole": "CUSTOM_BOT", "DisplayName": "Bot"}
            | {"ContentType": interactive, "Content": json.dumps(menu)},
            {**item, "ParticipantId": "c", "ParticipantRole": "CUSTOMER", "Content": LOST},
        ],
        **changes,
    }


def transcribe(labels, **items):
    spoken = [("0.1", "Hello", "spk_0"), ("1.2", "Hi", "spk_1")]
    return {
        "results": {
            "transcripts": [{"transcript": "Hello Hi"}],
            "speaker_labels": {"segments": labels},
            "items": [
                {"type": "pronunciation", "start_time": start, "end_time": start}
                | {"alternatives": [{"content": word}]}
                for start, word, _ in spoken
            ],
        }
        | items
    }


SEGMENTS = [
    {"start_time": "0.0", "end_time": "1.0", "speaker_label": "spk_0", "items": []},
    {"start_time": "1.0", "end_time": "2.0", "speaker_label": "spk_1", "items": []},
]
SPK = {"spk_0": "agent", "spk_1": "customer"}
ENTRIES = [{"role": "AGENT", "text": HELLO}, {"role": "END_USER", "text": LOST}]
MESSAGES = [{"role": "HUMAN_AGENT", "text": HELLO}, {"role": "END_USER", "text": LOST}]
SNAKE = [
    {"content": HELLO, "participant_role": "HUMAN_AGENT"},
    {"content": LOST, "participant_role": "END_USER"},
]
SEGMENT = {"text": HELLO, "segment_participant": {"role": "HUMAN_AGENT", "user_id": 7}}
PHRASE = {"text": HELLO, "participantPurpose": "internal", "startTimeMs": 9_000}
SENTENCES = [
    {"media_channel": n, "transcript": text, "start_time": str(n)}
    for n, text in ((1, HELLO), (2, LOST))
]
SIDES = [
    {"channel_participant": 1, "role": "Agent"},
    {"channel_participant": 2, "role": "Customer"},
]
TWILIO = [
    {"conversation_sid": "CH", "author": who, "participant_sid": sid, "body": text}
    for who, sid, text in (("dana", "MB1", HELLO), ("+1555", "MB2", LOST))
]
SPOKEN = [{"speaker": "A", "text": HELLO, "start": 5}, {"speaker": "B", "text": LOST, "start": 9}]
AB = {"A": "agent", "B": "customer"}
COMMENTS = [
    {"author_id": 1, "plain_body": LOST, "created_at": "2026-05-01T10:00:00Z"},
    {"author_id": 2, "plain_body": HELLO, "created_at": "2026-05-01T10:05:00Z"},
]
BY = [
    {"plain_body": text, "author": {"id": i, "role": role}}
    for i, (role, text) in enumerate((("end-user", LOST), ("agent", HELLO)))
]
INTERCOM = {
    "type": "conversation",
    "source": {"body": LOST, "author": {"type": "user"}},
    "conversation_parts": {
        "conversation_parts": [
            {"body": "I am a bot.", "author": {"type": "admin", "from_ai_agent": True}},
            {"body": HELLO, "author": {"type": "admin"}},
        ]
    },
}
TURNS = [{"speaker": "Agent", "text": HELLO}, {"speaker": "Customer", "text": LOST}]

CASES = {
    "contact lens, channel missing": (lens(Channel=None), "ac", {}),
    "contact lens, channel in lower case": (lens(Channel="voice"), "ac", {}),
    "chat as Connect keeps it": (chat(), "bc", {}),
    "chat with a channel": (chat(Channel="CHAT"), "bc", {}),
    "call analytics, status only": (analytics("JobStatus"), "ac", {}),
    "transcribe, segments by time": (transcribe(SEGMENTS), "ac", SPK),
    "transcribe, text only": ({"results": {"transcripts": [{"transcript": HELLO}]}}, "u", {}),
    "google entries, role only": ({"entries": ENTRIES}, "ac", {}),
    "google entries, the first without words": (
        {"entries": [{"role": "AGENT"}, *ENTRIES]},
        "ac",
        {},
    ),
    "dialogflow in a context": ({"conversationContext": {"messageEntries": MESSAGES}}, "ac", {}),
    "dialogflow from Python": ({"messages": SNAKE}, "ac", {}),
    "google export from Python": ({"transcript": {"transcript_segments": [SEGMENT]}}, "a", {}),
    "genesys, an empty transcript first": (
        {"conversationId": "c", "transcripts": [{}, {"phrases": [PHRASE]}]}
        | {"participants": [{"participantPurpose": "agent", "startTimeMs": 9_500}]},
        "a",
        {},
    ),
    "twilio sentences beside the transcript": (
        {"transcript": {"channel": {"participants": SIDES}}, "sentences": SENTENCES},
        "ac",
        {},
    ),
    "twilio by participant": ({"messages": TWILIO}, "ac", {"MB1": "agent", "MB2": "customer"}),
    "assemblyai without words": ({"audio_url": "", "utterances": SPOKEN}, "ac", AB),
    "assemblyai without utterances": ({"audio_url": "", "text": HELLO, "words": []}, "u", {}),
    "whisperx in an answer": (
        {"status": "completed", "result": {"segments": [{**s, "end": 10} for s in SPOKEN]}},
        "ac",
        AB,
    ),
    "zendesk in a ticket": (
        {"ticket": {"id": 5, "requester_id": 1, "assignee_id": 2, "comments": COMMENTS}},
        "ca",
        {},
    ),
    "zendesk, the ticket itself": (
        {"id": 5, "requester": {"id": 1}, "assignee": {"id": 2}, "comments": COMMENTS},
        "ca",
        {},
    ),
    "zendesk, authors in the comments": ({"id": 5, "comments": BY}, "ca", {}),
    "intercom": (INTERCOM, "cba", {}),
    "intercom in an answer": ({"conversation": INTERCOM}, "cba", {}),
    "intercom, parts as a list": (
        {**INTERCOM, "conversation_parts": [{"body": HELLO, "author": {"type": "team"}}]},
        "ca",
        {},
    ),
    "chat messages, a tool call first": (
        [{"role": "assistant", "tool_calls": []}, {"role": "user", "content": LOST}],
        "c",
        {},
    ),
    "chat messages of another kind": (
        {"conversations": [{"from": "human", "value": LOST}, {"from": "gpt", "value": HELLO}]},
        "ca",
        {},
    ),
    "utterances in capitals": (
        {"CallId": "1", "Turns": [{"Speaker": "Rep", "Text": HELLO}]},
        "a",
        {},
    ),
    "utterances, the first empty": (
        {"utterances": [{"speaker": "X", "text": None}, *TURNS]},
        "ac",
        {},
    ),
    "utterances by number": (
        {"utterances": [{**turn, "index": 9 - i} for i, turn in enumerate(TURNS)]},
        "ca",
        {},
    ),
    "a system that answers": (
        {
            "turns": [
                {"speaker": "USER", "utterance": LOST},
                {"speaker": "SYSTEM", "utterance": "Hi"},
            ]
        },
        "ca",
        {},
    ),
    "within data": ({"status": "ok", "data": {"transcript": TURNS}}, "ac", {}),
    "pairs, the first split empty": (
        {"train": [], "dev": [{"original": [["agent", HELLO], ["customer", LOST]]}]},
        "ac",
        {},
    ),
    "bold labels on one line": ({"Content": f"**Agent:** {HELLO} **Customer:** {LOST}"}, "ac", {}),
    "a recogniser's labels on one line": (
        {"text": "Agent: hello how can i help Customer: my parcel is lost Agent: oh"},
        "aca",
        {},
    ),
}


@pytest.mark.parametrize(("source", "expected", "speakers"), CASES.values(), ids=CASES)
def test_variant(source, expected, speakers):
    assert roles(read(json.dumps(source).encode(), speakers=speakers)) == expected


def test_interactive_messages_are_read_by_their_title():
    call = read(chat())
    assert [turn.text for turn in call.turns] == ["What is it about?", LOST]
    assert [turn.speaker for turn in call.turns] == ["Bot", "c"]


def test_several_calls_within_an_answer():
    results = list(
        iter_read({"count": 2, "calls": [{"id": "1", "turns": []}, {"id": "2"}]}, on_error="yield")
    )
    assert results[0].id == "1"
    assert "calls[1]" in str(results[1])
    tickets = {"tickets": [{"id": i, "requester_id": 1, "comments": COMMENTS} for i in (5, 6)]}
    found = list(iter_read({**tickets, "users": [{"id": 2, "role": "admin", "name": "Kofi"}]}))
    assert [(call.id, roles(call)) for call in found] == [("5", "ca"), ("6", "ca")]


def test_an_answer_with_two_that_fit_is_not_guessed():
    with pytest.raises(UnknownFormatError):
        read({"before": {"turns": []}, "after": {"turns": []}})


@pytest.mark.parametrize("between", ["", " ", "\n", "\r\n\r\n"])
@pytest.mark.parametrize("indent", [None, 1])
def test_objects_that_follow_each_other(between, indent):
    calls = [{"id": str(i), "turns": TURNS_OF_OURS} for i in range(3)]
    data = between.join(json.dumps(call, indent=indent) for call in calls)
    assert [call.id for call in iter_read(data.encode())] == ["0", "1", "2"]


TURNS_OF_OURS = [{"role": "agent", "text": HELLO}]


def test_what_follows_a_document_is_still_an_error():
    document = json.dumps({"turns": TURNS_OF_OURS}, indent=1)
    for rest in ("}", "]", "x", "// note", "[]"):
        with pytest.raises(ReadError, match="Extra data"):
            read(f"{document}\n{rest}\n".encode())


TABLES = {
    "no id, nothing else": ("speaker,text\nagent,Hello\ncustomer,Hi\n", ["ac"]),
    "channels by side": ("call_id,channel,text\n1,AGENT,Hello\n1,CALLER,Hi\n", ["ac"]),
    "whole calls": (
        'id,transcript\n1,"Agent: A\nCustomer: B"\n2,"Customer: C\nRep: D"\n',
        ["ac", "ca"],
    ),
    "whole calls by another name": ("id,conversation\n1,Agent: A. Customer: B.\n", ["ac"]),
    "from": ("conversation_id,from,message\n1,agent,Hello\n1,customer,Hi\n", ["ac"]),
}


@pytest.mark.parametrize(("text", "expected"), TABLES.values(), ids=TABLES)
def test_tables(text, expected):
    assert [roles(call) for call in iter_read(text.encode())] == expected


def test_a_table_with_a_column_that_nobody_knows_is_not_one_call():
    with pytest.raises(ReadError, match="which column holds the id"):
        read(b"case,speaker,text\n1,agent,Hello\n2,customer,Hi\n")


def test_moments_of_databases():
    head = "call_id,speaker,text,time\n"
    first = "1,agent,Hello,2026-05-01 10:00:00 UTC\n"
    second = "1,customer,Hi,2026-05-01 12:00:05 +0200\n"
    assert [turn.start for turn in read(head + first + second).turns] == [0.0, 5.0]


def test_calls_in_a_frame():
    frame = pd.DataFrame({"id": ["1", "2"], "transcript": ["Agent: A.\nCustomer: B."] * 2})
    assert [roles(call) for call in iter_read(frame)] == ["ac", "ac"]


def test_lists_of_records_as_datasets_keep_them():
    row = {"dialogue_id": "d", "turns": {"speaker": ["USER", "SYSTEM"], "utterance": [LOST, HELLO]}}
    (call,) = iter_read(datasets.Dataset.from_list([row]))
    assert (call.id, roles(call)) == ("d", "ca")


CAPTIONS = {
    "brackets": ("[SPEAKER_00]: Hello.", "[SPEAKER_01]: Hi."),
    "named once": (
        "[speaker 0]\nHello.\n\n2\n00:00:02,000 --> 00:00:03,000\nThere.",
        "[speaker 1]\nHi.",
    ),
    "two in one": ("- Agent: Hello.\n- Customer: Hi.", ""),
    "changes": (">> AGENT: Hello.", ">> CALLER: Hi."),
}


@pytest.mark.parametrize("cues", CAPTIONS.values(), ids=CAPTIONS)
def test_captions(cues):
    text = "".join(
        f"{i}\n00:00:0{i},000 --> 00:00:0{i + 1},000\n{cue}\n\n" for i, cue in enumerate(cues, 1)
    )
    known = {"SPEAKER_00": "agent", "SPEAKER 1": "customer", "speaker 0": "agent"}
    call = read(text, speakers={**known, "speaker_01": "customer"})
    assert roles(call) == "ac"
