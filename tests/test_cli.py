import csv
import io
import json
import subprocess
import sys

import pytest

from callclf.cli import main
from callclf.pretrained import DEFAULT

TAG = ("tag", "--model", "fast")


@pytest.fixture
def run(capsys):
    def run(*arguments):
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def record(id, *turns, **extra):
    turns = turns or (
        ("customer", "I want a supervisor"),
        ("agent", "There is no supervisor, they would tell you the same."),
    )
    return {"id": id, "turns": [{"role": r, "text": t} for r, t in turns], **extra}


@pytest.fixture
def write(tmp_path):
    def write(*lines, name="in.jsonl"):
        file = tmp_path / name
        file.write_text("\n".join(x if isinstance(x, str) else json.dumps(x) for x in lines))
        return file

    return write


def test_the_machine_contract(run, write):
    file = write(
        record("a", queue="billing", labels=["rudeness"]),
        record("b", ("unknown", "hello there")),
        record(
            "c",
            ("customer", "hello"),
            ("system", "x"),
            ("agent", ""),
            ("agent", "hello, how can I help you?"),
        ),
    )
    status, out, _ = run(*TAG, "--output", "jsonl", "--all-scores", file)
    first, second, third = map(json.loads, out.splitlines())
    assert status == 0
    assert list(first)[:6] == ["id", "labels", "scores", "not_scored", "turns", "evidence"]
    assert first["labels"] == ["escalation_refused"] and first["evidence"] == {
        "escalation_refused": [1]
    }
    assert (
        len(first["scores"]) == 8
        and first["not_scored"] is None
        and first["meta"] == {"queue": "billing"}
    )
    assert second["id"] == "b" and second["not_scored"].startswith("no agent turn")
    assert [turn["turn"] for turn in third["turns"]] == [2, 3]


def test_one_bad_line_of_a_thousand_costs_only_that_line(run, write):
    lines = [json.dumps(record(f"c{i}")) for i in range(1000)]
    lines[416] = lines[416][:40]
    status, out, _ = run(*TAG, "--output", "jsonl", write(*lines))
    results = [json.loads(line) for line in out.splitlines()]
    assert status == 1 and len(results) == 1000
    assert results[416]["line"] == 417 and "JSON" in results[416]["error"]
    assert [r["id"] for r in results if "id" in r] == [f"c{i}" for i in range(1000) if i != 416]


def test_without_all_scores_only_flags_are_printed(run, write):
    _, out, _ = run(*TAG, "--output", "jsonl", write(record("a")))
    result = json.loads(out)
    assert list(result["scores"]) == ["escalation_refused"] and "turns" not in result


def test_csv_has_one_row_a_call(run, write):
    status, out, _ = run(
        *TAG, "--output", "csv", write(record("a"), "{", record("b", ("customer", "x")))
    )
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 1
    assert [row["labels"] for row in rows] == ["escalation_refused", "", ""]
    assert "line 2" in rows[1]["error"] and rows[2]["not_scored"] == "no agent turn"
    assert float(rows[0]["escalation_refused"]) > 0.5


def test_the_table_shows_flags_evidence_and_a_count(run, write):
    status, out, _ = run(*TAG, write(record("a"), "{", record("b", ("customer", "x"))))
    assert status == 1
    for words in (
        "Escalation refused",
        "supervisor",
        "not scored",
        "unreadable",
        "3 calls: 1 flagged",
    ):
        assert words in out


def test_several_processes_print_the_same(run, repo):
    file = repo / "data" / "examples" / "calls.jsonl"
    assert run(*TAG, "--output", "jsonl", "--jobs", "2", file) == run(
        *TAG, "--output", "jsonl", file
    )


def test_speakers_columns_and_format_reach_the_reader(run, write):
    file = write(
        "conv;who;said",
        "1;spk_1;I want a supervisor",
        "1;spk_0;There is no supervisor, they would tell you the same.",
        name="t.csv",
    )
    options = ["--columns", "id=conv", "--columns", "text=said", "--columns", "speaker=who"]
    _, out, _ = run(*TAG, "--output", "jsonl", *options, file)
    assert "no agent turn" in json.loads(out)["not_scored"]
    _, out, _ = run(
        *TAG,
        "--output",
        "jsonl",
        *options,
        "--speakers",
        "agent=spk_0",
        "--speakers",
        "customer=spk_1",
        "--format",
        "table",
        file,
    )
    assert json.loads(out)["labels"] == ["escalation_refused"]


