"""vCon in the shapes that are seen, and those that cannot be read."""

import base64
import json

import pytest

from callclf.errors import ReadError, UnknownFormatError
from callclf.readers import read

PARTIES = [
    {"name": "Ada Agentson", "role": "agent"},
    {"name": "Cleo", "meta": {"role": "customer"}},
    {"tel": "+1555", "type": "bot"},
]
WORDS = [("agent", "Hello."), ("customer", "Hi."), ("agent", "Yes?")]


def vcon(*dialogs, analysis=(), parties=PARTIES):
    return {"uuid": "u", "parties": parties, "dialog": list(dialogs), "analysis": list(analysis)}


def text(body, sender, **more):
    return {
        "type": "text",
        "start": "2026-01-05T10:00:00Z",
        "parties": sender,
        "body": body,
        **more,
    }


def transcript(body, **more):
    return {"type": "transcript", "dialog": 0, "vendor": "x", "body": body, **more}


RECORDING = {"type": "recording", "parties": [0, 1], "url": "https://calls.example.com/1.wav"}


def said(call):
    return [(turn.role.value, turn.text) for turn in call.turns]


def base64url(body):
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def test_the_sender_is_the_originator_else_the_first_party_which_may_be_bare():
    call = read(
        vcon(
            text("a", [0, 1]),
            text("b", 1),
            text("c", [0, 1], originator=1),
            text("d", 2),
            text("e", None),
        )
    )
    assert [(t.role.value, t.speaker) for t in call.turns] == [
        ("agent", "Ada Agentson"),
        ("customer", "Cleo"),
        ("customer", "Cleo"),
        ("bot", "+1555"),
        ("unknown", None),
    ]


@pytest.mark.parametrize(
    ("party", "role"),
    [
        ({"role": "agent"}, "agent"),
        ({"meta": {"role": "customer"}}, "customer"),
        ({"role": "sme", "meta": {"role": "agent"}}, "agent"),
        ({"role": "thirdparty"}, "unknown"),
        ({"role": "supervisor"}, "system"),
        ({"type": "bot"}, "bot"),
        ({"type": "person"}, "unknown"),
        ({"name": "Agent Smith"}, "agent"),
        ({}, "unknown"),
    ],
)
def test_roles_in_their_several_places(party, role):
    assert read(vcon(text("a", 0), parties=[party])).turns[0].role.value == role


def test_parties_with_one_name_stay_two():
    call = read(vcon(text("a", 0), text("b", 1), parties=[{"name": "Sam"}, {"name": "Sam"}]))
    assert [t.speaker for t in call.turns] == ["party 0", "party 1"]


def test_texts_are_ordered_by_start_and_may_last():
    late = text("later", 0, start="2026-01-05T10:00:05Z", duration=2.5)
    call = read(vcon(late, text("first", 1)))
    assert [(t.text, t.start, t.end, t.source_index) for t in call.turns] == [
        ("first", 0.0, None, 1),
        ("later", 5.0, 7.5, 0),
    ]


@pytest.mark.parametrize(
    "part",
    [
        {"body": "Hi & bye", "encoding": "none"},
        {"body": "Hi & bye"},
        {"body": json.dumps("Hi & bye"), "encoding": "json"},
        {"body": base64url("Hi & bye"), "encoding": "base64url"},
        {"body": "<p>Hi &amp; bye</p>", "mediatype": "text/html"},
        {"body": "<p>Hi &amp; bye</p>", "mimetype": "text/html"},
    ],
)
def test_bodies_in_every_encoding(part):
    dialog = {"type": "text", "parties": [0], **part}
    assert said(read(vcon(dialog))) == [("agent", "Hi & bye")]


DEEPGRAM_WORDS = [
    {"word": "hello", "punctuated_word": "Hello.", "start": 0, "end": 1, "speaker": 0},
    {"word": "hi", "punctuated_word": "Hi.", "start": 1, "end": 2, "speaker": 1},
    {"word": "yes", "punctuated_word": "Yes?", "start": 2, "end": 3, "speaker": 0},
]
SPEAKERS = {"0": "agent", "1": "customer"}
LINES = "Ada Agentson: Hello.\n\nCleo: Hi.\n\nAda Agentson: Yes?"
LISTED = [
    {"speaker": "Agent", "message": "Hello."},
    {"speaker": "Customer", "message": "Hi."},
    {"speaker": "Agent", "message": "Yes?"},
]
WTF = {
    "transcript": {"text": "", "language": "en"},
    "segments": [
        {"start": i, "end": i + 1, "text": words, "speaker": i % 2}
        for i, (_, words) in enumerate(WORDS)
    ],
    "speakers": {},
}


