"""Third-party files of speech vendors, containers and tickets: figures taken from the files."""

import pytest

from callclf.errors import ReadError, UnknownFormatError
from callclf.readers import iter_read, read


def roles(call):
    return "".join(turn.role[0] for turn in call.turns)


def speakers(call):
    return "".join(turn.speaker or "-" for turn in call.turns)


def starts(call):
    return [turn.start for turn in call.turns]


def mapped(path, agent, customer):
    return roles(read(path, speakers={agent: "agent", customer: "customer"}))


def test_deepgram_words_are_grouped_by_speaker(samples):
    call = read(samples / "deepgram" / "dg_speakers_no_utterances.json")
    assert call.id == "e4ac910d-2bd6-4e54-b656-4cb971284bad"
    assert speakers(call) == "0101212121"
    assert roles(call) == "u" * 10
    assert starts(call)[:3] == [3.04, 17.66, 24.875]
    assert [turn.end for turn in call.turns][:3] == [17.279999, 24.494999, 27.055]
    assert call.turns[0].text.startswith("And, Jessica, Christina, we are so proud of you.")
    assert "'0', '1', '2'; pass speakers=" in call.meta["warnings"][0]
    several = read(
        samples / "deepgram" / "dg_speakers_no_utterances.json",
        speakers={"speaker 0": "agent", "1": "agent", "2": "customer"},
    )
    assert roles(several) == "aaaacacaca"


def test_deepgram_utterances_without_speakers(samples):
    call = read(samples / "deepgram" / "dg_utterances.json")
    assert starts(call) == [0.08, 4.4, 6.3199997, 8.475, 13.835001, 22.3]
    assert [turn.end for turn in call.turns][-1] == 25.439999
    assert roles(call) == "u" * 6
    assert call.meta["warnings"] == ["nobody is named as speaker, so the role is unknown (6 turns)"]


def test_deepgram_words_without_speakers_are_one_turn(samples):
    call = read(samples / "deepgram" / "dg_whisper_transcription.json")
    assert len(call) == 1
    assert call.turns[0].text.startswith("yeah as much as it's worth celebrating")
    assert (call.turns[0].start, call.turns[0].end) == (0.06, 25.56)


@pytest.mark.parametrize("name", ["assemblyai_transcription.json", "assemblyai_utterances.json"])
def test_assemblyai(samples, name):
    call = read(samples / "assemblyai" / name)
    assert call.id == "6a9zvzyx8u-f8fd-4bf4-9614-9497d76c6891"
    assert [(t.speaker, t.start, t.end) for t in call.turns] == [("A", 0.17, 25.14)]
    assert call.turns[0].text.startswith("Yeah. As much as it's worth celebrating the first")
    assert call.meta["language"] == "en"
    assert roles(read(samples / "assemblyai" / name, speakers={"A": "customer"})) == "c"


def test_rev_ai(samples):
    call = read(samples / "rev_ai" / "transcript.json")
    assert [(t.speaker, t.start, t.end) for t in call.turns] == [
        ("0", 0.3, 43.62),
        ("0", 44.01, 106.33),
    ]
    assert call.turns[0].text.startswith("Hi, my name's Jack resinger. And I'm gonna be talking")


def test_whisper_in_its_variants(samples):
    folder = samples / "whisperx"
    aligned = read(folder / "aligned_transcript.json")
    assert [(t.start, t.end, t.speaker) for t in aligned.turns] == [(2.878, 10.199, None)]
    timestamped = read(folder / "whisper_timestamped.json")
    assert starts(timestamped) == [0.12, 8.54, 12.98, 19.82]
    assert timestamped.meta["language"] == "en"
    assigned = read(folder / "assigned_speakers.json")
    assert [t.speaker for t in assigned.turns] == ["SPEAKER_00", "SPEAKER_01"]
    assert starts(assigned) == [0.0, 2.0]
    assert mapped(folder / "assigned_speakers.json", "SPEAKER_00", "speaker_01") == "ac"
    with pytest.raises(UnknownFormatError, match="JSON list of 4"):
        read(folder / "diarization.json")  # who spoke when, without what was said


