"""What the output of speech recognisers has that trips readers up."""

import json

import pytest

from callclf.errors import ReadError, UnknownFormatError
from callclf.readers import iter_read, read
from callclf.readers.roles import role_of


def example(examples, name):
    return json.loads((examples / "formats" / f"{name}.json").read_text("utf-8"))


def said(call):
    return [(turn.speaker, turn.text) for turn in call.turns]


def word(text, start, end, **more):
    return {"word": text, "start": start, "end": end, **more}


def deepgram(*channels, **more):
    listed = [{"alternatives": [alternative]} for alternative in channels]
    return {"metadata": {"request_id": "r"}, "results": {"channels": listed, **more}}


def test_a_counted_guest_is_anybody():
    assert [str(role_of(w)) for w in ("Guest-1", "guest 2", "guest", "GUEST")] == [
        "unknown",
        "unknown",
        "customer",
        "customer",
    ]


def test_words_of_two_channels_interleave():
    left = {"words": [word("hello", 0, 1), word("there", 1, 2), word("yes", 5, 6)]}
    right = {"words": [word("hi", 3, 4), word("you", 4, 5)]}
    call = read(deepgram(left, right))
    assert said(call) == [
        ("channel 0", "hello there"),
        ("channel 1", "hi you"),
        ("channel 0", "yes"),
    ]
    assert [turn.source_index for turn in call.turns] == [0, 0, 2]
    # By the number alone too, as it stands in the file.
    mapped = read(deepgram(left, right), speakers={0: "agent", 1: "customer"})
    assert [turn.role.value for turn in mapped.turns] == ["agent", "customer", "agent"]


def test_speakers_are_counted_anew_in_each_channel():
    utterances = [
        {"start": 0, "end": 1, "channel": 0, "speaker": 0, "transcript": "a"},
        {"start": 1, "end": 2, "channel": 1, "speaker": 0, "transcript": "b"},
        {"start": 2, "end": 3, "channel": 1, "speaker": 1, "transcript": "c"},
    ]
    record = deepgram({"words": []}, utterances=utterances)
    assert [s for s, _ in said(read(record))] == [
        "channel 0 speaker 0",
        "channel 1 speaker 0",
        "channel 1 speaker 1",
    ]
    speakers = {"channel 0": "agent", "channel 1": "customer", "channel 1 speaker 1": "system"}
    mapped = read(record, speakers=speakers)
    assert [turn.role.value for turn in mapped.turns] == ["agent", "customer", "system"]


def test_deepgram_without_words_and_without_anything():
    assert said(read(deepgram({"transcript": "Hello."}))) == [(None, "Hello.")]
    assert said(read(deepgram({"transcript": "a"}, {"transcript": "b"}))) == [
        ("channel 0", "a"),
        ("channel 1", "b"),
    ]
    for record in (deepgram(), deepgram({"transcript": ""}), deepgram({"words": []})):
        with pytest.raises(ReadError, match="no turns"):
            read(record)


def test_redacted_words_stay_whole():
    words = [word("[redacted]", 0, 1, speaker=0), word("thanks", 1, 2, speaker=0)]
    assert said(read(deepgram({"words": words}))) == [("0", "[redacted] thanks")]


def test_overlaps_are_kept():
    utterances = [
        {"start": 0.0, "end": 5.0, "speaker": 0, "transcript": "long"},
        {"start": 4.0, "end": 4.5, "speaker": 1, "transcript": "short"},
    ]
    turns = read(deepgram({"words": []}, utterances=utterances)).turns
    assert [(t.start, t.end) for t in turns] == [(0.0, 5.0), (4.0, 4.5)]


