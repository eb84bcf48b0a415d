"""Our own example files: what stands in them was counted by eye."""

import re

import pytest

from callclf.errors import ReadError
from callclf.readers import iter_read, read


def roles(call):
    """One letter a turn: a(gent), c(ustomer), s(ystem), u(nknown)."""
    return "".join(turn.role[0] for turn in call.turns)


def test_native_lines(examples):
    calls = list(iter_read(examples / "calls.jsonl"))
    assert [call.id for call in calls] == ["ex-001", "ex-002", "ex-003", "ex-004"]
    assert [call.channel for call in calls] == ["voice", "chat", "voice", "email"]
    assert [roles(call) for call in calls] == ["acacacacac", "scacacacacac", "acacacasac", "caca"]
    assert calls[2].turns[8].speaker == "A2"
    assert [dict(call.meta) for call in calls] == [
        {"domain": "utilities"},
        {"domain": "travel"},
        {"domain": "healthcare"},
        {"domain": "retail"},
    ]


def test_csv(examples):
    first, second, third = iter_read(examples / "calls.csv")
    assert (first.id, second.id, third.id) == ("0071", "0072", "0073")
    assert roles(first) == "acacacaaca"
    assert roles(second) == "sacacacacac"
    assert roles(third) == "sacacacac"
    assert first.turns[7].start == 41.5
    assert first.turns[0].speaker == "Petra N."
    assert third.turns[2].text.endswith(
        '"no service".\nIt said it in two places, top left and on the lock screen.'
    )
    assert third.turns[0].source_index == 21
    assert second.meta == {"queue": "technical", "format": "table"}


def test_parquet_is_the_csv_with_numbers_as_ids(examples):
    from_csv = list(iter_read(examples / "calls.csv"))
    from_parquet = list(iter_read(examples / "calls.parquet"))
    assert [call.id for call in from_parquet] == ["171", "172", "173"]
    assert [call.turns for call in from_parquet] == [call.turns for call in from_csv]


def test_semicolons_with_interleaved_chats(examples):
    zip_, rucksack = iter_read(examples / "chats-semicolon.csv")
    assert (zip_.id, rucksack.id) == ("90411", "90412")
    assert roles(zip_) == "caacacac"
    assert roles(rucksack) == "cacaca"
    assert [turn.start for turn in rucksack.turns] == [0.0, 38.0, 81.0, 122.0, 162.0, 200.0]
    assert [turn.source_index for turn in rucksack.turns] == [2, 4, 6, 8, 10, 12]
    assert zip_.turns[4 - 1].text.startswith("But I bought")


def test_contact_lens_voice(examples):
    call = read(examples / "contact-lens-voice.json")
    assert roles(call) == "acacacacacacaca"
    assert call.channel == "voice"
    assert call.id == "6513270e-269e-4d37-b2a7-4de452e6b438"
    assert call.meta == {"language": "en-GB", "format": "contact_lens_voice"}
    assert (call.turns[1].start, call.turns[1].end) == (3.48, 13.26)
    assert call.turns[3].text == "It's [PII]. Name's [PII]."


def test_contact_lens_chat(examples):
    call = read(examples / "contact-lens-chat.json")
    assert roles(call) == "ssacacacacaca"
    assert call.channel == "chat"
    # Item 0 and item 3 are events; the first event, at 09:41:02.118, is the beginning.
    assert [turn.source_index for turn in call.turns] == [1, 2, *range(4, 15)]
    assert call.turns[0].start == 2.412
    assert call.turns[2].speaker == "Ottilie"


def test_webvtt(examples):
    call = read(examples / "captions.vtt")
    assert roles(call) == "auauauauauau"
    assert call.meta["warnings"] == [
        "speakers not mapped to a role: 'Joel Abara'; pass speakers={...}"
    ]
    mapped = read(examples / "captions.vtt", speakers={"joel abara": "customer"})
    assert roles(mapped) == "acacacacacac"
    assert mapped.meta == {"format": "webvtt"}
    assert (mapped.turns[0].start, mapped.turns[0].end) == (0.64, 5.88)
    assert mapped.turns[0].text == "Quillon Mutual claims, Dana speaking. How can I help you?"


def test_srt(examples):
    call = read(examples / "subtitles.srt")
    assert roles(call) == "acacacacacaca"[:13]
    assert call.turns[10].text.startswith("Let me look that up properly. One moment. Right, I have")
    assert (call.turns[10].start, call.turns[10].end) == (45.9, 66.7)


def test_plain_text_with_time_stamps(examples):
    call = read(examples / "phone-note.txt")
    assert roles(call) == "acacacacacac"
    assert call.turns[1].text.endswith("somewhere in Porto. I'm in Leeds.")
    assert [turn.start for turn in call.turns][:4] == [2.0, 6.0, 17.0, 24.0]
    assert call.turns[-1].start == 74.0


def test_markdown(examples):
    call = read(examples / "hotel-call.md")
    assert roles(call) == "acacacaca"
    assert call.turns[4].text.endswith("at the same price. Shall I put you there?")


def test_chat_messages(examples):
    call = read(examples / "chat-messages.json")
    assert call.id == "fig-20260309-0412"
    assert roles(call) == "cacacacacac"
    assert call.turns[0].source_index == 1
    assert call.turns[6].text == "here is my meter, taken just now. it says 47,655"
    assert call.meta == {"model": "fig-support-3", "locale": "en-GB", "format": "chat_messages"}
    bot = read(examples / "chat-messages.json", speakers={"assistant": "bot"})
    assert roles(bot) == "cbcbcbcbcbc"


def test_the_whole_folder_can_be_read_and_only_the_readmes_are_refused(examples):
    results = list(iter_read(examples, on_error="yield"))
    errors = [result for result in results if isinstance(result, ReadError)]
    assert [error.source for error in errors] == sorted(map(str, examples.rglob("README.md")))
    inner = list(iter_read(examples / "formats", on_error="yield"))
    assert len(results) - len(errors) == 19 + len(inner) - (len(errors) - 1)


def test_the_readme_lists_every_file(examples):
    listed = re.findall(r"^\| `([^`]+)` \|", (examples / "README.md").read_text("utf-8"), re.M)
    files = (path.name for path in examples.iterdir() if path.is_file())
    assert sorted(listed) == sorted(name for name in files if name != "README.md")


@pytest.mark.parametrize("name", ["captions.vtt", "subtitles.srt", "phone-note.txt"])
def test_line_ends_do_not_matter(examples, name):
    data = (examples / name).read_bytes().replace(b"\r\n", b"\n")
    expected = read(data)
    assert read(data.replace(b"\n", b"\r\n")) == expected
    assert read(data.rstrip(b"\n")) == expected
    assert read(b"\xef\xbb\xbf" + data) == expected
