"""Every way in which input can be bad: a clear error, or *not scored* with a reason."""

import json
import time

import pytest

import callclf
from callclf import Transcript, Turn
from callclf.errors import ReadError

GOOD = {
    "turns": [{"role": "customer", "text": "hi"}, {"role": "agent", "text": "hello, how are you"}]
}


@pytest.fixture(scope="module")
def model():
    return callclf.load("fast")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xd8\x00\x00", "binary|UTF-8|decode|encoding"),
        (json.dumps(GOOD).encode()[:50], "line 1"),
        ("Agent: caf\xe9 ouvert\nCustomer: d'accord\n".encode("cp1252"), "encoding="),
    ],
    ids=["empty", "binary", "truncated", "wrong encoding"],
)
def test_a_file_that_is_no_transcript_is_refused_by_name(tmp_path, content, problem):
    file = tmp_path / "call.json"
    file.write_bytes(content)
    with pytest.raises(ReadError, match=problem) as error:
        callclf.read(file)
    assert "call.json" in str(error.value)


def test_the_right_encoding_helps():
    content = "Agent: caf\xe9 ouvert\nCustomer: d'accord\n".encode("cp1252")
    assert callclf.read(content, encoding="cp1252").turns[0].text == "café ouvert"


def test_duplicate_ids_are_errors_for_all_but_the_first():
    lines = "\n".join(json.dumps({**GOOD, "id": id}) for id in ("a", "b", "a"))
    results = list(callclf.iter_read(lines, on_error="yield"))
    assert [getattr(r, "id", None) for r in results[:2]] == ["a", "b"]
    assert isinstance(results[2], ReadError) and "'a' was already used" in str(results[2])


@pytest.mark.parametrize(
    ("turns", "reason"),
    [
        ([], "no turns"),
        ([("customer", "hello")], "no agent turn"),
        ([("unknown", "hello"), ("unknown", "hi")], "does not say who speaks"),
        ([("system", "welcome"), ("agent", "hello there, who is it")], "no customer turn"),
        ([("customer", "hello"), ("agent", "ok")], "too short"),
        ([("customer", "hello"), ("agent", "word " * 2_000_000)], "10,000,000 characters"),
        ([("customer", "hello"), ("agent", "and hello to you")] * 25_000, "50,000 turns"),
    ],
)
def test_a_call_that_cannot_be_judged_is_not_scored_and_says_why(model, turns, reason):
    start = time.perf_counter()
    tags = model.tag(Transcript([Turn(role, text) for role, text in turns]))
    assert reason in tags.not_scored and not tags.labels
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00", "\ud800", "\x1f" * 50, "?" * 5000, "é" * 3000, "💥 " * 500, "a" * 90_000],
)
def test_odd_text_is_scored_without_a_fuss(model, text):
    call = Transcript(
        [Turn("customer", f"hi {text}"), Turn("agent", text), Turn("agent", "good morning to you")]
    )
    tags = model.tag(call)
    assert tags.not_scored is None and all(0 <= p <= 1 for p in tags.scores.values())
    assert model.set_policy(recall=1.0).tag(call)  # everything explained
    model.set_policy(false_alarms=1)


def test_odd_calls_do_not_change_their_neighbours(model):
    good = callclf.read(GOOD)
    odd = [
        Transcript([]),
        Transcript([Turn("agent", "\x1f\x1f")]),
        Transcript([Turn("customer", "")]),
    ]
    alone, [_, among, *_] = model.tag(good), model.tag([odd[0], good, *odd])
    assert among.scores == alone.scores