def test_azure_batch_whatever_the_file_is_called(samples):
    path = samples / "azure_batch_transcription" / "fast_pretranscribed.json"
    call = read(path)
    assert call.meta["format"] == "azure_batch"
    assert speakers(call) == "1211121121121212111121212121212112111"
    assert roles(call) == "u" * 37
    assert (call.turns[0].start, call.turns[0].end) == (0.11, 3.27)
    assert (call.turns[-1].start, call.turns[-1].end) == (104.47, 107.07)
    assert call.turns[0].text == "Hi there, thank you for calling Contoso. My name is Sam."
    assert mapped(path, "2", "1")[:4] == "cacc"
    short = read(samples / "azure_batch_transcription" / "transcriptSample.json")
    assert [(t.speaker, t.start, t.end, t.text) for t in short.turns] == [
        ("1", 0.04, 2.22, "Run Alabama drivers license."),
        ("2", 2.28, 5.36, "0030"),
        ("1", 5.4, 7.46, "669"),
    ]


def test_azure_fast_whatever_the_file_is_called(samples):
    call = read(samples / "azure_fast_transcription" / "batch_pretranscribed.json")
    assert call.meta == {
        "language": "en-US",
        "format": "azure_fast",
        "warnings": ["speakers not mapped to a role: '1', '2'; pass speakers={...}"],
    }
    assert speakers(call) == "111222112111212112211211122111122"
    assert (call.turns[0].start, call.turns[0].end) == (0.08, 2.24)
    assert (call.turns[-1].start, call.turns[-1].end) == (104.32, 107.2)


def test_azure_content_understanding(samples):
    call = read(samples / "azure_content_understanding" / "cu_pretranscribed.json")
    assert call.id == "d61a8c86-67f5-455c-a458-d1ddddc6df92"
    assert roles(call) == "aaacccaacaaacacaaccaacaaaccaaaacc"
    assert (call.turns[-1].start, call.turns[-1].end) == (104.32, 107.2)
    assert "warnings" not in call.meta


def test_azure_conversations(samples):
    call = read(samples / "azure_conversations" / "Json_input_customer_support.json")
    assert call.id == "2b601070-f418-4684-a3f8-e58b48f5d72e"
    assert roles(call) == "acacacacaaacacaca"
    assert call.channel == "voice"  # the file calls a chat a transcript
    assert starts(call) == [None] * 17


def test_wtf(samples):
    call = read(samples / "wtf_transcript" / "rev_ai_sample.wtf.json")
    assert starts(call) == [0.0, 0.6, 2.8, 4.0, 6.2]
    assert {t.speaker for t in call.turns} == {"Speaker 1"}
    assert roles(call) == "uuuuu"
    short = read(samples / "wtf_transcript" / "wtf_sample.json", speakers={"0": "agent"})
    assert [(t.start, t.end) for t in short.turns] == [(0.0, 3.2), (3.2, 8.5)]
    assert roles(short) == "aa"


def test_whatsapp(samples):
    path = samples / "whatsapp_export" / "whatsapp-account-lockout.txt"
    call = read(path)
    assert roles(call) == "uauauaauaua"
    assert starts(call) == [0, 60, 60, 120, 120, 180, 240, 300, 300, 360, 360]
    assert call.turns[-1].text == "You're welcome! Have a great day Sarah 😊"
    assert roles(read(path, speakers={"Sarah Johnson": "customer"})) == "cacacaacaca"


