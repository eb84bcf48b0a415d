"""Files of cloud contact centres, third parties' and ours: counted by eye or with jq."""

import json

import pytest

from callclf.readers import iter_read, read
from callclf.readers.registry import matching

NAMES = (
    "amazon_transcribe",
    "amazon_transcribe_streaming",
    "aws_lca",
    "aws_pca",
    "contact_lens_realtime",
    "dialogflow",
    "genesys_cloud",
    "google_ccai_entries",
    "google_ccai_export",
    "salesforce_voice",
    "transcribe_call_analytics",
    "twilio_conversations",
    "twilio_intelligence",
)


def roles(call):
    return "".join(turn.role[0] for turn in call.turns)


def starts(call):
    return [turn.start for turn in call.turns]


# Third parties' files.


def test_real_time_segments_without_the_partial_utterances(samples):
    call = read(samples / "contact_lens_realtime" / "segments_event.json")
    assert (call.id, call.channel) == ("the ID of the contact", "voice")
    assert roles(call) == "ac"
    assert [(t.start, t.end) for t in call.turns] == [(19.01, 24.598), (19.01, 22.69)]
    assert [turn.source_index for turn in call.turns] == [2, 3]
    assert call.turns[1].text.endswith("So, I'm calling on this toll free number")


def test_amazon_transcribe_channels(samples):
    path = samples / "amazon_transcribe" / "channel_identification.json"
    call = read(path)
    assert call.id == "my-first-transcription-job"
    assert roles(call) == "uu"
    assert [turn.text for turn in call.turns] == [
        "I've been on hold for an hour.",
        "Sorry about that.",
    ]
    assert [(t.start, t.end) for t in call.turns] == [(4.86, 6.87), (8.5, 9.25)]
    assert call.meta["warnings"] == [
        "speakers not mapped to a role: 'ch_0', 'ch_1'; pass speakers={...}"
    ]
    mapped = read(path, speakers={"ch_0": "customer", "ch_1": "agent"})
    assert roles(mapped) == "ca"
    assert "warnings" not in mapped.meta


def test_amazon_transcribe_streaming(samples):
    call = read(samples / "amazon_transcribe" / "streaming_redacted.json")
    assert [turn.text for turn in call.turns] == ["my name is [NAME]"]
    assert (call.turns[0].start, call.turns[0].end) == (0.0199375, 1.02)
    assert roles(call) == "u"


def test_call_analytics(samples):
    call = read(samples / "transcribe_call_analytics" / "example-call.json")
    assert (call.id, call.channel) == ("example-call.wav", "voice")
    assert call.meta == {"language": "en-US", "format": "transcribe_call_analytics"}
    assert roles(call) == "ac" * 18 + "a"
    assert starts(call)[:4] == [0.04, 6.31, 7.94, 11.04]
    assert starts(call)[-1] == 181.94
    assert (call.turns[3].start, call.turns[3].end) == (11.04, 20.86)
    overlapping = sum(a.end > b.start for a, b in zip(call.turns, call.turns[1:], strict=False))
    assert overlapping == 12


def test_pca(samples):
    call = read(samples / "aws_pca" / "testfile.json")
    assert call.id == "stereo_std_1.mp3"  # its GUID is the string "None"
    # spk_0 is "Agent" in the file, though it is plainly the customer who says these lines.
    assert roles(call) == "ac" * 6
    assert starts(call) == [
        *(0.04, 0.64, 0.74, 3.71, 7.74, 9.04, 11.34, 13.64, 18.04, 21.44, 24.84, 27.04),
    ]
    assert call.turns[3].text == "This is [PII] speaking. Am I speaking to [PII]?"
    mended = read(
        samples / "aws_pca" / "testfile.json", speakers={"spk_0": "customer", "spk_1": "agent"}
    )
    assert roles(mended) == "ca" * 6


def test_lca(samples):
    call = read(samples / "aws_lca" / "add_transcript_segment.json")
    assert call.id == "888660e1-70a6-410e-a765-1d20517db270"
    assert [(t.role, t.text, t.start, t.end) for t in call.turns] == [
        ("customer", "My personal identifier is ABCDEF.", 27.42, 30.955)
    ]


