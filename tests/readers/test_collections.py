"""Folders that are one corpus, and rows that hold whole calls."""

import json
import shutil

import datasets
import pandas as pd
import pytest

from callclf.errors import ReadError
from callclf.readers import iter_read, read

MESSAGES = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}]


def said(call):
    return [(turn.role.value, turn.text) for turn in call.turns]


@pytest.fixture
def corpus(examples, tmp_path):
    return shutil.copytree(examples / "formats" / "convokit", tmp_path / "corpus")


def lines(folder):
    return [json.loads(x) for x in (folder / "utterances.jsonl").read_text("utf-8").splitlines()]


def write(folder, records):
    text = "".join(json.dumps(record) + "\n" for record in records)
    (folder / "utterances.jsonl").write_text(text, "utf-8")


def test_a_corpus_is_read_as_one_also_within_a_folder(corpus):
    direct = list(iter_read(corpus))
    assert [call.id for call in direct] == ["u1", "v1"]
    assert list(iter_read(str(corpus), "convokit")) == direct
    (corpus.parent / "call.txt").write_text("Agent: Hello.\nCustomer: Hi.\n")
    results = list(iter_read(corpus.parent, on_error="yield"))
    assert [call.id for call in results] == ["call.txt", "u1", "v1"]


def test_order_is_that_of_the_replies_without_times(corpus):
    records = lines(corpus)
    for record in records:
        record["timestamp"] = None
    write(corpus, [*records[::-1]])
    calls = {call.id: call for call in iter_read(corpus)}
    assert [turn.text[:4] for turn in calls["u1"].turns] == ["My p", "I'm ", "The ", "Then", "Than"]
    assert [turn.source_index for turn in calls["v1"].turns] == [4, 3, 1]


def test_replies_in_a_circle_and_to_nobody(corpus):
    records = [
        {"id": "a", "conversation_id": "a", "speaker": "agent", "text": "1", "reply_to": "b"},
        {"id": "b", "conversation_id": "a", "speaker": "agent", "text": "2", "reply_to": "a"},
        {"id": "c", "conversation_id": "a", "speaker": "user", "text": "3", "reply_to": "gone"},
        {"id": "d", "conversation_id": "a", "speaker": "user", "text": "4", "reply_to": "d"},
    ]
    write(corpus, records)
    assert [turn.text for turn in read(corpus).turns] == ["3", "4", "1", "2"]


def test_roles_of_utterances_speakers_and_ids(corpus):
    records = [
        {"id": "a", "root": "a", "user": "p1", "text": "1", "meta": {"speaker_role": "bot"}},
        {"id": "b", "root": "a", "user": "p1", "text": "2", "reply-to": "a"},
        {"id": "c", "root": "a", "user": "customer", "text": "3", "reply-to": "b"},
        {"id": "d", "root": "a", "user": "p2", "text": "4", "reply-to": "c"},
    ]
    write(corpus, records)
    (corpus / "speakers.json").unlink()
    (corpus / "users.json").write_text(json.dumps({"p1": {"type": "agent"}}))
    call = read(corpus)
    assert [turn.role.value for turn in call.turns] == ["bot", "agent", "customer", "unknown"]
    assert "'p2'" in call.meta["warnings"][0]


def test_a_damaged_corpus_says_where(corpus):
    records = lines(corpus)
    write(corpus, [records[0] | {"text": 7}, records[3]])
    problem, call = iter_read(corpus, on_error="yield")
    assert "utterances.jsonl, line 1, text: expected a string" in str(problem)
    assert call.id == "v1"
    (corpus / "speakers.json").write_text("[]")
    with pytest.raises(ReadError, match=r"speakers\.json: expected an object"):
        list(iter_read(corpus))
    write(corpus, [records[0]])
    with (corpus / "utterances.jsonl").open("a") as file:
        file.write("{broken\n")
    (corpus / "speakers.json").unlink()
    with pytest.raises(ReadError, match=r"utterances\.jsonl, line 2"):
        list(iter_read(corpus))


def test_links_out_of_the_folder_are_not_followed(corpus, tmp_path):
    outside = tmp_path / "speakers.json"
    shutil.move(corpus / "speakers.json", outside)
    (corpus / "speakers.json").symlink_to(outside)
    # "desk" is an agent only by that file.
    first = next(iter(iter_read(corpus)))
    assert [turn.role.value for turn in first.turns if turn.speaker == "desk"] == ["unknown"] * 2


def test_a_folder_format_wants_a_folder(tmp_path):
    for source in ("Agent: Hello.\n", {"a": 1}, b"x", tmp_path):
        with pytest.raises(ReadError, match=r"reads a folder|expected a file utterances"):
            list(iter_read(source, "convokit"))


def test_rows_of_a_dataset_are_turns_or_calls():
    flat = datasets.Dataset.from_dict(
        {"call_id": ["a", "a", "b"], "speaker": ["agent", "user", "agent"], "text": ["1", "2", "3"]}
    )
    assert [said(c) for c in iter_read(flat)] == [
        [("agent", "1"), ("customer", "2")],
        [("agent", "3")],
    ]
    nested = datasets.Dataset.from_list([{"id": "x", "messages": MESSAGES}])
    for source in (nested, nested.to_iterable_dataset()):
        call = read(source)
        assert (call.id, said(call)) == ("x", [("customer", "Hi."), ("agent", "Hello.")])
    with pytest.raises(ReadError, match=r"several splits, 'train', 'test'; pass one"):
        read(datasets.DatasetDict({"train": flat, "test": flat}))


def test_rows_of_text_are_calls_if_the_format_says_so():
    rows = datasets.Dataset.from_dict({"id": ["q"], "transcript": ["Agent: a\nCustomer: b"]})
    assert said(read(rows, "single_text")) == [("agent", "a"), ("customer", "b")]


def test_rows_of_a_frame_and_of_parquet_hold_calls(tmp_path):
    frame = pd.DataFrame({"id": ["x", "y"], "messages": [MESSAGES, MESSAGES]})
    path = tmp_path / "calls.parquet"
    frame.to_parquet(path)
    for source in (frame, path, pd.read_parquet(path)):
        calls = list(iter_read(source))
        assert [(c.id, len(c), c.meta["format"]) for c in calls] == [
            ("x", 2, "chat_messages"),
            ("y", 2, "chat_messages"),
        ]
