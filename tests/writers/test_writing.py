"""What `write` does with files, formats and mistakes."""

import csv
import importlib
import json
import stat

import pytest

import callclf
from callclf import Transcript, Turn
from callclf.errors import CallclfError, ReadError, WriteError
from callclf.readers import iter_read
from callclf.writers import write, writers

CALL = Transcript(
    [
        Turn("customer", "I want a supervisor", None, 0.0, 2.0),
        Turn("agent", "There is no supervisor, they would tell you the same.", "Ann", 2.5, 5.0),
    ],
    id="c1",
)
OTHER = Transcript(CALL.turns, id="c2")


@pytest.fixture(scope="module")
def model():
    return callclf.load("fast")


def test_every_writer_documents_itself_and_has_a_reader():
    names = {reader.name for reader in callclf.formats()} | {"csv"}
    for writer in writers():
        assert writer.name in names and writer.title and writer.suffixes
        module = importlib.import_module(writer.write.__module__)
        assert len(module.__doc__.splitlines()) > 2
    assert [writer.name for writer in writers()] == ["callclf", "csv", "vcon", "webvtt"]


def test_an_unknown_format_is_answered_with_the_nearest(tmp_path):
    with pytest.raises(WriteError, match="did you mean 'webvtt'"):
        write(CALL, tmp_path / "x", "webvt")


@pytest.mark.parametrize(
    ("file", "opening"),
    [
        ("a.csv", "id,channel"),
        ("a.VTT", "WEBVTT"),
        ("a.vcon.json", '{"vcon"'),
        ("a.json", '{"id"'),
        ("a", '{"id"'),
    ],
)
def test_without_a_format_the_name_of_the_file_decides(tmp_path, file, opening):
    write(CALL, tmp_path / file)
    assert "".join((tmp_path / file).read_text().split()).startswith(opening)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_table_keeps_line_ends_in_what_is_said(tmp_path, end):
    said = f"one{end}two"
    write(Transcript([Turn("agent", said), Turn("customer", "yes")], id="c"), tmp_path / "a.csv")
    assert [turn.text for turn in callclf.read(tmp_path / "a.csv").turns] == [said, "yes"]


@pytest.mark.parametrize("name", ["vcon", "webvtt"])
def test_a_format_of_one_call_a_file_refuses_several_and_none(tmp_path, name):
    with pytest.raises(WriteError, match="holds one call, got several; write one file for each"):
        write([CALL, OTHER], tmp_path / "x", name)
    with pytest.raises(WriteError, match="got none"):
        write([], tmp_path / "x", name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["callclf", "csv"])
def test_no_calls_make_a_file_without_calls(tmp_path, name):
    write(iter([]), tmp_path / "x", name)
    assert (tmp_path / "x").read_text() in ("", "id,channel,turn,role,speaker,start,end,text\n")


def test_several_calls_come_back_in_order(tmp_path):
    for name in ("callclf", "csv"):
        write(iter([OTHER, CALL]), tmp_path / "x", name)
        assert [call.id for call in iter_read(tmp_path / "x")] == ["c2", "c1"]


def test_if_writing_fails_what_was_there_stays(tmp_path):
    path = tmp_path / "calls.jsonl"
    write(CALL, path)
    before = path.read_bytes()

    def calls():
        yield OTHER
        raise ReadError("broken")

    with pytest.raises(ReadError, match="broken"):
        write(calls(), path)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_file_can_be_rewritten_from_itself(tmp_path):
    path = tmp_path / "calls.jsonl"
    write([CALL, OTHER], path)
    write((Transcript(call.turns, f"{call.id}x") for call in iter_read(path)), path)
    assert [call.id for call in iter_read(path)] == ["c1x", "c2x"]


def test_permissions_of_a_replaced_file_and_links_to_it_stay(tmp_path):
    path, link = tmp_path / "calls.jsonl", tmp_path / "link"
    path.write_text("")
    path.chmod(0o640)
    link.symlink_to(path)
    write(CALL, link)
    assert link.is_symlink() and stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_text().startswith('{"id"')


@pytest.mark.parametrize("place", ["missing/x.jsonl", "folder"])
def test_a_place_that_cannot_be_written_is_our_own_error(tmp_path, place):
    (tmp_path / "folder").mkdir()
    with pytest.raises(WriteError, match=r"cannot be written|is there and no file"):
        write(CALL, tmp_path / place)


