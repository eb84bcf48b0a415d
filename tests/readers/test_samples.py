"""Third-party files: turns, roles, times and order, taken from the files by eye or with grep."""

import pytest

from callclf.errors import ReadError, UnknownFormatError
from callclf.readers import iter_read, read


def roles(call):
    return "".join(turn.role[0] for turn in call.turns)


def starts(call):
    return [turn.start for turn in call.turns]


def test_contact_lens_voice(samples):
    call = read(samples / "contact_lens_voice" / "aws_transcript.json")
    assert roles(call) == "acacacacac"
    assert starts(call) == [0.0, 0.16, 4.64, 7.37, 11.22, 15.84, 18.31, 22.61, 24.12, 30.58]
    assert call.turns[7].end == 24.14  # overlaps the next
    assert call.id is None
    assert call.meta == {"language": "en-US", "format": "contact_lens_voice"}


def test_contact_lens_voice_with_overlaps(samples):
    call = read(samples / "contact_lens_voice" / "postcall_overlapping_short_turns.json")
    assert call.id == "7c77422d-f9ba-4111-ad48-b2f5dadf854a"
    assert roles(call) == "acaccaacaacaaca"
    assert [turn.source_index for turn in call.turns] == list(range(15))
    assert (call.turns[2].start, call.turns[2].end) == (7.897, 11.267)
    assert starts(call) == sorted(starts(call))
    overlapping = sum(a.end > b.start for a, b in zip(call.turns, call.turns[1:], strict=False))
    assert overlapping == 7


def test_contact_lens_chat(samples):
    call = read(samples / "contact_lens_chat" / "chat_original.json")
    assert call.id == "b49644f6-672f-445c-b209-f76b36482830"
    assert len(call) == 31
    assert roles(call) == "sssacccacacacacacaacaaacacacaca"
    assert [turn.source_index for turn in call.turns][:5] == [1, 2, 3, 5, 6]
    assert call.turns[0].start == 2.655
    assert call.turns[3].start == 12.727  # 03:31:50.735 to 03:32:03.462
    # The file says AGENT where a customer plainly speaks; that is not for a reader to mend.
    mislabelled = next(turn for turn in call.turns if turn.source_index == 19)
    assert mislabelled.role == "agent"
    assert {turn.speaker for turn in call.turns} == {"John", "Jane", "SYSTEM_MESSAGE"}


def test_call_analytics_is_not_taken_for_contact_lens(samples):
    path = samples / "transcribe_call_analytics" / "example-call.json"
    for name in ("contact_lens_voice", "contact_lens_chat"):
        assert all(call.meta["format"] != name for call in read_any(path))


def read_any(path):
    try:
        return list(iter_read(path))
    except UnknownFormatError:
        return []


def test_webvtt_in_a_code_fence_with_unclosed_voices(samples):
    call = read(samples / "webvtt" / "cu_call.vtt.txt")
    assert roles(call) == "acacacacacacacac"
    assert (call.turns[0].start, call.turns[0].end) == (0.08, 4.72)
    assert (
        call.turns[-1].text == "That sounds great. I'll talk to you tomorrow morning at 9:45 a.m."
    )
    assert "warnings" not in call.meta


def test_webvtt_with_durations_for_ends(samples):
    call = read(samples / "webvtt" / "fast_call.vtt.txt")
    assert roles(call) == "u" * 27
    assert (call.turns[0].start, call.turns[0].end) == (0.11, 3.16)
    assert call.turns[1].start == 3.43
    assert [turn.end for turn in call.turns[1:]] == [None] * 26
    assert call.meta["warnings"] == [
        "end before start: end dropped (36 turns)",
        "speakers not mapped to a role: 'Speaker 1', 'Speaker 2'; pass speakers={...}",
    ]
    mapped = read(
        samples / "webvtt" / "fast_call.vtt.txt",
        speakers={"Speaker 1": "customer", "Speaker 2": "agent"},
    )
    assert roles(mapped)[:5] == "cacac"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("captions_with_bom.vtt", [0.5, 7.0, 11.89, 16.32]),
        ("comments.vtt", [135.0, 140.0, 145.0]),
        ("cue_tags.vtt", [16.5, 18.5, 20.5]),
        ("using_identifiers.vtt", [0.5, 7.0, 11.89, 16.32, 21.58, 23.88]),
    ],
)
def test_webvtt_without_speakers(samples, name, expected):
    call = read(samples / "webvtt" / name)
    assert starts(call) == expected
    assert roles(call) == "u" * len(expected)