@pytest.mark.parametrize(
    ("name", "turns"),
    [
        ("convo_0b7ecd6e-f37c-4bcb-8ea5-4b48906d37c0_2025-12-05020000.json", 35),
        ("convo_0b9ac5e7-de36-42fd-b65c-80a1991f68ab_2025-12-08110000.json", 31),
    ],
)
def test_calls_in_one_string(samples, name, turns):
    call = read(samples / "json_single_text_field" / name)
    assert roles(call) == ("ac" * 18)[:turns]
    assert name.split("_")[1] == call.id
    assert call.turns[0].text.startswith("Thank you for calling Woodgrove")
    assert "**" not in "".join(turn.text for turn in call.turns)


def test_a_call_in_one_string_without_labels_is_one_turn_of_nobody(samples):
    call = read(samples / "json_single_text_field" / "stt_no_speakers.json")
    assert roles(call) == "u"
    assert call.id == "05be369b-0a5d-4b6a-b7af-3aef1ba4e6e6"
    assert call.meta["warnings"] == ["nobody is named as speaker, so the role is unknown (1 turn)"]


def test_zendesk_chat_events(samples):
    path = samples / "zendesk_tables_csv" / "ticket_chat_event_data.csv"
    results = list(iter_read(path, on_error="yield"))
    calls = {r.id.rpartition(".")[2]: r for r in results if not isinstance(r, ReadError)}
    assert {name: roles(call) for name, call in calls.items()} == {
        "TyDt23helloZt4E": "s",  # by a trigger; the agent's form has no words
        "TyDs6revFIOI0Y": "ub",  # a bare id, and yet the answer bot is the source
        "T6OrgbvMIqPplK": "uu",
        "TzkBGrapJoA": "u",
        "TzkArUd3CjKI": "u",
        "TzAcedetjkcKyq": "s",
        "TzBlankActor": "u",
        "TzBlankActorTwo": "b",
    }
    assert starts(calls["TyDs6revFIOI0Y"]) == [0.0, 29.715]
    assert [t.source_index for t in calls["TyDs6revFIOI0Y"].turns] == [3, 1]
    [empty] = [str(r) for r in results if isinstance(r, ReadError)]
    assert "line 6: call '4323.953441.TyDfrDh7BV3QA': no turns" in empty


@pytest.mark.parametrize(
    "name",
    [
        "zendesk_tables_csv/ticket_chat_data.csv",
        "zendesk_tables_csv/user_data.csv",
        "intercom_tables_csv/admin_data.csv",
    ],
)
def test_tables_without_words_are_refused(samples, name):
    with pytest.raises(ReadError, match="cannot tell which column holds the text"):
        read(samples / name)


def test_intercom_parts(samples):
    path = samples / "intercom_tables_csv" / "conversation_part_history_data.csv"
    note, *empty = iter_read(path, on_error="yield")
    assert (note.id, roles(note), note.turns[0].speaker) == ("12", "s", "4077639 (note)")
    assert [str(e).partition("csv: ")[2].partition(": no")[0] for e in empty] == [
        "line 3: call '11'",
        "line 4: call '27'",
        "line 6: call '5'",
        "line 9: call '13'",
    ]


def test_intercom_conversations(samples):
    call = read(samples / "intercom" / "reply_user.json")
    assert [(t.role.value, t.text, t.start) for t in call.turns] == [
        ("agent", "this is the message body", 0.0),
        ("customer", "Thanks again :)", 2.0),
    ]
    odd = read(samples / "intercom" / "conversation_found.json")
    # Its one comment is years older than the message that it answers.
    assert [(t.role.value, t.text, t.start) for t in odd.turns] == [
        ("agent", "this is the message body", 0.0),
        ("agent", "Okay!", None),
    ]
    assert odd.id == "503"


def test_utterances(samples):
    call = read(samples / "utterances_json" / "taskmaster1_sample.json")
    assert call.id == "dlg-00055f4e-4a46-48bf-8d99-4e477663eb23"
    assert roles(call) == "ca" * 10