def test_missing_null_and_reversed_times():
    utterances = [
        {"start": 3, "end": 1, "speaker": 0, "transcript": "a"},
        {"start": None, "end": 4, "speaker": 1, "transcript": "b"},
        {"start": "soon", "speaker": 1, "transcript": "c"},
    ]
    call = read(deepgram({"words": []}, utterances=utterances), speakers={0: "agent", 1: "agent"})
    assert [(t.start, t.end) for t in call.turns] == [(3.0, None), (None, 4.0), (None, None)]
    assert call.meta["warnings"] == [
        "end before start: end dropped (1 turn)",
        "start is no time: dropped (1 turn)",
        "no start time, so the source's order is kept (2 turns)",
    ]


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        ({"utterances": [7]}, r"results\.utterances\[0\]: expected an object"),
        ({"utterances": [{"transcript": 7}]}, r"results\.utterances\[0\]\.transcript: expected a"),
        ({"utterances": [{"speaker": []}]}, r"results\.utterances\[0\]\.speaker: expected"),
        ({"channels": [{"alternatives": 1}]}, r"results\.channels\[0\]\.alternatives: expected"),
    ],
)
def test_deepgram_damaged(damage, where):
    record = deepgram({"words": []})
    record["results"].update(damage)
    with pytest.raises(ReadError, match=where):
        read(record)


def test_assemblyai_not_finished_or_failed(examples):
    record = example(examples, "assemblyai")
    with pytest.raises(ReadError, match=r"status: expected a finished transcript.*'queued'"):
        read(record | {"status": "queued"})
    with pytest.raises(ReadError, match="'error': file not found"):
        read(record | {"status": "error", "error": "file not found"})


def test_assemblyai_words_of_two_speakers(examples):
    record = example(examples, "assemblyai")
    by_words = read(record | {"utterances": None})
    whole = read(record)
    assert said(by_words) == said(whole)
    assert [t.source_index for t in by_words.turns][:3] == [0, 5, 21]


def test_assemblyai_channels_and_seconds(examples):
    record = example(examples, "assemblyai")
    for utterance in record["utterances"]:
        utterance["channel"] = utterance["speaker"] = "1" if utterance["speaker"] == "A" else "2"
    assert {t.speaker for t in read(record).turns} == {"1", "2"}
    for utterance in record["utterances"]:
        utterance["start"] /= 1000
        utterance["end"] /= 1000
    assert "in seconds, not milliseconds?" in read(record).meta["warnings"][0]


def test_whisper_segments_without_a_speaker_are_cut_where_the_words_change():
    words = [
        {"word": "Hello", "start": 0.0, "end": 0.4},
        word("there.", 0.4, 0.9, speaker="S0"),
        {"word": "99"},
        word("Hi.", 1.0, 1.4, speaker="S1"),
    ]
    segment = {"start": 0.0, "end": 1.4, "text": " Hello there. 99 Hi.", "words": words}
    call = read({"segments": [segment], "language": "en"})
    assert said(call) == [("S0", "Hello there. 99"), ("S1", "Hi.")]
    labelled = read({"segments": [segment | {"speaker": "S1"}], "language": "en"})
    assert said(labelled) == [("S1", "Hello there. 99 Hi.")]


def test_whisper_of_silence():
    with pytest.raises(ReadError, match="no turns"):
        read({"text": "", "segments": [], "language": "en"})


def test_azure_durations_in_all_units():
    phrases = [
        {"channel": 0, "offset": "PT1H1M1.5S", "duration": "PT1S", "nBest": [{"display": "c"}]},
        {
            "channel": 0,
            "offset": "PT0S",
            "duration": "soon",
            "nBest": [{"itn": "a", "lexical": "x"}],
        },
        {
            "channel": 0,
            "offsetMilliseconds": 2500,
            "durationMilliseconds": 500,
            "nBest": [{"display": "", "lexical": "b"}],
        },
    ]
    call = read({"recognizedPhrases": phrases})
    assert [(t.text, t.start, t.end) for t in call.turns] == [
        ("a", 0.0, None),
        ("b", 2.5, 3.0),
        ("c", 3661.5, 3662.5),
    ]
    assert "end is no time: dropped (1 turn)" in call.meta["warnings"]


def test_azure_real_time_repeats_and_partials(examples):
    lines = (examples / "formats" / "azure_realtime.jsonl").read_text("utf-8").splitlines()
    once = read("\n".join(lines) + "\n")
    again = read("\n".join(lines + lines) + "\n")
    assert said(again) == said(once)
    assert said(read([json.loads(line) for line in lines])) == said(once)
    with pytest.raises(ReadError, match="no turns"):
        read("\n".join(lines[::2]) + "\n")


