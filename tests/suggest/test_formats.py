import csv
import json
from xml.etree import ElementTree

import jsonschema
import pytest

from callclf import CallLabels, Taxonomy, Transcript, Turn
from callclf.errors import ReadError, WriteError
from callclf.suggest import Task, read_corrections, write_tasks

TAXONOMY = Taxonomy.of_names(["rudeness", "privacy_breach"])
CALL = Transcript(
    [
        Turn("customer", "=HYPERLINK(1) <b>hi</b>"),
        Turn("agent", "🙂 what?", speaker="A1"),
        Turn("customer", "well"),
        Turn("agent", "go away"),
    ],
    id="c1",
    channel="chat",
)
MARKED = CallLabels(("rudeness",), {"rudeness": (3,)}, {"privacy_breach": (1,)}, TAXONOMY.names)
TASK = Task(CALL, "likely rudeness", None, MARKED, "m-1")

# As the tools' documentation has it: labelstud.io/guide/tasks and /guide/predictions.
LABEL_STUDIO = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["data"],
        "properties": {
            "data": {
                "required": ["dialogue"],
                "properties": {
                    "dialogue": {
                        "type": "array",
                        "items": {
                            "required": ["author", "text"],
                            "properties": {
                                "author": {"type": "string"},
                                "text": {"type": "string"},
                            },
                        },
                    }
                },
            },
            "predictions": {
                "type": "array",
                "items": {
                    "required": ["result"],
                    "properties": {
                        "model_version": {"type": "string"},
                        "result": {"type": "array", "items": {"$ref": "#/$defs/region"}},
                    },
                },
            },
        },
    },
    "$defs": {
        "region": {
            "required": ["id", "from_name", "to_name", "type", "value"],
            "oneOf": [
                {
                    "properties": {
                        "type": {"const": "paragraphlabels"},
                        "value": {
                            "required": [
                                "start",
                                "end",
                                "startOffset",
                                "endOffset",
                                "paragraphlabels",
                            ],
                            "properties": {
                                "start": {"type": "string", "pattern": "^[0-9]+$"},
                                "end": {"type": "string", "pattern": "^[0-9]+$"},
                                "startOffset": {"type": "integer", "minimum": 0},
                                "endOffset": {"type": "integer", "minimum": 0},
                                "paragraphlabels": {"type": "array", "items": {"type": "string"}},
                            },
                        },
                    }
                },
                {
                    "properties": {
                        "type": {"const": "choices"},
                        "value": {
                            "required": ["choices"],
                            "properties": {"choices": {"type": "array", "minItems": 1}},
                        },
                    }
                },
            ],
        }
    },
}
# prodi.gy/docs/api-interfaces#choice
PRODIGY = {
    "required": ["html", "options", "accept"],
    "properties": {
        "html": {"type": "string"},
        "accept": {"type": "array", "items": {"type": "string"}},
        "meta": {"type": "object"},
        "options": {
            "type": "array",
            "items": {
                "required": ["id", "text"],
                "properties": {"id": {"type": "string"}, "text": {"type": "string"}},
            },
        },
    },
}


@pytest.fixture
def written(tmp_path):
    def written(format, task=TASK):
        return write_tasks([task], TAXONOMY, tmp_path / "tasks.x", format)

    return written


def test_label_studio_gets_what_its_documentation_asks_for(written):
    path, setup = written("label-studio")
    tasks = json.loads(path.read_text())
    jsonschema.validate(tasks, LABEL_STUDIO)
    view = ElementTree.fromstring(setup.read_text())
    controls = {tag.get("name"): tag for tag in view if tag.get("name")}
    offered = {
        name: {child.get("value") for child in tag} for name, tag in controls.items() if len(tag)
    }
    shown = controls["dialogue"]
    assert shown.tag == "Paragraphs" and shown.get("value") == "$dialogue"
    for region in tasks[0]["predictions"][0]["result"]:
        assert controls[region["from_name"]].get("toName") == region["to_name"] == "dialogue"
        values = region["value"].get("paragraphlabels") or region["value"]["choices"]
        assert set(values) <= offered[region["from_name"]]
        if region["type"] == "paragraphlabels":
            turn = CALL.turns[int(region["value"]["start"])]
            assert region["value"]["text"] == turn.text
            # Offsets are JavaScript's: an emoji counts twice.
            assert region["value"]["endOffset"] == len(turn.text.encode("utf-16-le")) // 2


