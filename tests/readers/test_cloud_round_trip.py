"""Calls of the corpus, written as exports of the cloud contact centres, come back the same."""

import json
from datetime import UTC, datetime
from itertools import chain

import pytest

from callclf.readers import read

START = 1_772_445_600
"""Seconds since 1970 at which all these calls begin."""

MARKS = ".,?!"


def stamp(seconds):
    return datetime.fromtimestamp(START + seconds, UTC).isoformat().replace("+00:00", "Z")


@pytest.fixture(scope="module")
def corpus(repo):
    """Twenty calls from all over the corpus, as (role, text, start, end)."""
    lines = (repo / "data" / "corpus" / "calls.jsonl").read_text("utf-8").splitlines()
    calls = []
    for line in lines[:: len(lines) // 20][:20]:
        turns = json.loads(line)["turns"]
        calls.append(
            [(t["role"], t["text"].strip(), i * 9.0, i * 9.0 + 8.5) for i, t in enumerate(turns)]
        )
    assert len(calls) == 20
    return calls


def items(text, start, end):
    found, tokens = [], text.split()
    pace = (end - start) / len(tokens)
    for i, token in enumerate(tokens):
        mark = token[-1] if len(token) > 1 and token[-1] in MARKS else ""
        found.append(
            {
                "type": "pronunciation",
                "alternatives": [{"confidence": "0.99", "content": token.removesuffix(mark)}],
                "start_time": f"{start + i * pace:.3f}",
                "end_time": f"{start + (i + 1) * pace:.3f}",
            }
        )
        if mark:
            alternatives = [{"confidence": "0.0", "content": mark}]
            found.append({"type": "punctuation", "alternatives": alternatives})
    return found


def transcribe(results):
    return {"jobName": "job", "results": {"transcripts": [{"transcript": "..."}], **results}}


def transcribe_channels(turns):
    channels = []
    for label in ("agent", "customer", "system"):
        spoken = [items(text, a, b) for role, text, a, b in turns if role == label]
        channels.append({"channel_label": f"ch_{label}", "items": list(chain(*spoken))})
    return transcribe({"channel_labels": {"channels": channels}, "items": []})


def transcribe_speakers(turns):
    spoken = [items(text, a, b) for _, text, a, b in turns]
    segments = [
        {
            "speaker_label": f"ch_{role}",
            "items": [{"start_time": i["start_time"]} for i in found if "start_time" in i],
        }
        for (role, *_), found in zip(turns, spoken, strict=True)
    ]
    return transcribe({"speaker_labels": {"segments": segments}, "items": list(chain(*spoken))})


def transcribe_segments(turns):
    segments = [
        {"transcript": text, "start_time": str(a), "end_time": str(b), "speaker_label": f"ch_{who}"}
        for who, text, a, b in turns
    ]
    return transcribe({"items": [], "audio_segments": segments})


def transcribe_stream(turns):
    return [
        {
            "TranscriptEvent": {
                "Transcript": {
                    "Results": [
                        {
                            "ResultId": f"r{i}",
                            "ChannelId": f"ch_{role}",
                            "IsPartial": partial,
                            "StartTime": a,
                            "EndTime": b,
                            "Alternatives": [{"Transcript": text, "Items": []}],
                        }
                    ]
                }
            }
        }
        for i, (role, text, a, b) in enumerate(turns)
        for partial in (True, False)
    ]


def call_analytics(turns):
    return {
        "JobStatus": "COMPLETED",
        "JobName": "job",
        "Transcript": [
            {
                "ParticipantRole": role.upper(),
                "Content": text,
                "BeginOffsetMillis": int(a * 1000),
                "EndOffsetMillis": int(b * 1000),
            }
            for role, text, a, b in turns
        ],
    }


def pca(turns):
    labels = [
        {"Speaker": f"spk_{role}", "DisplayText": role.title()}
        for role in ("agent", "customer", "system")
    ]
    return {
        "ConversationAnalytics": {"GUID": "g", "SpeakerLabels": labels},
        "SpeechSegments": [
            {
                "SegmentSpeaker": f"spk_{role}",
                "SegmentStartTime": a,
                "SegmentEndTime": b,
                "OriginalText": text,
                "DisplayText": text,
            }
            for role, text, a, b in turns
        ],
    }


def lca(turns):
    channels = {"agent": "AGENT", "customer": "CALLER", "system": "AGENT_ASSISTANT"}
    segments = [
        {
            "EventType": "ADD_TRANSCRIPT_SEGMENT",
            "CallId": "c",
            "SegmentId": f"s{i}",
            "Channel": channels[role],
            "Transcript": text,
            "StartTime": str(a),
            "EndTime": str(b),
            "IsPartial": partial,
        }
        for i, (role, text, a, b) in enumerate(turns)
        for partial in (True, False)
    ]
    return [
        {"EventType": "START", "CallId": "c"},
        *segments,
        {"EventType": "END", "CallId": "c"},
    ]


def realtime(turns):
    segments = [
        {
            "Transcript": {
                "Id": f"t{i}",
                "ParticipantId": role.upper(),
                "ParticipantRole": role.upper(),
                "Content": text,
                "BeginOffsetMillis": int(a * 1000),
                "EndOffsetMillis": int(b * 1000),
            }
        }
        for i, (role, text, a, b) in enumerate(turns)
    ]
    head = {"ContactId": "c", "Channel": "VOICE"}
    return [
        {**head, "EventType": "STARTED"},
        *({**head, "EventType": "SEGMENTS", "Segments": [segment]} for segment in segments),
        {**head, "EventType": "COMPLETED"},
    ]


def google_import(turns):
    return {
        "entries": [
            {
                "text": text,
                "role": role.upper(),
                "user_id": 1 if role == "customer" else 2,
                "start_timestamp_usec": int((START + a) * 1_000_000),
            }
            for role, text, a, _ in turns
        ]
    }


GOOGLE = {"agent": "HUMAN_AGENT", "customer": "END_USER", "system": "SYSTEM"}


def google_export(turns):
    segments = [
        {
            "text": text,
            "messageTime": stamp(a),
            "segmentParticipant": {"role": GOOGLE[role], "userId": role},
        }
        for role, text, a, _ in turns
    ]
    return {"name": "p/conversations/1", "transcript": {"transcriptSegments": segments}}


def dialogflow(turns):
    messages = [
        {"content": text, "participantRole": GOOGLE[role], "createTime": stamp(a)}
        for role, text, a, _ in turns
    ]
    return {"messages": messages[::-1]}


def genesys(turns):
    """The agent is on the line but while the menu speaks."""
    phrases, participants = [], [{"participantPurpose": "customer"}]
    for role, text, a, b in turns:
        start, end = int((START + a) * 1000), int((START + b) * 1000)
        phrases.append(
            {
                "text": text.lower(),
                "decoratedText": text,
                "startTimeMs": start,
                "duration": {"milliseconds": end - start},
                "participantPurpose": "external" if role == "customer" else "internal",
            }
        )
        if role != "customer":
            purpose = "agent" if role == "agent" else "ivr"
            participants.append(
                {"participantPurpose": purpose, "startTimeMs": start, "endTimeMs": end}
            )
    return {
        "conversationId": "c",
        "communicationId": "d",
        "transcripts": [{"language": "en-US", "phrases": phrases}],
        "participants": participants,
    }


def twilio_voice(turns):
    names = ("agent", "customer", "system")
    return {
        "sid": "GT1",
        "channel": {
            "participants": [
                {"channel_participant": i, "role": role.title()} for i, role in enumerate(names)
            ]
        },
        "sentences": [
            {
                "media_channel": names.index(role),
                "sentence_index": i,
                "transcript": text,
                "start_time": str(a),
                "end_time": str(b),
            }
            for i, (role, text, a, b) in enumerate(turns)
        ],
    }


def twilio_chat(turns):
    return {
        "messages": [
            {
                "sid": f"IM{i}",
                "conversation_sid": "CH1",
                "index": i,
                "author": f"ch_{role}",
                "body": text,
                "date_created": stamp(a),
            }
            for i, (role, text, a, _) in enumerate(turns)
        ]
    }


def salesforce(turns):
    messages = [
        {
            "messageId": f"m{i}",
            "senderType": GOOGLE[role],
            "participantId": role,
            "content": text,
            "startTime": int((START + a) * 1000),
            "endTime": int((START + b) * 1000),
        }
        for i, (role, text, a, b) in enumerate(turns)
    ]
    return {"entries": [{"vendorCallKey": "k", "messages": messages}]}


WRITERS = {
    transcribe_channels: "amazon_transcribe",
    transcribe_speakers: "amazon_transcribe",
    transcribe_segments: "amazon_transcribe",
    transcribe_stream: "amazon_transcribe_streaming",
    call_analytics: "transcribe_call_analytics",
    pca: "aws_pca",
    lca: "aws_lca",
    realtime: "contact_lens_realtime",
    google_import: "google_ccai_entries",
    google_export: "google_ccai_export",
    dialogflow: "dialogflow",
    genesys: "genesys_cloud",
    twilio_voice: "twilio_intelligence",
    twilio_chat: "twilio_conversations",
    salesforce: "salesforce_voice",
}
MERGED = {"amazon_transcribe", "amazon_transcribe_streaming"}
ANONYMOUS = {"ch_agent": "agent", "ch_customer": "customer", "ch_system": "system"}


def merged(turns):
    """Join neighbours of one role, as formats without turns must."""
    joined = []
    for role, text in turns:
        if joined and joined[-1][0] == role:
            joined[-1] = (role, f"{joined[-1][1]} {text}")
        else:
            joined.append((role, text))
    return joined


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.__name__)
def test_round_trip(corpus, writer):
    name = WRITERS[writer]
    is_anonymous = name in MERGED | {"twilio_conversations"}
    for turns in corpus:
        present = {f"ch_{role}" for role, *_ in turns}
        speakers = {key: ANONYMOUS[key] for key in present} if is_anonymous else None
        call = read(json.dumps(writer(turns)).encode(), speakers=speakers)
        assert call.meta["format"] == name
        assert "warnings" not in call.meta
        expected = [(role, text) for role, text, *_ in turns]
        got = [(turn.role.value, turn.text) for turn in call.turns]
        if name in MERGED:
            expected = [(role, " ".join(text.split())) for role, text in merged(expected)]
            got = [(role, " ".join(text.split())) for role, text in got]
        else:
            first = turns[0][2]
            assert [turn.start for turn in call.turns] == [a - first for _, _, a, _ in turns]
        assert got == expected
