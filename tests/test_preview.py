"""What `callclf read` says of a call."""

import io
import json

import pytest
from rich.console import Console

import callclf
from callclf import Transcript, Turn
from callclf.display.preview import print_preview, print_reading
from callclf.errors import ReadError
from callclf.preview import preview, recognised
from callclf.writers import write


def shown(print_what, *arguments, **options):
    console = Console(file=io.StringIO(), width=100)
    result = print_what(*arguments, console, **options)
    return console.file.getvalue(), result


def test_the_figures_of_an_example(repo):
    # By eye: captions.vtt has 15 cues in 12 turns, from 00:00.640 to 01:06.210.
    call = callclf.read(repo / "data" / "examples" / "captions.vtt")
    found = preview(call).to_dict(turns=1)
    assert found["format"] == "webvtt" and found["turns"] == found["timed"] == 12
    assert [(s["role"], s["speaker"], s["turns"]) for s in found["speakers"]] == [
        ("agent", "Agent Dana Whitlock", 6),
        ("unknown", "Joel Abara", 6),
    ]
    assert (found["begins"], found["ends"]) == (0.64, 66.21)
    assert found["warnings"][0].startswith("speakers not mapped to a role: 'Joel Abara'")
    assert found["not_scored"].startswith("no customer turn")
    assert "speakers={'Joel Abara': 'customer'}" in found["advice"]
    assert len(found["first_turns"]) == 1
    json.dumps(found)


def test_what_the_advice_says_helps(repo):
    path = repo / "data" / "examples" / "captions.vtt"
    call = callclf.read(path, speakers={"Joel Abara": "customer"})
    found = preview(call)
    assert found.not_scored is None and found.advice is None


@pytest.mark.parametrize(
    ("turns", "advice"),
    [
        ([], "export the transcript of the call"),
        ([("unknown", None), ("unknown", None)], "with speaker labels"),
        ([("unknown", "spk_0"), ("unknown", "spk_1")], "speakers={'spk_0': 'agent'}"),
        ([("agent", None), ("unknown", "B")], "speakers={'B': 'customer'}"),
        ([("customer", None)], "the agent's side"),
        ([("agent", None)], "the customer's side"),
        ([("agent", None), ("customer", None)] * 10_001, "split the file"),
    ],
)
def test_every_reason_comes_with_what_to_do(turns, advice):
    call = Transcript([Turn(role, "some words are said", speaker) for role, speaker in turns])
    found = preview(call)
    assert found.not_scored and advice in found.advice


def test_the_format_is_that_of_the_file_not_of_its_origin(repo, tmp_path):
    call = callclf.read(repo / "data" / "examples" / "contact-lens-voice.json")
    write(call, tmp_path / "x")
    again = callclf.read(tmp_path / "x")
    assert again.meta["format"] == "contact_lens_voice"
    assert recognised(tmp_path / "x", again) == "callclf"
    path = repo / "data" / "examples" / "contact-lens-voice.json"
    assert recognised(path, call) == "contact_lens_voice"
    path = repo / "data" / "examples" / "captions.vtt"
    assert recognised(path, callclf.read(path)) == "webvtt"


def test_a_call_is_printed_with_speakers_turns_and_reason(repo):
    call = callclf.read(repo / "data" / "examples" / "captions.vtt")
    text, _ = shown(lambda call, console: print_preview(preview(call), console, turns=2), call)
    for words in (
        "webvtt, 12 turns, 0:00 to 1:06",
        "Joel Abara",
        "0:00 agent: Quillon Mutual claims",
        "and 10 turns more",
        "warning: speakers not mapped",
        "not scored: no customer turn",
        "what to do: say who is who",
    ):
        assert words in text


def test_brackets_in_names_and_words_are_printed_as_they_are():
    turns = [Turn("agent", "[red]Hello[/red] [PII]", "[bold]A"), Turn("customer", "Hi")]
    text, _ = shown(lambda console: print_preview(preview(Transcript(turns)), console))
    assert "[red]Hello[/red] [PII]" in text and "[bold]A" in text and "no times" in text


def test_many_calls_are_counted_and_the_first_shown():
    good = Transcript([Turn("customer", "Hello there"), Turn("agent", "Good morning to you")], "g")
    bad = Transcript([Turn("customer", "Hello")], "b")
    results = [preview(good)] * 3 + [ReadError("broken")] + [preview(bad)] * 2
    text, errors = shown(print_reading, results, calls=1)
    assert errors == 1 and text.count("would be scored\n") == 1
    assert "unreadable: broken" in text
    assert "6 calls: 3 would be scored, 2 would not (no agent turn), 1 unreadable" in text
