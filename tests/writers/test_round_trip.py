"""What is written is read again: every call of the corpus, through every writable format."""

import dataclasses
import itertools
import json

import pytest

import callclf
from callclf import Transcript, Turn
from callclf.readers import iter_read, read
from callclf.writers import write, writers

SAMPLE = 20
"""Every so many calls of the larger, plainer files, where time is short."""


@pytest.fixture(
    scope="module",
    params=[SAMPLE, pytest.param(1, marks=pytest.mark.slow)],
    ids=["some", "all"],
)
def calls(repo, request):
    found = []
    for name, step in (("calls", 1), ("everyday", request.param), ("pairs", request.param)):
        file = repo / "data" / "corpus" / f"{name}.jsonl"
        read_here = list(itertools.islice(iter_read(file), 0, None, step))
        assert len(read_here) == len(file.read_bytes().splitlines()[::step])
        found += read_here
    return found


@pytest.fixture(scope="module")
def model():
    return callclf.load("fast")


def timed(call):
    """Give every turn a time, as captions need; the corpus has none."""
    turns = [
        dataclasses.replace(turn, start=7.25 * i, end=7.25 * i + 6.125)
        for i, turn in enumerate(call.turns)
    ]
    return Transcript(turns, call.id, call.channel, call.meta)


def through(calls, name, folder, *, suffix=""):
    """Write calls and read them again; one file for each where a file holds one."""
    writer = next(writer for writer in writers() if writer.name == name)
    path = folder / f"calls{suffix}"
    if writer.several:
        write(calls, path, name)
        return list(iter_read(path, on_error="raise"))
    again = []
    for call in calls:
        write(call, path, name)
        again.append(read(path))
    return again


def said(call, *, times=True):
    """All that a turn is, but for where it stands in its source.

    A speaker whom nobody names is called by the role once the call is read from elsewhere. Space
    at the ends of a turn is no word, and most formats have no place for it.
    """
    return [
        (turn.role, turn.text.strip(), turn.speaker or turn.role.value)
        + ((turn.start, turn.end) if times else ())
        for turn in call.turns
    ]


def found(tags, *, times=True):
    """All that tags say, but for where a turn stands in its source."""
    record = tags.to_dict()
    record.pop("id")
    for tag in record["tags"]:
        for item in tag["evidence"]:
            item.pop("source_index")
            item["text"] = item["text"].strip()
            if not times:
                item.pop("start"), item.pop("end")
    return record


@pytest.mark.parametrize("name", ["callclf", "csv", "vcon", "webvtt"])
def test_every_timed_call_comes_back_with_the_same_turns_and_tags(calls, model, tmp_path, name):
    native = [timed(call) for call in calls]
    again = through(native, name, tmp_path)
    assert list(map(said, again)) == list(map(said, native))
    assert list(map(found, model.tag(again))) == list(map(found, model.tag(native)))


@pytest.mark.parametrize("name", ["callclf", "csv", "vcon"])
def test_every_call_without_times_comes_back_too(calls, model, tmp_path, name):
    again = through(calls, name, tmp_path)
    # A vCon must have dates, so that of times it can only say that they are all the same.
    times = name != "vcon"
    assert [said(call, times=times) for call in again] == [said(c, times=times) for c in calls]
    tags, native = model.tag(again), model.tag(calls)
    assert [found(t, times=times) for t in tags] == [found(t, times=times) for t in native]


def test_json_lines_keep_everything(calls, tmp_path):
    assert through(calls, "callclf", tmp_path) == calls


def test_ids_survive_in_tables(calls, tmp_path):
    assert [call.id for call in through(calls, "csv", tmp_path)] == [call.id for call in calls]


@pytest.mark.parametrize("name", ["csv", "vcon", "webvtt"])
def test_all_roles_and_odd_words_survive(tmp_path, name):
    texts = [
        "a < b & c > d; &amp; &lt;b&gt;",
        "Agent: not a label --> not a time",
        "=1+1",
        '"quoted", and; more\ttabs',
        "[1]x",
        "[DM] done",
        "WEBVTT",
        "1",
        "日本語 💥",
        "NOTE nothing",
    ]
    roles = ("agent", "customer", "bot", "system", "unknown")
    turns = [
        Turn(role, " ".join(text.split()), f"{role} & <co> {i % 2}", 2.0 * i, 2.0 * i + 1)
        for i, (text, role) in enumerate(itertools.product(texts, roles))
    ]
    turns = [
        dataclasses.replace(turn, speaker="spk_0") if turn.role == "unknown" else turn
        for turn in turns
    ]
    call = Transcript(turns, id="c1")
    [again] = through([call], name, tmp_path)
    assert said(again) == said(call)


def test_neighbouring_turns_of_one_speaker_stay_apart_in_captions(tmp_path):
    turns = [
        Turn("agent", "One.", "A", 0, 1),
        Turn("agent", "Two.", "A", 1, 2),
        Turn("customer", "Three.", None, 2, 3),
        Turn("customer", "Four.", None, 3, 4),
    ]
    [again] = through([Transcript(turns)], "webvtt", tmp_path)
    assert [turn.text for turn in again.turns] == ["One.", "Two.", "Three.", "Four."]


def test_captions_by_others_are_still_merged():
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v A>One.\n\n00:01.000 --> 00:02.000\n<v A>Two.\n"
    assert [turn.text for turn in read(text).turns] == ["One. Two."]


def test_a_class_that_is_no_role_word_is_no_role():
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v.loud.first Agent Smith>One.\n"
    [turn] = read(text).turns
    assert (turn.role, turn.speaker) == ("agent", "Agent Smith")


@pytest.mark.parametrize("name", ["callclf", "csv", "vcon", "webvtt"])
def test_halves_of_surrogate_pairs_and_nul_bytes_do_no_harm(tmp_path, name):
    call = Transcript(
        [Turn("agent", "a\ud800b\0c", "s\udc00", 0, 1), Turn("customer", "x", None, 1)]
    )
    [again] = through([call], name, tmp_path)
    assert again.turns[0].text in ("a\ufffdb\0c", "a\ufffdb\ufffdc")
    json.dumps(again.to_dict()).encode()


@pytest.mark.parametrize("name", ["callclf", "csv", "vcon", "webvtt"])
def test_examples_of_all_formats_can_be_written(repo, tmp_path, name):
    for file in sorted((repo / "data" / "examples").iterdir()):
        if not file.is_file() or file.name == "README.md":
            continue
        for call in iter_read(file):
            if name == "webvtt" and any(turn.start is None for turn in call.turns):
                continue
            [again] = through([call], name, tmp_path)
            assert [(t.role, " ".join(t.text.split())) for t in again.turns] == [
                (t.role, " ".join(t.text.split())) for t in call.turns
            ], file.name