def test_webvtt_tags_are_not_words(samples):
    call = read(samples / "webvtt" / "cue_tags.vtt")
    assert [turn.text for turn in call.turns] == [
        "When the moon hits your eye",
        "Like a big-a pizza pie",
        "That's amore",
    ]


def test_webvtt_damaged(samples):
    with pytest.raises(ReadError, match=r"line 6: '00:00:1d.890' is no time"):
        read(samples / "webvtt" / "invalid_timeframe.vtt")
    with pytest.raises(ReadError, match="is empty"):
        read(samples / "webvtt" / "empty.vtt")


@pytest.mark.parametrize(
    ("name", "expected_roles", "expected"),
    [
        ("operator_caller_labeled.srt", "ac", [2.162, 7.144]),
        ("operator_caller_unlabeled.srt", "uu", [2.162, 7.144]),
        ("sample.srt", "uuuuu", [0.5, 7.0, 11.89, 16.32, 21.58]),
        ("audio_en.srt", "u", [2.878]),
        # A point for a comma: what it means is plain.
        ("invalid_timeframe.srt", "uuuuu", [0.5, 7.0, 11.89, 16.32, 21.58]),
    ],
)
def test_srt(samples, name, expected_roles, expected):
    call = read(samples / "srt" / name)
    assert roles(call) == expected_roles
    assert starts(call) == expected


@pytest.mark.parametrize(
    ("name", "turns"), [("billing-complaint.txt", 11), ("followup-positive.txt", 9)]
)
def test_plain_text(samples, name, turns):
    call = read(samples / "plain_text" / name)
    assert roles(call) == ("au" * 6)[:turns]
    assert call.meta["warnings"] == [
        "speakers not mapped to a role: 'Sarah Johnson'; pass speakers={...}"
    ]
    mapped = read(samples / "plain_text" / name, speakers={"Sarah Johnson": "customer"})
    assert roles(mapped) == ("ac" * 6)[:turns]
    assert "warnings" not in mapped.meta


@pytest.mark.parametrize(
    ("name", "turns"),
    [
        ("multidogo_airline_dev_excerpt.tsv", [11, 6, 6, 10, 16, 9, 9, 8]),
        ("multidogo_insurance_dev_excerpt.tsv", [8, 8, 10, 6, 7, 11, 9]),
    ],
)
def test_tsv_of_one_side_without_roles(samples, name, turns):
    calls = list(iter_read(samples / "csv_turns" / name))
    assert [len(call) for call in calls] == turns
    assert {turn.role.value for call in calls for turn in call.turns} == {"unknown"}
    assert all("nobody is named" in call.meta["warnings"][0] for call in calls)


def test_chat_messages_of_language_models(samples):
    path = samples / "chat_messages" / "tau_airline_trajectories_excerpt.json"
    calls = list(iter_read(path))
    assert [len(call) for call in calls] == [15, 11, 9]
    assert [roles(call) for call in calls] == ["cacacacacacacac", "cacacacacac", "cacacacac"]
    assert calls[0].turns[0].source_index == 1  # 0 is the prompt
    assert calls[0].meta["task_id"] == 0


def test_chat_messages_in_french(samples):
    call = read(samples / "chat_messages" / "call_center_ai_demo_fr.json")
    assert call.id == "7fc9970b-b21a-4749-b26c-60e36b61166b"
    assert roles(call) == "acacacaacaaacaacacacaacacaacaca"
    assert call.turns[1].start == 28.437579
    assert call.turns[0].text.startswith("Bonjour, je suis Amélie")


@pytest.mark.parametrize("folder", ["plain_text", "webvtt", "srt"])
def test_text_formats_do_not_claim_each_other(samples, folder):
    for path in sorted((samples / folder).iterdir()):
        for result in read_quietly(path):
            assert result.meta["format"] == folder


def read_quietly(path):
    try:
        return [x for x in iter_read(path, on_error="yield") if not isinstance(x, ReadError)]
    except ReadError:
        return []
