"""What the formats of cloud contact centres have that trips readers up."""

import json

import pytest

from callclf.errors import ReadError, UnknownFormatError
from callclf.readers import ReadWarning, iter_read, read
from callclf.readers.roles import role_of


def said(call):
    return [(turn.role.value, turn.text) for turn in call.turns]


def speakers(call):
    return [turn.speaker for turn in call.turns]


def example(examples, name):
    return json.loads((examples / "formats" / f"{name}.json").read_text("utf-8"))


def test_words_of_these_vendors_for_roles():
    assert {word: str(role_of(word)) for word in ("ANY_AGENT", "CATEGORY_MATCH")} == {
        "ANY_AGENT": "agent",
        "CATEGORY_MATCH": "system",
    }


# Google.


def test_google_export_says_that_a_recording_has_no_words(examples):
    record = example(examples, "google_ccai_export")
    del record["transcript"]
    with pytest.raises(ReadError, match="a recording not yet transcribed"):
        read(record)


def test_google_export_of_many_with_one_recording(examples):
    record = example(examples, "google_ccai_export")
    bare = {key: value for key, value in record.items() if key != "transcript"}
    with pytest.warns(ReadWarning, match=r"conversations\[0\]: no transcript"):
        calls = list(iter_read({"conversations": [bare, record]}))
    assert [call.id for call in calls] == ["5512847730914400321"]


def test_google_export_takes_roles_from_channels_and_times_from_messages(examples):
    record = example(examples, "google_ccai_export")
    for segment in record["transcript"]["transcriptSegments"]:
        del segment["segmentParticipant"], segment["words"]
    call = read(record)
    assert "".join(turn.role[0] for turn in call.turns) == "acacaca"
    assert [turn.start for turn in call.turns] == [0.0, 2.6, 7.2, 9.9, 12.4, 17.9, 19.2]
    del record["callMetadata"]
    mapped = read(record, speakers={"1": "customer", "2": "agent"})
    assert "".join(turn.role[0] for turn in mapped.turns) == "acacaca"


def test_dialogflow_entries():
    entries = [
        {"role": "END_USER", "text": "Hi", "createTime": "2026-01-01T00:00:00.123456789Z"},
        {"role": "AUTOMATED_AGENT", "text": "Hello", "createTime": "2026-01-01T00:00:02Z"},
        {"role": "ROLE_UNSPECIFIED", "text": "?", "createTime": "2026-01-01T00:00:03Z"},
    ]
    for source in (entries, {"messageEntries": entries}):
        call = read(source)
        assert call.meta["format"] == "dialogflow"
        assert said(call) == [("customer", "Hi"), ("bot", "Hello"), ("unknown", "?")]
        assert call.turns[1].start == pytest.approx(1.876544)


# Genesys.


def test_genesys_menus_and_agents_are_all_internal_in_the_file(examples):
    record = example(examples, "genesys_cloud")
    purposes = [p["participantPurpose"] for p in record["transcripts"][0]["phrases"]]
    assert purposes.count("internal") == 5
    call = read(record)
    assert [(turn.role.value, turn.speaker) for turn in call.turns] == [
        ("system", "ivr"),
        ("customer", "external"),
        ("agent", "jonas-7c0e"),
        ("customer", "external"),
        ("agent", "jonas-7c0e"),
        ("agent", "amira-19fd"),
        ("customer", "external"),
        ("agent", "amira-19fd"),
    ]
    assert call.turns[1].text == "hello"  # no decoratedText
    assert call.turns[2].text == "Larkspur claims, Jonas speaking."


def test_genesys_without_participants_leaves_internal_unknown(examples):
    record = example(examples, "genesys_cloud")
    del record["participants"]
    call = read(record)
    assert "".join(turn.role[0] for turn in call.turns) == "ucucuucu"
    assert call.meta["warnings"] == [
        "speakers not mapped to a role: 'internal'; pass speakers={...}"
    ]
    mapped = read(record, speakers={"internal": "agent"})
    assert "".join(turn.role[0] for turn in mapped.turns) == "acacaaca"


def test_genesys_lets_the_caller_overrule_the_times(examples):
    call = read(example(examples, "genesys_cloud"), speakers={"internal": "agent"})
    assert "".join(turn.role[0] for turn in call.turns) == "acacaaca"
    assert "warnings" not in call.meta


def test_genesys_prefers_an_agent_to_a_queue_that_hangs_up_late(examples):
    record = example(examples, "genesys_cloud")
    record["participants"][2]["endTimeMs"] = record["participants"][4]["endTimeMs"]
    call = read(record)
    assert "".join(turn.role[0] for turn in call.turns) == "scacaaca"
    record["participants"][3]["endTimeMs"] = record["participants"][4]["endTimeMs"]
    both = read(record)
    assert speakers(both)[2] == "jonas-7c0e"
    assert (both.turns[7].role, both.turns[7].speaker) == ("agent", "internal")


