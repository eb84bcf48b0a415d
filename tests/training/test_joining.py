import numpy as np

from callclf import CallLabels, Transcript, Turn
from callclf.errors import ReadError
from callclf.training.answers import Sheet
from callclf.training.joining import join_labels
from callclf.training.label_files import LabelNotes

NAMES = ("rudeness", "inattention")
NOBODY = CallLabels(annotated=())


def call(id):
    return Transcript([Turn("customer", "hi"), Turn("agent", f"hello {id}")], id=id)


def sheet(id, reviewer=None, **answers):
    return Sheet(id, reviewer, {name: {None: answer} for name, answer in answers.items()})


def join(ids, *sheets, own=NOBODY, problems=()):
    calls = [call(id) for id in ids]
    files = {"l.csv": (sheets, LabelNotes(rows=len(sheets)))} if sheets else {}
    return join_labels(calls, [own] * len(calls), files, NAMES, problems=problems)


def test_what_matches_is_joined_and_what_does_not_is_said_both_ways():
    joined = join(["a", "b", "c"], sheet("a", rudeness="yes"), sheet("z", rudeness="no"))
    assert [c.id for c in joined.calls] == ["a"] and joined.positions == (0,)
    report = joined.report
    assert (report.calls, report.labelled) == (3, 1)
    assert report.labels_without_call == ["z"] and report.calls_without_labels == ["b", "c"]
    assert not report.clean
    assert "1 labelled calls that are not among the calls: z" in str(report)
    assert "2 calls without labels: b, c" in str(report)


def test_a_repeated_call_is_used_once_and_said():
    joined = join(["a", "a"], sheet("a", rudeness="yes"))
    assert len(joined.calls) == 1 and joined.report.repeated_calls == ["a"]


def test_a_call_is_found_by_the_name_of_its_file():
    joined = join(["x/a.json", "b.vtt"], sheet("a", rudeness="yes"), sheet("b", rudeness="no"))
    assert len(joined.calls) == 2 and joined.report.matched_by_file_name == 2
    assert joined.report.clean


def test_a_name_that_two_files_share_is_not_guessed():
    joined = join(["x/a.json", "y/a.json"], sheet("a", rudeness="yes"))
    assert joined.calls == () and joined.report.labels_without_call == ["a"]


def test_files_replace_what_the_calls_brought_along_label_by_label():
    own = CallLabels(("rudeness", "inattention"), annotated=NAMES)
    joined = join(["a"], sheet("a", rudeness="no"), own=own)
    np.testing.assert_array_equal(joined.sheets[0][0].call_row(NAMES), [0, 1])


def test_reviewers_stay_apart_and_their_disputes_are_listed():
    joined = join(
        ["a"], sheet("a", "ann", rudeness="yes", inattention="no"), sheet("a", "bob", rudeness="no")
    )
    assert len(joined.sheets[0]) == 2
    assert joined.report.reviewers == 2 and joined.report.disputed == [("a", "rudeness")]


def test_unreadable_calls_and_wrong_turns_are_in_the_report():
    wrong = Sheet("a", None, {"rudeness": {0: "yes", 1: "yes"}})
    report = join(["a"], wrong, problems=[ReadError("no turns", source="b.txt")]).report
    assert "b.txt: no turns" in str(report) and "a: rudeness, turn 0" in str(report)