def test_something_else_than_calls_is_refused(tmp_path):
    with pytest.raises(WriteError, match=r"calls\[1\] must be a Transcript, got dict"):
        write([CALL, {}], tmp_path / "x")


def test_two_calls_with_one_id_are_refused_in_a_table(tmp_path):
    with pytest.raises(WriteError, match="'c1' is used twice"):
        write([CALL, CALL], tmp_path / "x", "csv")


def test_calls_without_an_id_are_numbered_in_a_table(tmp_path):
    write([Transcript(CALL.turns), Transcript(CALL.turns)], tmp_path / "x", "csv")
    assert [call.id for call in iter_read(tmp_path / "x")] == ["call-1", "call-2"]


@pytest.mark.parametrize(
    ("turns", "problem"),
    [
        ([Turn("agent", "x")], r"turns\[0\] of call 'c' has no start"),
        ([Turn("agent", "x", None, 3), Turn("agent", "y", None, 2)], r"turns\[1\].*in order"),
        ([Turn("agent", "x", None, -1)], r"turns\[0\].*starts at -1"),
    ],
)
def test_captions_need_times_in_order(tmp_path, turns, problem):
    with pytest.raises(WriteError, match=problem):
        write(Transcript(turns, id="c"), tmp_path / "x", "webvtt")


def test_a_caption_without_an_end_lasts_until_the_next(tmp_path):
    turns = [Turn("agent", "x", "A", 3661.5), Turn("customer", "y", None, 3700)]
    write(Transcript(turns), tmp_path / "x", "webvtt")
    assert (tmp_path / "x").read_text() == (
        "WEBVTT\n\nNOTE callclf: one cue is one turn\n"
        "\n01:01:01.500 --> 01:01:40.000\n<v.agent A>x</v>\n"
        "\n01:01:40.000 --> 01:01:41.000\n<v.customer customer>y</v>\n"
    )


def test_a_table_with_tags_says_what_was_found_where(tmp_path, model):
    unscored = Transcript([Turn("customer", "hello")], id="c0")
    calls = [unscored, CALL]
    write(calls, tmp_path / "x", "csv", tags=model.tag(calls))
    with (tmp_path / "x").open(newline="") as file:
        first, second, third = csv.DictReader(file)
    assert first["not_scored"] == "no agent turn" and first["score_rudeness"] == ""
    assert second["flagged"] == third["flagged"] == "escalation_refused"
    assert second["evidence_for"] == "" and second["score_escalation_refused"] == ""
    assert third["evidence_for"] == "escalation_refused"
    assert float(third["score_escalation_refused"]) > 0.5
    assert [call.turns[-1].text for call in iter_read(tmp_path / "x")] == [
        "hello",
        CALL.turns[1].text,
    ]


def test_tags_must_belong_to_the_calls(tmp_path, model):
    tags = model.tag([CALL])
    for calls, given in ([CALL, OTHER], tags), ([CALL], tags * 2), ([Transcript([])], tags):
        with pytest.raises(WriteError, match=r"do not belong together|more tags than calls"):
            write(calls, tmp_path / "x", "csv", tags=given)


@pytest.mark.parametrize("name", ["callclf", "webvtt"])
def test_a_format_without_a_place_for_tags_says_so(tmp_path, model, name):
    with pytest.raises(WriteError, match="no place for tags; write 'csv' or 'vcon'"):
        write(CALL, tmp_path / "x", name, tags=model.tag(CALL))


def test_only_our_own_exceptions_come_of_odd_times(tmp_path):
    for start in (1e300, -1e12, 0.0, 1e-9):
        for name in ("callclf", "csv", "vcon", "webvtt"):
            try:
                write(Transcript([Turn("agent", "x", None, start)]), tmp_path / "x", name)
            except CallclfError as error:
                assert "start" in str(error)


def test_json_lines_are_utf8_and_one_call_a_line(tmp_path):
    write([CALL, Transcript([Turn("agent", "é\n💥")])], tmp_path / "x")
    first, second = (tmp_path / "x").read_bytes().decode("utf-8").splitlines()
    assert json.loads(first) == CALL.to_dict() and "é\\n💥" in second
