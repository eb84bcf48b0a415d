"""Calls of the corpus, written as exports of speech vendors and containers, come back the same."""

import csv
import html
import io
import json
from datetime import UTC, datetime

import pytest

from callclf.readers import read

START = 1_772_445_600
"""Seconds since 1970 at which all these calls begin."""

NUMBER = {"agent": 1, "customer": 2, "system": 3}


@pytest.fixture(scope="module")
def corpus(repo):
    """Twenty calls from all over the corpus, as (role, text, start, end)."""
    lines = (repo / "data" / "corpus" / "calls.jsonl").read_text("utf-8").splitlines()
    calls = []
    for line in lines[7 :: len(lines) // 20][:20]:
        turns = json.loads(line)["turns"]
        calls.append(
            [(t["role"], t["text"].strip(), i * 9.0, i * 9.0 + 8.5) for i, t in enumerate(turns)]
        )
    assert len(calls) == 20
    return calls


def stamp(seconds):
    return datetime.fromtimestamp(START + seconds, UTC).isoformat().replace("+00:00", "Z")


def words(text, start, end, key="word", unit=1.0, **more):
    tokens = text.split()
    pace = (end - start) / len(tokens)
    return [
        {key: t, "start": (start + i * pace) * unit, "end": (start + (i + 1) * pace) * unit, **more}
        for i, t in enumerate(tokens)
    ]


def deepgram_utterances(turns):
    utterances = [
        {"transcript": x, "start": a, "end": b, "speaker": NUMBER[r], "channel": 0}
        for r, x, a, b in turns
    ]
    return {"results": {"channels": [{"alternatives": []}], "utterances": utterances}}


def deepgram_words(turns):
    said = [w for r, x, a, b in turns for w in words(x, a, b, speaker=NUMBER[r])]
    return {"results": {"channels": [{"alternatives": [{"words": said}]}]}}


def deepgram_channels(turns):
    sides = [
        {
            "alternatives": [
                {"words": [w for r, x, a, b in turns if r == role for w in words(x, a, b)]}
            ]
        }
        for role in NUMBER
    ]
    return {"results": {"channels": sides}}


def assemblyai(turns):
    utterances = [
        {"text": x, "start": int(a * 1000), "end": int(b * 1000), "speaker": "_ABC"[NUMBER[r]]}
        for r, x, a, b in turns
    ]
    return {"audio_url": "u", "status": "completed", "words": [], "utterances": utterances}


def rev_ai(turns):
    monologues = []
    for r, x, a, b in turns:
        elements = []
        for word in words(x, a, b):
            space = [{"type": "punct", "value": " "}] if elements else []
            said = {
                "type": "text",
                "value": word["word"],
                "ts": word["start"],
                "end_ts": word["end"],
            }
            elements += [*space, said]
        monologues.append({"speaker": NUMBER[r], "elements": elements})
    return {"monologues": monologues}


def whisperx(turns):
    return {
        "segments": [
            {"start": a, "end": b, "text": f" {x}", "speaker": f"SPEAKER_0{NUMBER[r]}"}
            for r, x, a, b in turns
        ],
        "language": "en",
    }


def azure_batch(turns):
    phrases = [
        {
            "recognitionStatus": "Success",
            "channel": NUMBER[r],
            "offsetInTicks": a * 1e7,
            "durationInTicks": (b - a) * 1e7,
            "nBest": [{"lexical": x.lower(), "display": x}],
        }
        for role in NUMBER
        for r, x, a, b in turns
        if r == role
    ]
    return {"combinedRecognizedPhrases": [], "recognizedPhrases": phrases}


def azure_fast(turns):
    phrases = [
        {
            "speaker": NUMBER[r],
            "channel": 0,
            "text": x,
            "offsetMilliseconds": int(a * 1000),
            "durationMilliseconds": int((b - a) * 1000),
        }
        for r, x, a, b in turns
    ]
    return {"combinedPhrases": [], "phrases": phrases}


def azure_realtime(turns):
    return [
        {
            "Id": str(i),
            "RecognitionStatus": "Success",
            "DisplayText": x,
            "SpeakerId": f"Guest-{NUMBER[r]}",
            "Offset": int(a * 1e7),
            "Duration": int((b - a) * 1e7),
        }
        for i, (r, x, a, b) in enumerate(turns)
    ]


def azure_content_understanding(turns):
    phrases = [
        {"speaker": r.title(), "text": x, "startTimeMs": a * 1000, "endTimeMs": b * 1000}
        for r, x, a, b in turns
    ]
    return {"status": "Succeeded", "result": {"contents": [{"transcriptPhrases": phrases}]}}


def azure_conversations(turns):
    items = [
        {
            "participantId": r,
            "text": x,
            "conversationItemLevelTiming": {"offset": a * 1e7, "duration": (b - a) * 1e7},
        }
        for r, x, a, b in turns
    ]
    return {"conversations": [{"id": "1", "conversationItems": items}]}


def wtf(turns):
    return {
        "transcript": {"text": "", "language": "en"},
        "segments": [
            {"start": a, "end": b, "text": x, "speaker": NUMBER[r]} for r, x, a, b in turns
        ],
        "speakers": {str(n): {"label": role} for role, n in NUMBER.items()},
    }


def intercom_call(turns):
    listed = [
        {"content": x, "speaker_label": r, "speaker_type": r, "start_time": f"{a}", "end_time": b}
        for r, x, a, b in turns
    ]
    return {"id": "1", "transcript": listed}


PARTIES = [{"name": f"P{n}", "role": role} for role, n in NUMBER.items()]


def vcon_texts(turns):
    dialogs = [
        {
            "type": "text",
            "start": stamp(a),
            "duration": b - a,
            "parties": [NUMBER[r] - 1],
            "body": x,
        }
        for r, x, a, b in turns
    ]
    return {"vcon": "0.4.0", "parties": PARTIES, "dialog": dialogs}


def vcon_recording(body, encoding):
    analysis = [{"type": "transcript", "dialog": 0, "body": body, "encoding": encoding}]
    dialog = [{"type": "recording", "parties": [0, 1]}]
    return {"vcon": "0.4.0", "parties": PARTIES, "dialog": dialog, "analysis": analysis}


def vcon_lines(turns):
    return vcon_recording("\n\n".join(f"P{NUMBER[r]}: {x}" for r, x, _, _ in turns), "none")


def vcon_deepgram(turns):
    return vcon_recording(json.dumps(deepgram_utterances(turns)), "json")


def vcon_wtf(turns):
    return vcon_recording(wtf(turns), "none")


def zendesk_ticket(turns):
    users = [{"id": n, "role": r.replace("customer", "end-user")} for r, n in NUMBER.items()]
    comments = [
        {
            "author_id": NUMBER[r],
            "plain_body": html.escape(x),
            "public": True,
            "created_at": stamp(a),
        }
        for r, x, a, _ in turns
    ]
    return {"comments": comments, "users": users}


def zendesk_chats(turns):
    actors = {"agent": "agent:5", "customer": "77", "system": "__system"}
    rows = [("c", actors[r], x, stamp(a)) for r, x, a, _ in turns]
    return table(["chat_id", "actor_id", "message", "created_at"], rows)


def table(head, rows):
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue()


AUTHORS = {"agent": "admin", "customer": "user", "system": "system"}


def intercom_conversation(turns):
    (role, text, _, _), *rest = turns
    return {
        "type": "conversation",
        "created_at": START,
        "source": {"body": f"<p>{html.escape(text)}</p>", "author": {"type": AUTHORS[role]}},
        "conversation_parts": {
            "conversation_parts": [
                {
                    "part_type": "comment",
                    "body": f"<p>{html.escape(x)}</p>",
                    "author": {"type": AUTHORS[r]},
                    "created_at": START + int(a),
                }
                for r, x, a, _ in rest
            ]
        },
    }


def intercom_table(turns):
    rows = [(1, AUTHORS[r], "comment", html.escape(x), stamp(a)) for r, x, a, _ in turns]
    return table(["conversation_id", "author_type", "part_type", "body", "created_at"], rows)


def whatsapp(turns):
    names = {"agent": "Agent Jo: ", "customer": "Customer: ", "system": ""}
    lines = []
    for r, x, a, _ in turns:
        at = datetime.fromtimestamp(START + a, UTC)
        lines.append(f"[{at:%d.%m.%y, %H:%M:%S}] {names[r]}{x}\n")
    return "".join(lines)


def one_string(turns):
    lines = "\n\n".join(f"**{r.title()}:** {x}" for r, x, _, _ in turns)
    return {"ConversationId": "1", "Content": f"**Transcript**\n\n{lines}"}


def utterances(turns):
    return {"utterances": [{"speaker": r.upper(), "text": x} for r, x, _, _ in turns]}


def pairs(turns):
    return {"original": [[r.replace("system", "action"), x] for r, x, _, _ in turns]}


NUMBERS = {str(n): role for role, n in NUMBER.items()}
FORMATS = [
    (deepgram_utterances, NUMBERS, True),
    (deepgram_words, NUMBERS, True),
    (deepgram_channels, {f"channel {n - 1}": role for role, n in NUMBER.items()}, True),
    (assemblyai, {"_ABC"[n]: role for role, n in NUMBER.items()}, True),
    (rev_ai, NUMBERS, True),
    (whisperx, {f"SPEAKER_0{n}": role for role, n in NUMBER.items()}, True),
    (azure_batch, {f"channel {n}": role for role, n in NUMBER.items()}, True),
    (azure_fast, NUMBERS, True),
    (azure_realtime, {f"Guest-{n}": role for role, n in NUMBER.items()}, True),
    (azure_content_understanding, {}, True),
    (azure_conversations, {}, True),
    (wtf, {}, True),
    (intercom_call, {}, True),
    (vcon_texts, {}, True),
    (vcon_lines, {}, False),
    (vcon_deepgram, NUMBERS, True),
    (vcon_wtf, {}, True),
    (zendesk_ticket, {}, False),
    (zendesk_chats, {}, False),
    (intercom_conversation, {}, False),
    (intercom_table, {}, False),
    (whatsapp, {}, False),
    (one_string, {}, False),
    (utterances, {}, False),
    (pairs, {}, False),
]
ONE_LINE = (deepgram_words, deepgram_channels)
"""Words that are not written in turns: those of one speaker in a row are one turn."""


def together(turns):
    joined = [turns[0]]
    for turn in turns[1:]:
        role, text, start, _ = joined[-1]
        if turn[0] == role:
            joined[-1] = (role, f"{text} {turn[1]}", start, turn[3])
        else:
            joined.append(turn)
    return joined


@pytest.mark.parametrize(
    ("write", "speakers", "timed"), FORMATS, ids=[write.__name__ for write, _, _ in FORMATS]
)
def test_round_trip(corpus, write, speakers, timed):
    for turns in corpus:
        there = {role for role, *_ in turns}
        known = {name: role for name, role in speakers.items() if role in there}
        expected = together(turns) if write in ONE_LINE else turns
        call = read(write(turns), speakers=known)
        assert [(t.role.value, " ".join(t.text.split())) for t in call.turns] == [
            (role, " ".join(text.split())) for role, text, _, _ in expected
        ]
        assert "warnings" not in call.meta
        if timed:
            spans = [x for t in call.turns for x in (t.start, t.end)]
            assert spans == pytest.approx([x for _, _, a, b in expected for x in (a, b)])