def test_azure_real_time_alternatives_and_unknown_speakers():
    event = {"RecognitionStatus": "Success", "Offset": 0, "Duration": 1, "SpeakerId": "Unknown"}
    call = read([event | {"NBest": [{"Display": "", "ITN": "call 112"}]}])
    assert said(call) == [(None, "call 112")]


def test_azure_real_time_with_odd_values():
    event = {"RecognitionStatus": "Success", "Offset": {}, "Duration": [], "DisplayText": "a"}
    call = read([event | {"Id": "x"}])
    assert (call.turns[0].start, call.turns[0].end) == (None, None)


def test_content_understanding_prefers_phrases_and_reports_its_state(examples):
    record = example(examples, "azure_content_understanding")
    [content] = record["result"]["contents"]
    phrase = {"speaker": "Speaker 1", "startTimeMs": 1500, "endTimeMs": 2000, "text": "Hi."}
    content["transcriptPhrases"] = [phrase]
    call = read(record)
    assert [(t.text, t.start, t.speaker) for t in call.turns] == [("Hi.", 1.5, "Speaker 1")]
    record["result"]["contents"].append(content)
    assert [c.id[-2:] for c in iter_read(record)] == ["20", "#2"]
    with pytest.raises(ReadError, match="status: expected a finished analysis"):
        read(record | {"status": "Running"})


def test_content_understanding_of_documents_is_not_claimed():
    with pytest.raises(UnknownFormatError):
        read(
            {"id": "x", "result": {"contents": [{"markdown": "# An invoice", "kind": "document"}]}}
        )


def test_azure_conversations_times_and_several_calls():
    timing = {"offset": 15_000_000, "duration": 10_000_000}
    item = {"participantId": 1, "lexical": "hi", "conversationItemLevelTiming": timing}
    bare = {"id": "a", "modality": "transcript", "conversationItems": [item]}
    body = {"analysisInput": {"conversations": [bare, bare | {"id": "b", "conversationItems": []}]}}
    call, problem = iter_read(body, on_error="yield")
    assert [(t.speaker, t.start, t.end) for t in call.turns] == [("1", 1.5, 2.5)]
    assert "analysisInput.conversations[1]: no turns" in str(problem)
    assert read(bare).turns == call.turns


def test_wtf_speakers_with_one_label_stay_two(examples):
    record = example(examples, "wtf")
    record["speakers"] = {"0": {"label": "Agent"}, "1": {"label": "Agent"}}
    call = read(record)
    assert {(t.speaker, t.role.value) for t in call.turns} == {("0", "agent"), ("1", "agent")}
    record["segments"] = []
    assert len(read(record)) == 1
    with pytest.raises(ReadError, match=r"speakers\.0\.label: expected a string"):
        read(record | {"speakers": {"0": {"label": 1}}, "segments": [{"speaker": 0}]})


def test_intercom_calls_in_their_containers(examples):
    record = example(examples, "intercom_call")
    [call] = record["data"]
    assert read(call).id == "8841"
    turns = [{k: v for k, v in turn.items() if k != "speaker_type"} for turn in call["transcript"]]
    bare = read(turns, speakers={"Contact 1": "customer"})
    # "Teammate" is a word for the company's side, also with a number.
    assert "".join(t.role[0] for t in bare.turns) == "acacaca"
    record["data"].append({"id": "8842", "transcript": None})
    results = list(iter_read(record, on_error="yield"))
    assert "data[1].transcript: expected a list, got null" in str(results[1])


def test_rev_ai_names_and_missing_times(examples):
    record = example(examples, "rev_ai")
    record["speakers"] = [{"id": 0, "name": "Agent"}, {"id": 1, "name": "Ada"}]
    for element in record["monologues"][0]["elements"]:
        element.pop("ts", None)
    call = read(record, speakers={"1": "customer"})
    assert "".join(t.role[0] for t in call.turns) == "acacac"
    assert (call.turns[0].speaker, call.turns[0].start) == ("Agent", None)
    with pytest.raises(ReadError, match=r"monologues\[0\]\.elements: expected a list"):
        read({"monologues": [{"speaker": 0, "elements": None}]})
