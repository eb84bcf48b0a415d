"""Third-party files, word for word: what is said, and in which order, taken without the readers."""

import csv
import html
import json
import re
from itertools import chain
from pathlib import Path

import pytest

from callclf.errors import ReadError
from callclf.readers import iter_read


def by(key, *path):
    """Take the objects at a path, in the order of a key."""

    def take(document):
        for name in path:
            document = document[name]
        return sorted(document, key=lambda part: part[key]) if key else document

    return take


def field(take, *names):
    """Take the first of some fields that has words."""
    return lambda document: [next((p[n] for n in names if p.get(n)), "") for p in take(document)]


def stripped(markup):
    return html.unescape(re.sub(r"<[^>]+>", " ", markup or ""))


def intercom(document):
    parts = document["conversation_parts"]["conversation_parts"]
    return [stripped(part.get("body")) for part in (document["source"], *parts)]


def messages(document):
    said = [
        m for m in document if m.get("role", m.get("persona")) in ("user", "assistant", "human")
    ]
    return [message["content"] for message in said]


WORDS = {
    "contact_lens_voice/*.json": field(by("BeginOffsetMillis", "Transcript"), "Content"),
    "contact_lens_chat/*.json": field(by("AbsoluteTime", "Transcript"), "Content"),
    "contact_lens_realtime/*.json": lambda d: [
        s["Transcript"]["Content"] for s in d["Segments"] if "Transcript" in s
    ],
    "transcribe_call_analytics/*.json": field(by("BeginOffsetMillis", "Transcript"), "Content"),
    "aws_pca/*.json": field(by("SegmentStartTime", "SpeechSegments"), "DisplayText"),
    "aws_lca/*.json": lambda d: [d["Transcript"]],
    "google_ccai_entries/*.json": field(by("start_timestamp_usec", "entries"), "text"),
    "genesys_cloud/*.json": lambda d: field(
        by("startTimeMs", "transcripts", 0, "phrases"), "decoratedText", "text"
    )(d),
    "twilio_intelligence/*.json": field(by("sentence_index", "sentences"), "transcript"),
    "twilio_conversations/*.json": field(by("index", "messages"), "body"),
    "deepgram/dg_utterances.json": field(by("start", "results", "utterances"), "transcript"),
    "assemblyai/*.json": lambda d: [u["text"] for u in d["utterances"] or [d]],
    "rev_ai/*.json": lambda d: [
        "".join(e["value"] for e in m["elements"]) for m in d["monologues"]
    ],
    "whisperx/*[!n].json": field(by("start", "segments"), "text"),
    "azure_batch_transcription/*.json": lambda d: [
        p["nBest"][0]["display"] for p in by("offsetInTicks", "recognizedPhrases")(d)
    ],
    "azure_fast_transcription/*.json": field(by("offsetMilliseconds", "phrases"), "text"),
    "azure_content_understanding/*.json": field(
        by("startTimeMs", "result", "contents", 0, "transcriptPhrases"), "text"
    ),
    "azure_conversations/*.json": field(
        by(None, "analysisInput", "conversations", 0, "conversationItems"), "text"
    ),
    "wtf_transcript/*.json": field(by("start", "segments"), "text"),
    "intercom/*.json": intercom,
    "chat_messages/*fr.json": lambda d: messages(d["messages"]),
    "chat_messages/*ies_excerpt.json": lambda d: chain.from_iterable(
        messages(t["traj"]) for t in d
    ),
    "utterances_json/*.json": field(by("index", "utterances"), "text"),
    "speaker_text_pairs/*.json": lambda d: [text for call in d for _, text in call["original"]],
    "vcon/sample*": field(by("start", "dialog"), "body"),
}


def plain(texts):
    """Texts without differences of spacing, and without those that have no words."""
    return [words for text in texts if (words := " ".join((text or "").split()))]


@pytest.mark.parametrize("pattern", WORDS)
def test_every_word_in_its_order(samples, pattern):
    paths = sorted(samples.glob(pattern))
    assert paths
    for path in paths:
        document = json.loads(path.read_text("utf-8-sig"))
        calls = list(iter_read(path))
        assert plain(t.text for call in calls for t in call.turns) == plain(
            WORDS[pattern](document)
        )


@pytest.mark.parametrize("name", ["billing-complaint.txt", "followup-positive.txt"])
def test_labelled_text(samples, name):
    path = samples / "plain_text" / name
    said = re.split(r"^[A-Z][\w ]*: ", path.read_text("utf-8"), flags=re.MULTILINE)[1:]
    (call,) = iter_read(path)
    assert plain(turn.text for turn in call.turns) == plain(said)


@pytest.mark.parametrize("name", ["convo_0b7ecd6e*", "convo_0b9ac5e7*"])
def test_one_string(samples, name):
    (path,) = (samples / "json_single_text_field").glob(name)
    text = json.loads(path.read_text("utf-8-sig"))["Content"]
    said = re.split(r"\*\*(?:Agent|Customer):\*\*", text.replace("\\n", "\n"))[1:]
    (call,) = iter_read(path)
    assert plain(turn.text for turn in call.turns) == plain(said)


@pytest.mark.parametrize("name", ["airline", "insurance"])
def test_tables(samples, name):
    (path,) = (samples / "csv_turns").glob(f"*{name}*.tsv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    order = list(dict.fromkeys(row["conversationId"] for row in rows))
    rows.sort(key=lambda row: (order.index(row["conversationId"]), int(row["turnNumber"])))
    found = [turn.text for call in iter_read(path) for turn in call.turns]
    assert plain(found) == plain(row["utterance"] for row in rows)


NO_TIMES = ["azure_conversations", "chat_messages/tau*", "csv_turns", "json_single_text_field"]
NO_TIMES += [
    "plain_text",
    "speaker_text_pairs",
    "twilio_intelligence",
    "utterances_json",
    "vcon/0*",
]


@pytest.mark.parametrize("pattern", NO_TIMES)
def test_no_times_where_the_file_has_none(samples, pattern):
    paths = list(samples.glob(pattern if "/" in pattern else f"{pattern}/*.*"))
    assert paths
    for path in paths:
        if path.name != "SOURCES.md":
            for call in iter_read(path):
                assert [turn.start for turn in call.turns] == [None] * len(call)
                assert [turn.end for turn in call.turns] == [None] * len(call)


def test_no_file_is_forgotten(samples):
    """Each file is named in a test that knows its turns, roles and times, or its refusal."""
    tests = "".join(
        (Path(__file__).parent / f"test_{name}samples.py").read_text("utf-8")
        for name in ("", "cloud_", "vendor_")
    )
    names = {path.name for path in samples.glob("*/*") if path.name != "SOURCES.md"}
    assert len(names) > 60
    assert sorted(name for name in names if name not in tests) == []


def test_what_is_refused_is_refused_as_a_whole(samples):
    refused = set()
    for path in samples.glob("*/*"):
        try:
            list(iter_read(path, on_error="yield"))
        except ReadError:
            refused.add(path.name)
    assert refused - {"SOURCES.md"} == {
        *("invalid_null_parties.json", "invalid_bad_party_ref.json", "invalid_empty_vcon.json"),
        *("invalid_bad_dialog_types.json", "invalid_timeframe.vtt", "empty.vtt"),
        *("diarization.json", "admin_data.csv", "user_data.csv", "ticket_chat_data.csv"),
    }
