"""What the formats of Amazon's services have that trips readers up."""

import json

import pytest

from callclf.errors import ReadError
from callclf.readers import ReadWarning, iter_read, read


def said(call):
    return [(turn.role.value, turn.text) for turn in call.turns]


def example(examples, name):
    return json.loads((examples / "formats" / f"{name}.json").read_text("utf-8"))


def events(examples, name):
    lines = (examples / "formats" / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


# Streams of events: Contact Lens real time, LCA, Transcribe streaming.


@pytest.mark.parametrize(
    "name", ["contact_lens_realtime", "aws_lca", "amazon_transcribe_streaming"]
)
def test_a_list_of_events_is_the_same_as_lines_of_them(examples, name):
    path = examples / "formats" / f"{name}.jsonl"
    assert read(events(examples, name)) == read(path)
    assert read(json.dumps(events(examples, name), indent=1).encode()) == read(path)


@pytest.mark.parametrize(
    ("name", "key"), [("contact_lens_realtime", "ContactId"), ("aws_lca", "CallId")]
)
def test_calls_in_one_stream_are_told_apart(examples, name, key):
    first = events(examples, name)
    second = [{**event, key: "other"} for event in first]
    mixed = [event for pair in zip(first, second, strict=True) for event in pair]
    calls = list(iter_read(mixed))
    assert [call.id for call in calls] == [first[0][key], "other"]
    assert said(calls[0]) == said(calls[1]) == said(read(first))


@pytest.mark.parametrize(
    ("name", "key", "problem"),
    [
        ("contact_lens_realtime", "ContactId", "this contact has only COMPLETED"),
        ("aws_lca", "CallId", "this call has only END"),
    ],
)
def test_a_call_of_which_only_the_end_is_there(examples, name, key, problem):
    stream = events(examples, name)
    with pytest.raises(ReadError, match=problem):
        read(stream[-1:])
    with pytest.warns(ReadWarning, match=f"cut: no turns: .* {problem}"):
        calls = list(iter_read([{**stream[-1], key: "cut"}, *stream]))
    assert [call.id for call in calls] == [stream[0][key]]


def test_only_partial_results_are_no_call(examples):
    partial = [
        event
        for event in events(examples, "amazon_transcribe_streaming")
        if '"IsPartial": true' in json.dumps(event)
    ]
    assert len(partial) == 3
    with pytest.raises(ReadError, match="no turns"):
        read(partial)


def test_lca_keeps_hints_apart_and_leaves_the_tone_of_voice_out(examples):
    stream = events(examples, "aws_lca")
    tone = {**stream[2], "SegmentId": "tone", "Channel": "CALLER_VOICETONE", "Transcript": "SAD"}
    alert = {**stream[2], "SegmentId": "alert", "Channel": "CATEGORY_MATCH", "Transcript": "Alert"}
    call = read([*stream, tone, alert])
    assert len(call) == 9
    assert ("system", "Alert") in said(call)
    assert "It's [ACCOUNT]." in {turn.text for turn in call.turns}
    assert not any("four four one" in turn.text for turn in call.turns)


def chat_segment(id, role, text, time):
    return {
        "Transcript": {
            "Id": id,
            "ParticipantId": f"p-{role}",
            "ParticipantRole": role,
            "DisplayName": "[PII]",
            "Content": text,
            "Time": {"AbsoluteTime": f"2026-03-01T08:00:{time}Z"},
        }
    }


def test_real_time_chat_prefers_the_redacted_text():
    joined = {"Event": {"Id": "e", "Time": {"AbsoluteTime": "2026-03-01T08:00:00.000Z"}}}
    head = {
        "ContactId": "c",
        "Channel": "CHAT",
        "StreamingEventType": "SEGMENTS",
        "StreamingSettings": {"LanguageCode": "en-US"},
    }
    redacted = [chat_segment("1", "CUSTOMER", "I am [PII].", "02.500"), joined]
    raw = [chat_segment("1", "CUSTOMER", "I am Jo.", "02.500")]
    bot = [chat_segment("2", "CUSTOM_BOT", "Hello!", "04.000")]
    call = read(
        [
            {**head, "OutputType": "Redacted", "Segments": redacted},
            {**head, "OutputType": "Raw", "Segments": [*raw, *bot]},
        ]
    )
    assert said(call) == [("customer", "I am [PII]."), ("bot", "Hello!")]
    assert [turn.start for turn in call.turns] == [2.5, 4.0]  # the event is the beginning
    assert (call.channel, call.meta["language"]) == ("chat", "en-US")


def test_listed_segments_without_a_contact():
    segment = {"Transcript": {"ParticipantRole": "AGENT", "Content": "Hi.", "BeginOffsetMillis": 5}}
    call = read({"Segments": [segment], "NextToken": "abc"})
    assert (call.id, call.turns[0].start) == (None, 0.005)


# Amazon Transcribe.


def test_transcribe_takes_the_speakers_of_words_from_segments_by_time():
    def word(text, start, end):
        times = {"start_time": start, "end_time": end}
        return {"type": "pronunciation", "alternatives": [{"content": text}], **times}

    mark = {"type": "punctuation", "alternatives": [{"content": "?"}]}
    results = {
        "transcripts": [{"transcript": "Hello there? Yes."}],
        "speaker_labels": {
            "segments": [
                {"speaker_label": "spk_0", "items": [{"start_time": "0.0"}, {"start_time": "0.4"}]},
                {"speaker_label": "spk_1", "items": [{"start_time": "2.0"}]},
            ]
        },
        "items": [
            *(word("Hello", "0.0", "0.4"), word("there", "0.4", "0.9"), mark),
            word("Yes", "2.0", "2.3"),
        ],
    }
    call = read({"results": results}, speakers={"spk_0": "agent", "spk_1": "customer"})
    assert said(call) == [("agent", "Hello there?"), ("customer", "Yes")]
    assert [(turn.start, turn.end) for turn in call.turns] == [(0.0, 0.9), (2.0, 2.3)]


def test_transcribe_with_one_voice_only_keeps_sentences_as_turns_of_nobody(examples):
    record = example(examples, "amazon_transcribe")
    results = record["results"]
    items = [{k: v for k, v in item.items() if k != "channel_label"} for item in results["items"]]
    call = read({"results": {"transcripts": results["transcripts"], "items": items}})
    assert {turn.role.value for turn in call.turns} == {"unknown"}
    assert "nobody is named as speaker" in call.meta["warnings"][0]
    assert call.turns[0].text == "Parking permits, Rosalind speaking."


def test_transcribe_without_words():
    with pytest.raises(ReadError, match="no turns"):
        read({"jobName": "j", "results": {"transcripts": [{"transcript": ""}], "items": []}})


# Call Analytics and Post Call Analytics.


def test_call_analytics_and_contact_lens_do_not_claim_each_other(examples):
    analytics = example(examples, "transcribe_call_analytics")
    lens = json.loads((examples / "contact-lens-voice.json").read_text("utf-8"))
    del lens["CustomerMetadata"]
    assert read(analytics).meta["format"] == "transcribe_call_analytics"
    assert read(lens).meta["format"] == "contact_lens_voice"


def test_pca_prefers_the_edited_text_and_keeps_two_agents_apart(examples):
    record = example(examples, "aws_pca")
    labels = record["ConversationAnalytics"]["SpeakerLabels"]
    labels += [{"Speaker": "spk_2", "DisplayText": "Agent"}]
    labels += [{"Speaker": "spk_3", "DisplayText": "Bea"}]
    segments = record["SpeechSegments"]
    segments[0]["DisplayText"] = "Solway Ferries, [NAME] here."
    segments[4]["SegmentSpeaker"], segments[6]["SegmentSpeaker"] = "spk_2", "spk_3"
    segments[5]["DisplayText"] = None
    call = read(record)
    assert call.turns[0].text == "Solway Ferries, [NAME] here."
    assert call.turns[5].text == "And my booking is [PII]."
    assert [str(role) for role in (call.turns[0].role, call.turns[4].role)] == ["agent", "agent"]
    assert call.turns[0].speaker != call.turns[4].speaker
    assert call.turns[6].role == "unknown"
    assert read(record, speakers={"Bea": "agent"}).turns[6].role == "agent"