def test_a_policy_changes_the_flags(run, repo):
    file = repo / "data" / "examples" / "calls.jsonl"
    flags = {}
    for policy in ("precision=0.99", "recall=0.99"):
        _, out, _ = run(*TAG, "--output", "jsonl", "--policy", policy, file)
        flags[policy] = sum(len(json.loads(line)["labels"]) for line in out.splitlines())
    assert flags["precision=0.99"] < flags["recall=0.99"]


def test_standard_input_is_read(repo):
    file = repo / "data" / "examples" / "calls.jsonl"
    command = [sys.executable, "-m", "callclf.cli", "tag", "--output", "jsonl", "-"]
    done = subprocess.run(command, input=file.read_bytes(), capture_output=True, check=True)
    assert len(done.stdout.splitlines()) == len(file.read_text().splitlines())
    assert done.stderr == b""


def test_a_missing_file_costs_only_itself(run, write, tmp_path):
    status, out, _ = run(*TAG, "--output", "jsonl", tmp_path / "gone.json", write(record("a")))
    first, second = map(json.loads, out.splitlines())
    assert status == 1 and "gone.json" in first["error"] and second["id"] == "a"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["tag", "x", "--model", "fest"], "did you mean 'fast'"),
        (["train", "--out", "x"], "configuration file or --recipe"),
        (["train", "--recipe", "fat", "--out", "x"], "did you mean 'fast'"),
        (["train", "gone.toml", "--out", "x"], "gone.toml"),
        (["train", "--recipe", "fast"], "--out FOLDER"),
        (["train", "--from", "gone", "--out", "x"], "unknown model 'gone'"),
    ],
)
def test_mistakes_are_answered_on_stderr_with_status_2(
    run, arguments, problem, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*arguments)
    assert status == 2 and out == "" and problem in err and "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_pair_is_a_usage_error(run, capsys):
    with pytest.raises(SystemExit) as stop:
        run(*TAG, "x", "--speakers", "agent")
    assert stop.value.code == 2 and "NAME=VALUE" in capsys.readouterr().err


def test_labels_models_and_formats_are_listed(run):
    assert "escalation_refused" in run("labels")[1]
    assert f"{DEFAULT} (default): {DEFAULT}-" in run("models")[1]
    assert "webvtt" in run("formats")[1]


def test_convert_writes_what_read_reads(run, repo, tmp_path):
    out = tmp_path / "calls.jsonl"
    source = repo / "data" / "examples" / "contact-lens-voice.json"
    assert run("convert", source, out)[0] == 0
    _, native, _ = run(*TAG, "--output", "jsonl", "--all-scores", out)
    _, original, _ = run(*TAG, "--output", "jsonl", "--all-scores", source)
    assert json.loads(native) == json.loads(original)
    assert run("convert", source, tmp_path / "calls.csv")[0] == 0
    assert (tmp_path / "calls.csv").read_text().startswith("id,channel,turn,role")


def test_a_model_trained_from_a_file_tags(run, repo, tmp_path, write):
    lines = (repo / "data" / "corpus" / "calls.jsonl").read_text().splitlines()[:60]
    write(*lines, name="calls.jsonl")
    config = tmp_path / "mine.toml"
    config.write_text(f"""
name = "mine"
[head]
bits = 12
[[sources]]
path = "{tmp_path}/calls.jsonl"
[[sources]]
path = "{tmp_path}/absent.jsonl"
optional = true
""")
    status, out, _ = run("train", config, "--check")
    assert status == 0 and "60 of 60 calls have labels" in out and not (tmp_path / "model").exists()
    status, out, _ = run("train", config, "--out", tmp_path / "model")
    assert status == 0 and out.startswith("mine-")
    assert (
        run("train", "--from", tmp_path / "model", "--out", tmp_path / "again")[1].split()[0]
        == out.split()[0]
    )
    status, out, _ = run(
        "tag", "--model", tmp_path / "model", "--output", "jsonl", write(record("a"))
    )
    assert status == 0 and json.loads(out)["id"] == "a"