def test_genesys_users_are_employees(examples):
    record = example(examples, "genesys_cloud")
    record["participants"][4]["participantPurpose"] = "user"
    assert read(record).turns[7].role == "agent"


def test_genesys_without_phrases(examples):
    record = example(examples, "genesys_cloud")
    for transcripts in ([], [{"phrases": []}]):
        record["transcripts"] = transcripts
        with pytest.raises(ReadError, match="no turns"):
            read(record)


# Twilio and Salesforce.


def test_twilio_sentences_without_their_transcript_need_a_map(examples):
    record = example(examples, "twilio_intelligence")
    bare = {"sentences": record["sentences"][::-1], "meta": record["meta"]}
    for sentence in bare["sentences"]:
        sentence["start_time"] = sentence["end_time"] = None
    call = read(bare, speakers={1: "agent", 2: "customer"})
    assert "".join(turn.role[0] for turn in call.turns) == "acacaca"
    assert [turn.source_index for turn in call.turns] == [6, 5, 4, 3, 2, 1, 0]
    assert call.id == record["sid"]
    assert call.turns[0].start is None


@pytest.mark.parametrize("name", ["twilio_intelligence", "twilio_conversations"])
def test_empty_pages_of_twilio(examples, name):
    record = example(examples, name)
    record[record["meta"]["key"]] = []
    with pytest.raises(ReadError, match="no turns"):
        read(record)


def test_twilio_messages_of_two_conversations_latest_first(examples):
    messages = example(examples, "twilio_conversations")["messages"]
    others = [{**message, "conversation_sid": "CH2"} for message in messages]
    first, second = iter_read(
        [*messages[::-1], *others], speakers={"marlow": "agent", "+15550100166": "customer"}
    )
    assert (first.id, second.id) == (messages[0]["conversation_sid"], "CH2")
    # Two messages of the same second are in the order of their index.
    assert said(first) == said(second)
    assert "".join(turn.role[0] for turn in first.turns) == "cacaca"


def test_salesforce_joins_what_was_sent_in_pieces_and_takes_the_last_word(examples):
    (entry,) = example(examples, "salesforce_voice")["entries"]
    key, messages = entry["vendorCallKey"], entry["messages"]
    redacted = {**messages[4], "content": "It was. I took a taxi for [AMOUNT]."}
    pieces = [
        {"vendorCallKey": key, "messages": messages[:5]},
        {"vendorCallKey": "other", "messages": messages[:2]},
        {"vendorCallKey": key, "messages": [redacted, *messages[5:]]},
    ]
    first, second = iter_read({"entries": pieces})
    assert (first.id, len(first), second.id, len(second)) == (key, 7, "other", 2)
    assert first.turns[4].text == "It was. I took a taxi for [AMOUNT]."
    assert said(read(messages)) == said(read({"messages": messages}))


# Damage.


@pytest.mark.parametrize(
    ("name", "path", "value", "where"),
    [
        (
            "amazon_transcribe",
            ["results", "channel_labels", "channels", 1, "items"],
            3,
            r"channels\[1\].items",
        ),
        ("aws_pca", ["SpeechSegments", 2, "DisplayText"], 3, r"SpeechSegments\[2\].DisplayText"),
        ("genesys_cloud", ["transcripts", 0, "phrases", 1], 3, r"transcripts\[0\].phrases\[1\]"),
        ("dialogflow", ["messages", 3, "participantRole"], 3, r"messages\[3\]"),
        ("google_ccai_entries", ["entries", 2], None, r"entries\[2\]"),
        (
            "salesforce_voice",
            ["entries", 0, "messages", 1, "content"],
            3,
            r"entries\[0\].messages\[1\].content",
        ),
        ("twilio_intelligence", ["sentences", 1, "transcript"], [], r"sentences\[1\].transcript"),
    ],
)
def test_errors_name_the_place(examples, name, path, value, where):
    record = target = example(examples, name)
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    with pytest.raises(ReadError, match=f"{where}.*expected"):
        read(record)


@pytest.mark.parametrize(
    "value",
    [
        {"entries": [{"text": "a"}]},
        {"results": {"transcripts": []}},
        {"CallId": "1", "EventType": "paid"},
        {"Segments": [{"Customer": {}}]},
        {"transcripts": [{"phrases": []}]},
        {"sentences": [{"text": "a"}]},
    ],
)
def test_what_only_resembles_these_formats_is_not_claimed(value):
    with pytest.raises(UnknownFormatError):
        read(value)
