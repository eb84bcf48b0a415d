import json

import pytest

from callclf import Corpus, Taxonomy
from callclf.errors import ReadError
from callclf.training import Source
from callclf.training.sources import read_source


def read(**options):
    return read_source(Source(**options))


def test_our_own_json_lines_bring_their_labels(corpus, tmp_path):
    corpus.save(tmp_path / "a.jsonl")
    (tmp_path / "README.md").write_text("Agent: not a call\nCustomer: no\n")
    for path in (tmp_path, tmp_path / "a.jsonl"):
        assert read(path=str(path)).corpus == Corpus.load(tmp_path / "a.jsonl")


def test_a_folder_of_any_format_is_read_and_names_its_calls(tmp_path):
    (tmp_path / "one.txt").write_text("Agent: Hello there.\nCustomer: Hi.\nAgent: Right.\n")
    (tmp_path / "two.vtt").write_text(
        "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Agent>Good day.\n\n"
        "00:01.000 --> 00:02.000\n<v Customer>Hello.\n"
    )
    (tmp_path / "three.json").write_text("{}")
    found = read(path=str(tmp_path))
    assert [call.id for call in found.corpus.calls] == ["one.txt", "two.vtt"]
    assert len(found.problems) == 1 and "three.json" in str(found.problems[0])
    assert all(labels.annotated == () for labels in found.corpus.labels)


def test_tables_are_read_with_the_columns_that_are_named(tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text("conv,who,said\nx,A1,Hello there\nx,C1,Hi\ny,A1,Bye now\n")
    found = read(
        path=str(path),
        columns={"id": "conv", "speaker": "who", "text": "said"},
        speakers={"A1": "agent", "C1": "customer"},
    )
    assert [call.id for call in found.corpus.calls] == ["x", "y"]
    assert found.corpus.calls[0].turns[0].role == "agent"


def test_parquet_with_turns_and_labels(corpus, tmp_path):
    part = corpus[:9]
    part.to_dataset().to_parquet(tmp_path / "c.parquet")
    found = read(path=str(tmp_path / "c.parquet")).corpus
    names = Taxonomy.default().names
    assert found.calls == part.calls
    assert [labels.call_row(names).tolist() for labels in found.labels] == [
        labels.call_row(names).tolist() for labels in part.labels
    ]


def test_a_data_set_is_loaded_from_disk_without_the_network(repo, tmp_path, monkeypatch):
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path))
    (tmp_path / "d").mkdir()
    lines = (repo / "data/corpus/everyday.jsonl").read_text().splitlines()[:12]
    (tmp_path / "d" / "train.jsonl").write_text("\n".join(lines))
    found = read(dataset=str(tmp_path / "d"))
    assert found.corpus == Corpus.load(tmp_path / "d")


def test_a_data_set_that_is_nowhere_is_not_looked_for_elsewhere(monkeypatch):
    import socket

    def refuse(*_, **__):
        raise AssertionError("reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(ReadError, match="nothing is downloaded"):
        read(dataset="nobody/has-this")
    assert read(dataset="nobody/has-this", optional=True) is None


def test_an_absent_source_is_an_error_unless_it_may_be(tmp_path):
    with pytest.raises(ReadError, match=r"gone: there is no such file"):
        read(path=str(tmp_path / "gone"))
    assert read(path=str(tmp_path / "gone"), optional=True) is None
    with pytest.raises(ReadError, match="the folder holds no files"):
        read(path=str(tmp_path))


def test_a_bad_line_of_a_labelled_file_is_named(tmp_path):
    good = {"turns": [{"role": "agent", "text": "a"}], "labels": []}
    (tmp_path / "a.jsonl").write_text(json.dumps(good) + "\n{\n")
    with pytest.raises(ReadError, match="line 2: not JSON"):
        read(path=str(tmp_path / "a.jsonl"))