@pytest.mark.parametrize(
    "body",
    [
        LINES,
        "Agent: Hello. Customer: Hi. Agent: Yes?",
        LISTED,
        {"conversation": LISTED},
        {"transcript": LINES, "confidence": 0.9},
        {"transcript": "Hello. Hi. Yes?", "words": DEEPGRAM_WORDS},
        {"results": {"channels": [{"alternatives": [{"words": DEEPGRAM_WORDS}]}]}},
        WTF,
        {"segments": WTF["segments"]},
    ],
    ids=[
        "lines",
        "one line",
        "list",
        "object",
        "text",
        "alternative",
        "deepgram",
        "wtf",
        "whisper",
    ],
)
@pytest.mark.parametrize("encoding", ["none", "json", "string", "base64url", "missing"])
def test_transcripts_in_analysis(body, encoding):
    plain = body if isinstance(body, str) else json.dumps(body)
    analysis = {
        "none": transcript(body, encoding="none"),
        "json": transcript(json.dumps(body), encoding="json"),
        "string": transcript(json.dumps(plain), encoding="json"),
        "base64url": transcript(base64url(plain), encoding="base64url"),
        "missing": transcript(plain),
    }[encoding]
    call = read(vcon(RECORDING, analysis=[analysis]), speakers=SPEAKERS)
    assert said(call) == WORDS
    assert call.channel == "voice"


def test_the_transcript_that_names_speakers_is_read():
    silent, diarized = transcript("Hello.\n\nHi."), transcript(LINES) | {"type": "diarized"}
    assert said(read(vcon(RECORDING, analysis=[silent, diarized]))) == WORDS
    both = [transcript("Hello."), transcript(LINES)]
    assert said(read(vcon(RECORDING, analysis=both))) == WORDS


def test_transcripts_of_several_recordings_follow_each_other():
    first, second = transcript(WTF), transcript(WTF) | {"dialog": 1}
    call = read(vcon(RECORDING, RECORDING, analysis=[first, second]), speakers=SPEAKERS)
    assert said(call) == WORDS * 2
    assert [t.source_index for t in call.turns] == list(range(6))
    assert {t.start for t in call.turns} == {None}


def test_texts_win_over_analysis():
    assert len(read(vcon(text("a", 0), analysis=[transcript(LINES)]))) == 1


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"payload": "e30", "signatures": []}, r"payload: a signed vCon \(JWS\)"),
        ({"payload": "e30", "protected": "e30", "signature": "x"}, "signed vCon"),
        ({"ciphertext": "x", "recipients": []}, r"ciphertext: an encrypted vCon \(JWE\)"),
        (vcon(RECORDING), r"dialog\[0\]: a recording without a transcript"),
        (vcon({"type": "text", "parties": 0, "url": "u"}), r"dialog\[0\]\.url: .*never fetched"),
        (
            vcon(RECORDING, analysis=[{"type": "transcript", "url": "u"}]),
            r"analysis\[0\]\.url: .*never fetched",
        ),
        (vcon(), "no words: expected a dialog of type 'text'"),
        (vcon(text("a", [0, 3])), r"dialog\[0\]\.parties\[1\]: there is no party 3; they are 0 to"),
        (vcon(text("a", -1)), r"dialog\[0\]\.parties: there is no party -1"),
        (vcon(text("a", 0, originator=9)), r"dialog\[0\]\.originator: there is no party 9"),
        (vcon(text("a", ["Ada"])), r"dialog\[0\]\.parties\[0\]: expected the number of a party"),
        (vcon(text("a", 0), parties=[]), "there is no party 0; there are none"),
        (vcon(text("a", 0), parties=None), "parties: expected a list, got null"),
        (vcon(text("a", 0), parties=[None]), r"parties\[0\]: expected an object, got null"),
        (vcon(text("a", 0, duration="long")), r"dialog\[0\]\.duration: expected seconds"),
        (vcon(text("a", 0, encoding="json")), r"dialog\[0\]\.body: encoding is 'json', and"),
        (vcon(text("a*", 0, encoding="base64url")), r"dialog\[0\]\.body: encoding is 'base64url'"),
        (
            vcon(
                RECORDING, analysis=[transcript({"segments": [{"start": 0, "end": 1, "text": 5}]})]
            ),
            r"analysis\[0\]\.body\.segments\[0\]\.text: expected a string",
        ),
        (
            vcon(RECORDING, analysis=[transcript({"x": 1})]),
            r"analysis\[0\]\.body: .*no known shape",
        ),
        (vcon(RECORDING, analysis=[transcript("  ")]), "no turns"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(record, message):
    with pytest.raises(ReadError, match=message):
        read(record)


def test_other_json_with_some_of_these_keys_is_not_claimed():
    for record in ({"payload": {}}, {"parties": []}, {"dialog": [], "analysis": []}):
        with pytest.raises(UnknownFormatError):
            read(record)