@pytest.mark.parametrize(
    ("name", "step", "last"),
    [
        ("generated_chat_0.json", 28.0, "Yes, my problem is solved now."),
        ("readme_mobile_phone.json", 15.0, "No, I'm having a different problem now."),
    ],
)
def test_google_import(samples, name, step, last):
    call = read(samples / "google_ccai_entries" / name)
    assert roles(call) == "ac" * 7
    assert starts(call) == [step * i for i in range(14)]
    assert {turn.speaker for turn in call.turns} == {"1", "2"}
    assert call.turns[-1].text.startswith(last)


def test_genesys(samples):
    call = read(samples / "genesys_cloud" / "genesys_transcript.json")
    assert (call.id, call.channel) == ("4801fdff-07f1-496e-b03b-61d46ea3a754", "voice")
    assert call.meta["language"] == "en-US"
    assert roles(call) == "ccac"
    # Counted from conversationStartTime, 1619441069196.
    assert starts(call) == [0.12, 1.821, 3.838, 6.099]
    assert call.turns[0].end == 1.404
    assert call.turns[2].text == "thank you"
    assert call.turns[2].speaker == "e8b5dcdd-cb3c-48af-b2fe-b73089f3e83b"


def test_twilio_intelligence(samples):
    path = samples / "twilio_intelligence" / "sentences_readFull.json"
    call = read(path)
    assert call.id == "GT" + "a" * 32
    assert [(t.role, t.text, t.start) for t in call.turns] == [("unknown", "test test", None)]
    assert roles(read(path, speakers={1: "agent"})) == "a"


def test_twilio_conversations(samples):
    call = read(
        samples / "twilio_conversations" / "messages_readFull.json",
        speakers={"pie_preferrer": "customer", "cake_lover": "agent"},
    )
    assert (call.id, call.channel) == ("CH" + "a" * 32, "chat")
    assert roles(call) == "ca"  # the third message is a picture only
    assert starts(call) == [0.0, 24.0]


def test_each_sample_is_recognised_by_its_own_reader_alone(samples):
    for path in sorted(samples.rglob("*.json")):
        try:
            value = json.loads(path.read_text("utf-8-sig"))
        except ValueError:
            continue
        found = {reader.name for reader in matching({"json": value})}
        if found & set(NAMES):
            streaming = path.name == "streaming_redacted.json"
            assert found == {path.parent.name + ("_streaming" if streaming else "")}


# Our own.


@pytest.mark.parametrize(
    ("name", "expected", "first", "last"),
    [
        ("amazon_transcribe.json", "uuuuuu", 0.42, 27.1),
        ("amazon_transcribe_streaming.jsonl", "uuuuuu", 0.2, 14.9),
        ("aws_lca.jsonl", "acascaca", 0.48, 18.9),
        ("aws_pca.json", "acacaca", 0.31, 19.3),
        ("contact_lens_realtime.jsonl", "acacacac", 0.31, 26.7),
        ("dialogflow.json", "cbcbaca", 0.0, 136.495),
        ("genesys_cloud.json", "scacaaca", 0.9, 56.4),
        ("google_ccai_entries.json", "bcbacaca", 0.0, 180.0),
        ("google_ccai_export.json", "acacaca", 0.0, 19.2),
        ("salesforce_voice.json", "bcbacac", 0.0, 36.0),
        ("transcribe_call_analytics.json", "acacacac", 0.03, 23.4),
        ("twilio_conversations.json", "uuuuuu", 0.0, 244.0),
        ("twilio_intelligence.json", "acacaca", 0.52, 20.3),
    ],
)
def test_examples(examples, name, expected, first, last):
    (call,) = iter_read(examples / "formats" / name)
    assert call.meta["format"] == name.partition(".")[0]
    assert roles(call) == expected
    assert (call.turns[0].start, call.turns[-1].start) == (first, last)
    assert starts(call) == sorted(starts(call))
    assert ("warnings" in call.meta) == ("u" in expected)


def test_the_example_of_channels_keeps_sentences_whole(examples):
    call = read(
        examples / "formats" / "amazon_transcribe.json",
        speakers={"ch_0": "agent", "ch_1": "customer"},
    )
    assert roles(call) == "acacac"
    assert [turn.text for turn in call.turns][2:4] == [
        "You can. It runs until the third of June, and I can move it to the new car today.",
        "Mhm. The plate is [PII].",
    ]


def test_the_readme_lists_every_example(examples):
    text = (examples / "formats" / "README.md").read_text("utf-8")
    for name in NAMES:
        assert f"| `{name}.json" in text
