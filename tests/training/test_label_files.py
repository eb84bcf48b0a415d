import json

import pandas as pd
import pytest

from callclf.errors import ReadError
from callclf.training.config import LabelFile
from callclf.training.label_files import read_label_file

NAMES = ("rudeness", "privacy_breach")


@pytest.fixture
def read(tmp_path):
    def read(text, name="labels.csv", **options):
        path = tmp_path / name
        path.write_text(text)
        sheets, notes = read_label_file(LabelFile(path=str(path), **options), NAMES)
        return {(s.call, s.reviewer): s.answers for s in sheets}, notes

    return read


SCORECARD = """Call ID,Question,Answer
a,Was the agent polite?,no
a,Was data handled with care?,N/A
b,Was the agent polite?,YES
b,Was data handled with care?,no
"""
QUESTIONS = {
    "Was the agent polite?": "not rudeness",
    "Was data handled with care?": "not privacy_breach",
}


def test_a_scorecard_with_questions_turned_round(read):
    sheets, notes = read(SCORECARD, questions=QUESTIONS)
    assert sheets == {
        ("a", None): {"rudeness": {None: "yes"}},
        ("b", None): {"rudeness": {None: "no"}, "privacy_breach": {None: "yes"}},
    }
    assert notes.rows == 4 and not notes.unknown and not notes.not_understood


def test_a_column_a_label_beats_a_column_that_may_be_a_question(read):
    sheets, _ = read("id;category;rudeness;privacy_breach\nx;billing;1;\ny;billing;0;unsure\n")
    assert sheets == {
        ("x", None): {"rudeness": {None: "yes"}},
        ("y", None): {"rudeness": {None: "no"}, "privacy_breach": {None: "unsure"}},
    }


def test_turns_counted_from_one_and_reviewers(read):
    table = "id,turn,label,answer,annotator\nx,2,rudeness,yes,ann\nx,2,rudeness,no,bob\n"
    sheets, _ = read(table, turns_from=1)
    assert sheets == {
        ("x", "ann"): {"rudeness": {1: "yes"}},
        ("x", "bob"): {"rudeness": {1: "no"}},
    }


def test_a_list_of_marks_needs_no_answers(read):
    assert read("call_id,turn,label\nx,3,rudeness\n")[0] == {("x", None): {"rudeness": {3: "yes"}}}


def test_what_is_not_used_is_counted(read):
    table = (
        "id,question,answer\n"
        "x,rudeness,yes\nx,rudeness,yes\n"  # said again
        "y,rudeness,yes\ny,rudeness,no\n"  # contradicts itself
        "z,hold time,yes\nz,rudeness,maybe so\n,rudeness,yes\n"
    )
    sheets, notes = read(table)
    assert sheets[("x", None)] == {"rudeness": {None: "yes"}} and sheets[("y", None)] == {
        "rudeness": {}
    }
    assert notes.repeated == 1 and notes.contradicting == [("y", "rudeness")]
    assert notes.unknown == {"hold time": 1} and notes.not_understood == {"maybe so": 1}
    assert notes.without_call == 1


def test_further_answers_can_be_named(read):
    sheets, notes = read("id,question,answer\nx,rudeness,FAIL\n", yes=("fail",))
    assert sheets == {("x", None): {"rudeness": {None: "yes"}}} and not notes.not_understood


def test_parquet_and_ids_that_became_numbers(tmp_path):
    frame = pd.DataFrame({"id": [12.0, 13.0], "rudeness": [1.0, float("nan")]})
    frame.to_parquet(tmp_path / "l.parquet")
    sheets, _ = read_label_file(LabelFile(path=str(tmp_path / "l.parquet")), NAMES)
    assert [(s.call, s.answers) for s in sheets] == [("12", {"rudeness": {None: "yes"}})]


def test_json_lines_as_suggest_writes_them(read):
    record = {"id": "x", "reviewer": "7", "labels": ["rudeness"], "evidence": {"rudeness": [3]}}
    sheets, _ = read(json.dumps({**record, "annotated": ["rudeness"]}), "labels.jsonl")
    assert sheets == {("x", "7"): {"rudeness": {None: "yes", 3: "yes"}}}


@pytest.mark.parametrize(
    ("text", "options", "problem"),
    [
        ("id,foo\nx,1\n", {}, "neither a column of questions nor .* labels: rudeness"),
        ("who,rudeness\nx,1\n", {}, "no column of call ids among who, rudeness"),
        ("id,rudeness\nx,1\n", {"columns": {"call": "nr"}}, "columns: unknown column 'nr'"),
        ("id,rudeness\nx,1\n", {"columns": {"cal": "id"}}, "did you mean 'call'"),
        ("id,rudeness\nx,1\n", {"questions": {"q": "rude"}}, "questions: unknown label 'rude'"),
        ("id,turn,label\nx,two,rudeness\n", {}, "line 2: expected a turn's number, got 'two'"),
        ("", {}, "empty"),
    ],
)
def test_mistakes_name_the_file_and_what_to_do(read, text, options, problem):
    with pytest.raises(ReadError, match=rf"labels\.csv: .*{problem}"):
        read(text, **options)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ReadError, match=r"gone\.csv: there is no such file"):
        read_label_file(LabelFile(path=str(tmp_path / "gone.csv")), NAMES)