def test_pairs_with_actions(samples):
    calls = list(iter_read(samples / "speaker_text_pairs" / "abcd_sample.json"))
    assert [(call.id, roles(call)) for call in calls] == [
        ("3592", "aacacascacccsacacacaacssccaac"),
        ("9489", "acaccsaacccsaccacacaa"),
        ("3695", "caccaacacacaasssacacaa"),
    ]
    assert calls[0].meta["subflow"] == "return_size"


def test_messages_as_text(samples):
    path = samples / "chat_messages" / "tau_airline_display_excerpt.jsonl"
    assert [roles(call) for call in iter_read(path)] == [
        "cacacac",
        "cacaca",
        "cacacac",
        "cacacacac",
        "cacacacacac",
        "cacacacac",
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("01-siprec-billing-dispute.vcon.json", "acacacacaca"),
        ("06-siprec-cancellation-save.vcon.json", "acacacacaca"),
        ("05cec3d4-0561-4010-9fb8-23cc7edef146.vcon.json", "acacacacaca"),
        ("04-teams-escalation-review.vcon.json", "uuuuuuuuuuuu"),
        ("02105744-f8f8-4eb3-882b-d78eced80c78.vcon.json", "uuuuuuuuuuu"),
        ("sample_dialog_text.vcon", "ca"),
    ],
)
def test_vcon(samples, name, expected):
    assert roles(read(samples / "vcon" / name)) == expected


def test_vcon_of_two_employees_and_a_customer(samples):
    path = samples / "vcon" / "04-teams-escalation-review.vcon.json"
    names = {"Rachel Kim": "agent", "Tom Bradley": "agent", "Sarah Johnson": "customer"}
    call = read(path, speakers=names)
    assert roles(call) == "aacaaacaaaca"
    assert {t.speaker for t in call.turns if t.role == "agent"} == {"Rachel Kim", "Tom Bradley"}
    assert call.channel == "voice"


def test_vcon_texts_have_times_and_names(samples):
    call = read(samples / "vcon" / "sample_dialog_text.vcon")
    assert [(t.speaker, t.start) for t in call.turns] == [("Jane User", 0.0), ("Help Desk", 60.0)]
    assert (call.id, call.channel) == ("SAMPLE-1234-abcd-5678", "chat")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("invalid_null_parties.json", "parties: expected a list, got null"),
        ("invalid_bad_party_ref.json", r"dialog\[0\]\.parties\[1\]: there is no party 99"),
        ("invalid_bad_dialog_types.json", r"dialog\[0\]\.mimetype: expected a string, got a int"),
        ("invalid_empty_vcon.json", "no words: expected a dialog of type 'text' or an analysis"),
    ],
)
def test_vcon_invalid(samples, name, message):
    with pytest.raises(ReadError, match=message):
        read(samples / "vcon" / name)


OWN = {
    "deepgram": "deepgram",
    "assemblyai": "assemblyai",
    "rev_ai": "rev_ai",
    "whisperx": "whisperx",
    "azure_batch_transcription": "azure_batch",
    "azure_fast_transcription": "azure_fast",
    "azure_content_understanding": "azure_content_understanding",
    "azure_conversations": "azure_conversations",
    "wtf_transcript": "wtf",
    "vcon": "vcon",
    "whatsapp_export": "whatsapp",
    "json_single_text_field": "single_text",
    "zendesk_tables_csv": "zendesk_tables",
    "intercom": "intercom_conversation",
    "intercom_tables_csv": "intercom_tables",
    "utterances_json": "utterances",
    "speaker_text_pairs": "speaker_text_pairs",
}


def test_no_reader_claims_what_is_another_ones(samples):
    for path in sorted(samples.glob("*/*")):
        try:
            results = list(iter_read(path, on_error="yield"))
        except ReadError:
            continue
        formats = {r.meta["format"] for r in results if not isinstance(r, ReadError)}
        own = OWN.get(path.parent.name)
        assert formats <= {own} if own else not formats & (set(OWN.values()) - {"vcon"}), path
