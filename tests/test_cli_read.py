"""`callclf read`."""

import argparse
import json

import pytest

from callclf.cli import read


@pytest.fixture
def run(capsys):
    parser = argparse.ArgumentParser()
    read.add_commands(parser.add_subparsers(required=True))

    def run(*arguments):
        parsed = parser.parse_args(["read", *map(str, arguments)])
        status = parsed.run(parsed)
        return status, capsys.readouterr().out

    return run


def test_a_file_is_shown_with_the_reason_and_what_to_do(run, repo):
    status, out = run(repo / "data" / "examples" / "captions.vtt", "--turns", "1")
    assert status == 0
    for words in (
        "captions.vtt: webvtt, 12 turns",
        "not scored:",
        "what to do:",
        "1 call: 0 would",
    ):
        assert words in out


def test_mapping_the_speakers_helps(run, repo):
    file = repo / "data" / "examples" / "captions.vtt"
    _, out = run(file, "--speakers", "customer=Joel Abara")
    assert "would be scored" in out and "what to do" not in out


def test_json_is_one_object_a_call_and_errors_are_in_their_place(run, repo, tmp_path):
    lines = (repo / "data" / "examples" / "calls.jsonl").read_text().splitlines()
    file = tmp_path / "x.jsonl"
    file.write_text("\n".join([lines[0], "{", lines[1]]))
    status, out = run(file, tmp_path / "gone.json", "--output", "json")
    first, second, third, fourth = map(json.loads, out.splitlines())
    assert status == 1
    assert (first["id"], first["format"], len(first["first_turns"])) == ("ex-001", "callclf", 5)
    assert second["line"] == 2 and "JSON" in second["error"]
    assert third["id"] == "ex-002" and "gone.json" in fourth["error"]


def test_only_the_first_calls_are_shown_and_all_are_counted(run, repo):
    _, out = run(repo / "data" / "corpus" / "calls.jsonl", "--calls", "1", "--turns", "0")
    assert out.count("\nwould be scored\n") == 1 and "1,613 calls: " in out
