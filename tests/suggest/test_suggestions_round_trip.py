"""What reviewers mark comes back as they marked it, in every tool's format."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callclf import CallLabels, Taxonomy, Transcript, Turn
from callclf.suggest import Task, annotation_formats, read_corrections, write_labels, write_tasks
from callclf.training.answers import as_answers, resolved
from callclf.training.config import LabelFile
from callclf.training.label_files import read_label_file

NAMES = ("rudeness", "privacy_breach", "long_hold")
TAXONOMY = Taxonomy.of_names(NAMES)
FORMATS = [format.name for format in annotation_formats()]
TEXT = st.text(max_size=30) | st.sampled_from(
    ["=1+1", "'quoted", "a,b;c\nd", '<script>alert("x")</script>', "🙂 fine", "-12", "\t@x", ""]
)


@st.composite
def calls(draw, id):
    roles = draw(st.lists(st.sampled_from(["agent", "customer", "bot", "system"]), max_size=7))
    # A lone surrogate is no text; every reader has replaced it before.
    texts = [draw(TEXT).encode("utf-8", "replace").decode() for _ in roles]
    turns = [Turn(role, text) for role, text in zip(roles, texts, strict=True)]
    return Transcript([Turn("agent", "hello"), *turns], id=id)


@st.composite
def reviews(draw, call):
    """What a reviewer may say of a call, in every shape that `CallLabels` has."""
    turns = call.scored_turns()
    labels, evidence, borderline = [], {}, {}
    annotated = [name for name in NAMES if draw(st.booleans())]
    for name in annotated:
        marked = draw(st.lists(st.sampled_from(turns), unique=True))
        unsure = draw(st.lists(st.sampled_from(turns), unique=True))
        unsure = sorted(set(unsure) - set(marked))
        if marked or draw(st.booleans()):
            labels.append(name)
        if marked:
            evidence[name] = tuple(sorted(marked))
        if unsure or (name not in labels and draw(st.booleans())):
            borderline[name] = tuple(unsure)
    return CallLabels(tuple(labels), evidence, borderline, tuple(annotated))


@st.composite
def tasks(draw):
    ids = draw(
        st.lists(
            st.sampled_from(["c1", "-7", "=x", "'q", "a b", "ü/1.json"]), unique=True, min_size=1
        )
    )
    found = []
    for id in ids:
        call = draw(calls(id))
        found.append(Task(call, "diverse", None, draw(reviews(call)), "m-1"))
    return found


def as_reviewed(path, format):
    """Do what the tool does when a reviewer agrees with all that is filled in."""
    if format == "label-studio":
        tasks = json.loads(path.read_text())
        for number, task in enumerate(tasks):
            result = task["predictions"][0]["result"]
            task |= {"id": number, "annotations": [{"id": 1, "completed_by": 7, "result": result}]}
        path.write_text(json.dumps(tasks))
    elif format == "prodigy":
        lines = [json.loads(line) for line in path.read_text().split("\n") if line]
        extra = {"answer": "accept", "_session_id": "7", "_view_id": "choice"}
        path.write_text("".join(json.dumps(line | extra) + "\n" for line in lines))
    else:
        import csv
        import io

        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        for row in rows:
            if row["role"] == "(call)":
                row |= {"done": "x", "reviewer": "7"}
            writer.writerow(row)
        path.write_bytes(out.getvalue().encode())


@pytest.mark.parametrize("format", FORMATS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tasks=tasks())
def test_all_that_can_be_marked_comes_back(format, tasks, tmp_path):
    path = tmp_path / "tasks"
    write_tasks(tasks, TAXONOMY, path, format)
    as_reviewed(path, format)
    found = read_corrections(path)
    assert not found.open and not found.stray
    assert [(item.id, item.reviewer, item.labels) for item in found.reviewed] == [
        (task.id, "7", task.labels) for task in tasks
    ]
    # And on into training, through the file of labels.
    write_labels(found.reviewed, tmp_path / "labels.jsonl")
    sheets, _ = read_label_file(LabelFile(path=str(tmp_path / "labels.jsonl")), NAMES)
    for task, sheet in zip([t for t in tasks if t.labels.annotated], sheets, strict=True):
        assert sheet.call == task.id and sheet.reviewer == "7"
        back = resolved(sheet.answers, task.call).labels
        assert as_answers(back, NAMES) == as_answers(task.labels, NAMES)


@pytest.mark.parametrize("format", FORMATS)
def test_what_nobody_has_finished_is_not_taken_for_a_no(format, tmp_path):
    call = Transcript([Turn("customer", "hi"), Turn("agent", "no")], id="c")
    write_tasks([Task(call, "random", 0.1, None, "m")], TAXONOMY, tmp_path / "t", format)
    found = read_corrections(tmp_path / "t")
    assert found.reviewed == () and found.open == ("c",)
