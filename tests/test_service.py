"""`examples/service.py`, started for real and asked over HTTP."""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import callclf

pytest.importorskip("fastapi", reason="needs the extra [service]")
pytest.importorskip("uvicorn", reason="needs the extra [service]")

START_SECONDS = 60
ANSWER_SECONDS = 60

CALL = {
    "id": "c1",
    "turns": [
        {"role": "customer", "text": "Put me through to a supervisor."},
        {"role": "agent", "text": "There is no supervisor, they would tell you the same."},
    ],
    "queue": "billing",
}


@pytest.fixture(scope="module")
def port(repo):
    with tempfile.TemporaryFile() as log:
        command = [sys.executable, "-m", "uvicorn", "service:app", "--app-dir", "examples"]
        command += ["--host", "127.0.0.1", "--port", "0"]  # any port that is free
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=repo)
        try:
            yield started(server, log)
            assert server.poll() is None, "the service has ended"
        finally:
            server.kill()
            server.wait(ANSWER_SECONDS)
        assert "Traceback" not in written(log)


def written(log):
    return os.pread(log.fileno(), 1 << 20, 0).decode()


def started(server, log):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        if found := re.search(r"running on http://127\.0\.0\.1:(\d+)", written(log)):
            return int(found[1])
        time.sleep(0.05)
    raise RuntimeError(written(log))


@pytest.fixture
def ask(port):
    def asked(path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET" if body is None else "POST", path, body)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    return asked


@pytest.fixture(scope="module")
def model():
    return callclf.load("fast")


def test_health_says_which_model_answers(ask, model):
    status, health = ask("/health")
    assert status == 200
    assert health == {
        "version": model.version,
        "labels": model.classes_,
        "policy": {"false_alarms": 0.25},
    }


def test_a_call_gets_the_record_of_the_command_line(ask, model):
    status, record = ask("/tag", json.dumps(CALL))
    assert status == 200
    assert record == model.tag(callclf.read(CALL)).to_record()
    assert record["labels"] == ["escalation_refused"]
    assert record["evidence"] == {"escalation_refused": [1]}
    assert record["meta"] == {"queue": "billing"}


def test_formats_of_other_systems_are_recognised(ask, model, repo):
    file = repo / "data" / "examples" / "contact-lens-voice.json"
    status, record = ask("/tag", file.read_bytes())
    assert status == 200
    assert record["labels"] == ["lack_of_ownership", "escalation_refused"]


def test_a_batch_answers_in_order_and_a_bad_record_costs_only_itself(ask):
    lines = [json.dumps(CALL), "{broken", json.dumps({"turns": 5}), json.dumps({**CALL, "id": "z"})]
    status, records = ask("/tag/batch", "\n".join(lines))
    assert status == 200
    assert [record.get("id") for record in records] == ["c1", None, None, "z"]
    assert [record.get("line") for record in records] == [None, 2, 3, None]
    assert "not valid JSON" in records[1]["error"]
    assert "turns" in records[2]["error"]


def test_a_batch_may_be_a_list(ask):
    turns = [{**CALL["turns"][0], "role": "nobody"}]
    status, records = ask("/tag/batch", json.dumps([CALL, {"id": "z", "turns": turns}]))
    assert status == 200
    assert records[0]["labels"] == ["escalation_refused"]
    assert "'nobody' is no role" in records[1]["error"]


@pytest.mark.parametrize("path", ["/tag", "/tag/batch"])
@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "expected JSON"),
        (b"Good morning", "expected JSON"),
        (b"PAR1\x00\x00", "expected JSON"),
        (b"\x00\xff\xfe", "expected JSON"),
        (json.dumps(CALL).encode()[:60], "line 1.*not valid JSON"),
        (json.dumps(CALL).encode("utf-16"), "expected JSON in UTF-8"),
        (b'{"turns": [{"role": "agent", "text": "caf\xe9"}]}', "byte 0xe9 is not utf-8"),
        (b'{"speech": "yes"}', "no known format"),
        (b'["/etc/hostname"]', "no known format"),
        (b'{"a":' * 5000, "nested"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(ask, path, body, problem):
    status, answer = ask(path, body)
    assert status == 422
    assert re.search(problem, answer["detail"])


def test_one_call_is_expected_where_one_is_asked_about(ask):
    status, answer = ask("/tag", f"{json.dumps(CALL)}\n{json.dumps({**CALL, 'id': 'z'})}")
    assert status == 422
    assert "expected one call, found 2" in answer["detail"]


def test_ten_megabytes_are_too_much(ask):
    call = {"turns": [{"role": "agent", "text": "word " * 200} for _ in range(10_000)]}
    status, answer = ask("/tag", json.dumps(call))
    assert status == 413
    assert "more than 8,000,000 bytes" in answer["detail"]


def test_a_call_without_an_agent_is_not_scored(ask):
    status, record = ask("/tag", json.dumps({"id": "c2", "turns": CALL["turns"][:1]}))
    assert status == 200
    assert record["not_scored"] == "no agent turn"
    assert record["labels"] == [] and record["scores"] == {}


def test_odd_but_readable_text_comes_back_as_it_was(ask):
    odd = {"id": "\ud800", "meta": {"note": "\udfff\x00<script>"}, "turns": CALL["turns"]}
    status, record = ask("/tag", json.dumps(odd))
    assert status == 200
    assert (record["id"], record["meta"]) == (callclf.read(odd).id, callclf.read(odd).meta)


def test_html_in_a_call_is_scored_as_text_and_comes_back_as_json(port, model):
    html = "<script>alert(1)</script>"
    turns = [{**turn, "text": f"{turn['text']} {html}"} for turn in CALL["turns"]]
    for call, status in [({"id": html, "turns": turns}, 200), ({"id": html, "turns": html}, 422)]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        connection.request("POST", "/tag", json.dumps(call))
        response = connection.getresponse()
        assert response.status == status
        assert response.headers["content-type"] == "application/json"
        answer = json.loads(response.read())
        connection.close()
        if status == 200:
            assert answer == model.tag(callclf.read(call)).to_record()
            assert answer["id"] == html and answer["labels"] == ["escalation_refused"]


def test_eight_at_a_time_get_the_answers_of_the_model_alone(ask, model, repo):
    calls = callclf.Corpus.load(repo / "data" / "corpus" / "calls.jsonl").calls[:200]
    alone = [tags.to_record() for tags in model.tag(calls)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda call: ask("/tag", json.dumps(call.to_dict())), calls))
    assert [status for status, _ in answers] == [200] * len(calls)
    assert [record for _, record in answers] == alone


def test_the_example_is_short(repo):
    assert len((repo / "examples" / "service.py").read_text().splitlines()) < 60