def test_label_studios_own_parser_agrees(written):
    interface = pytest.importorskip(
        "label_studio_sdk.label_interface", reason="needs label-studio-sdk, which is large"
    )
    path, setup = written("label-studio")
    parsed = interface.LabelInterface(setup.read_text())
    (task,) = json.loads(path.read_text())
    parsed.validate()
    assert parsed.validate_task({"data": task["data"]})
    assert parsed.validate_prediction(task["predictions"][0], return_errors=True) == []
    assert parsed.validate_annotation(task["predictions"][0])


def test_prodigy_gets_what_its_documentation_asks_for(written):
    (path,) = written("prodigy")
    records = [json.loads(line) for line in path.read_text().splitlines()]
    for record in records:
        jsonschema.validate(record, PRODIGY)
        assert set(record["accept"]) <= {option["id"] for option in record["options"]}
        assert "<b>" not in record["html"]
    assert [record["callclf"]["turn"] for record in records] == [1, 3, None]
    assert records[1]["accept"] == ["rudeness"]


def test_a_spreadsheet_gets_no_formula_from_a_customer(written):
    (path,) = written("csv")
    rows = list(csv.DictReader(path.read_text().splitlines(keepends=True)))
    assert rows[1]["text"].startswith("'=HYPERLINK")
    assert [row["rudeness"] for row in rows] == ["", "", "", "", "yes"]


def test_random_calls_come_without_what_the_model_says(written):
    path, _ = written("label-studio", Task(CALL, "random", 0.25, None, "m-1"))
    (task,) = json.loads(path.read_text())
    assert "predictions" not in task
    assert task["data"]["suggested"] == {"why": "random", "model": "m-1", "chance": 0.25}


def test_a_span_over_several_turns_marks_the_agents_turns_among_them(written, tmp_path):
    path, _ = written("label-studio")
    (task,) = json.loads(path.read_text())
    region = task["predictions"][0]["result"][0]
    region["value"] |= {"start": 0, "end": 3}
    task["annotations"] = [
        {"result": [region], "completed_by": {"id": 5, "email": "x"}, "was_cancelled": False},
        {"result": [], "completed_by": 6, "was_cancelled": True},
        {"result": [], "completed_by": 8},
    ]
    path.write_text(json.dumps([task]))
    found = read_corrections(path)
    assert [item.reviewer for item in found.reviewed] == ["5", "8"]
    assert found.reviewed[0].labels.evidence == {"rudeness": (1, 3)}
    assert found.stray == (("c1", 0), ("c1", 2))
    assert found.reviewed[1].labels == CallLabels(annotated=TAXONOMY.names)


def test_a_turn_that_prodigys_reviewer_skipped_is_a_gap(written):
    (path,) = written("prodigy")
    records = [json.loads(line) for line in path.read_text().splitlines()]
    answers = {1: "accept", 3: "ignore"}
    kept = [r | {"answer": answers[r["callclf"]["turn"]]} for r in records[:2]]
    path.write_text("".join(json.dumps(r) + "\n" for r in kept))
    (item,) = read_corrections(path).reviewed
    assert item.labels.labels == ()
    assert item.labels.borderline == {"rudeness": (3,), "privacy_breach": (1, 3)}


def test_a_spreadsheet_saved_with_semicolons_is_read(written):
    (path,) = written("csv")
    rows = list(csv.reader(path.read_text().splitlines(keepends=True)))
    rows[1][2] = "X"
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows([*rows, [""] * 8])
    (item,) = read_corrections(path).reviewed
    assert item.labels.evidence == {"rudeness": (3,)}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[{"rudeness": "x", "dialogue": [], "data": 1}]', "task 1: .*JSON-MIN"),
        ('{"data": {"dialogue": ', "not JSON"),
        ('{"callclf": 1, "options": []}', "line 1: not a task"),
        (
            "id,turn,done,reviewer,role,text,rudeness\nc,,x,,(call),,often\n",
            "line 2: 'often' under",
        ),
        ("hello", "no file of tasks"),
    ],
)
def test_files_that_are_something_else_are_answered(tmp_path, text, problem):
    (tmp_path / "f").write_text(text)
    with pytest.raises(ReadError, match=problem):
        read_corrections(tmp_path / "f")


def test_marks_that_were_not_on_offer_are_refused(written):
    path, _ = written("label-studio")
    (task,) = json.loads(path.read_text())
    result = task["predictions"][0]["result"]
    task["annotations"] = [{"result": [result[0] | {"from_name": "other"}]}]
    path.write_text(json.dumps([task]))
    with pytest.raises(ReadError, match=r"task 1: a mark of 'other'.*it has turns"):
        read_corrections(path)


def test_an_unknown_format_is_answered(tmp_path):
    with pytest.raises(WriteError, match="did you mean 'prodigy'"):
        write_tasks([TASK], TAXONOMY, tmp_path / "t", "prodgy")
