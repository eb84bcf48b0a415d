"""vCons as the draft has them."""

import json
import re
import uuid

import pytest

import callclf
from callclf import Transcript, Turn
from callclf.writers import write

CALL = Transcript(
    [
        Turn("system", "This call may be recorded."),
        Turn("bot", "How can I help?", "Billy", 2.0, 3.5),
        Turn("customer", "I want a supervisor", None, 4.0, 6.0),
        Turn("agent", "There is no supervisor, they would tell you the same.", "Ann", 6.5, 9.0),
        Turn("unknown", "Hm.", "spk_3", 9.5),
    ],
    id="c1",
    channel="voice",
    meta={"subject": "Refund", "created_at": "2026-03-09T10:00:00Z"},
)


@pytest.fixture
def written(tmp_path):
    def written(call, **options):
        write(call, tmp_path / "call.vcon", "vcon", **options)
        return json.loads((tmp_path / "call.vcon").read_text())

    return written


def test_the_container_is_what_the_draft_asks_for(written):
    vcon = written(CALL)
    assert vcon["vcon"] == "0.4.0" and vcon["extensions"] == ["CC"]
    assert uuid.UUID(vcon["uuid"]).version == 8
    assert uuid.UUID(vcon["uuid"]).variant == uuid.RFC_4122
    assert vcon["created_at"] == "2026-03-09T10:00:00+00:00" and vcon["subject"] == "Refund"
    assert vcon["parties"] == [
        {"name": "system", "role": "system"},
        {"name": "Billy", "type": "bot"},
        {"name": "customer", "role": "customer"},
        {"name": "Ann", "role": "agent"},
        {"name": "spk_3"},
    ]
    assert vcon["dialog"][1] == {
        "type": "text",
        "start": "2026-03-09T10:00:02.000+00:00",
        "parties": 1,
        "mediatype": "text/plain",
        "encoding": "none",
        "body": "How can I help?",
        "duration": 1.5,
        "application": "voice",
        "interaction_id": "c1",
    }
    # A turn without a time has that of the turn before it, or of the first that has one.
    assert [dialog["start"][17:23] for dialog in vcon["dialog"]] == [
        "02.000",
        "02.000",
        "04.000",
        "06.500",
        "09.500",
    ]


def test_names_that_later_drafts_dropped_are_not_used(written):
    text = json.dumps(written(CALL))
    for word in ("mimetype", "must_support", "appended", "alg", "signature", "transfer-target"):
        assert f'"{word}"' not in text


def test_a_call_without_a_date_stands_at_a_placeholder(written):
    vcon = written(Transcript([Turn("agent", "x", None, 1.5), Turn("customer", "y", None, 2.0)]))
    assert [d["start"] for d in vcon["dialog"]] == [
        "1970-01-01T00:00:01.500+00:00",
        "1970-01-01T00:00:02.000+00:00",
    ]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", vcon["created_at"])
    assert "interaction_id" not in vcon["dialog"][0]


def test_an_id_that_is_a_uuid_stays_the_id(written):
    id = "6513270e-269e-4d37-b2a7-4de452e6b438"
    assert written(Transcript(CALL.turns, id=id))["uuid"] == id


def test_tags_are_an_analysis_that_names_the_model(written):
    model = callclf.load("fast")
    tags = model.tag(CALL)
    [analysis] = written(CALL, tags=tags)["analysis"]
    body = analysis.pop("body")
    assert analysis == {
        "type": "report",
        "dialog": [0, 1, 2, 3, 4],
        "mediatype": "application/json",
        "vendor": "callclf",
        "product": model.version,
        "schema": "callclf-tags-1",
        "encoding": "json",
    }
    assert body == json.loads(json.dumps(tags.to_dict())) and body["labels"] == [
        "escalation_refused"
    ]


def test_a_call_that_was_not_scored_says_why(written):
    call = Transcript(CALL.turns[:1])
    [analysis] = written(call, tags=callclf.load("fast").tag(call))["analysis"]
    assert analysis["body"]["not_scored"] == "no agent turn"


def test_reading_a_vcon_with_tags_gives_the_call(written, tmp_path):
    written(CALL, tags=callclf.load("fast").tag(CALL))
    again = callclf.read(tmp_path / "call.vcon")
    assert [(t.role, t.text) for t in again.turns] == [(t.role, t.text) for t in CALL.turns]
