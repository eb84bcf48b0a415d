import re
import sys

import pytest
from report_cases import WORD, corpus, eight_calls, evaluation

from callclf.errors import CallclfError, LabelError, ReadError
from callclf.evaluation import behaviour
from callclf.evaluation.report import read_report, write_report


class Capitals:
    """A model that flags all calls with a capital letter, so that lower case breaks it."""

    version = "capitals"

    def predict_proba(self, calls):
        return [[0.1 + 0.8 * self.capital(call)] * 8 for call in calls]

    def predict(self, calls):
        return [[self.capital(call)] * 8 for call in calls]

    def capital(self, call):
        return float(any(turn.text != turn.text.lower() for turn in call.turns))


@pytest.fixture(scope="module")
def data():
    return corpus()


@pytest.fixture(scope="module")
def found(data):
    return evaluation(data)


@pytest.fixture(scope="module")
def tested():
    return behaviour.run(Capitals(), names=["casing_removed"])


@pytest.fixture(scope="module")
def written(tmp_path_factory, data, found, tested):
    both = {"open": found, "closed": found}
    folder = tmp_path_factory.mktemp("report")
    return write_report(both, folder, texts={"open": data}, behaviour=tested, title="<Test>")


def test_words_of_calls_are_in_the_page_only_and_only_where_allowed(written, found, tmp_path):
    assert WORD in written.html.read_text()
    for file in (written.json, written.markdown):
        assert WORD not in file.read_text()
    silent = write_report(found, tmp_path)
    assert WORD not in silent.html.read_text()
    assert "The words of these calls are not part of this report." in silent.html.read_text()


def test_words_of_changed_calls_are_in_no_file(written, tested):
    example = next(item for result in tested for item in result.worst)
    words = max((turn.text for turn in example.changed.turns), key=len)
    for file in (written.html, written.json, written.markdown):
        assert words not in file.read_text()
    kept = read_report(written.json)["behaviour"]["behaviours"]
    assert any(result["worst"] for result in kept)


def test_the_json_holds_the_evaluation_to_six_digits(written, found):
    document = read_report(written.json)
    assert list(document["evaluations"]) == ["open", "closed"]
    there = document["evaluations"]["open"]["units"]["call"]["labels"]["rudeness"]["figures"]
    for name, figure in found.call["rudeness"].figures.items():
        assert there[name]["value"] == pytest.approx(figure.value, rel=1e-5)
        assert there[name]["note"] == figure.note


def test_the_same_input_gives_the_same_bytes(written, data, found, tested, tmp_path):
    both = {"open": found, "closed": found}
    again = write_report(both, tmp_path, texts={"open": data}, behaviour=tested, title="<Test>")
    assert again.html.read_bytes() == written.html.read_bytes()
    assert again.json.read_bytes() == written.json.read_bytes()
    assert again.markdown.read_bytes() == written.markdown.read_bytes()


def test_a_single_evaluation_takes_its_calls_without_a_name(data, found, tmp_path):
    written = write_report(found, tmp_path, texts=data)
    assert list(read_report(written.json)["evaluations"]) == ["test calls"]
    assert WORD in written.html.read_text()


def test_the_markdown_says_the_headline_and_every_label(tmp_path):
    text = write_report(eight_calls(), tmp_path).markdown.read_text()
    assert "**Finds 75 of 100 calls with a failure" in text
    assert re.search(r"\| Rudeness \| 4 of 8 \|", text)


def test_without_matplotlib_the_error_names_the_extra_and_nothing_is_written(
    found, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(CallclfError, match=r"pip install 'callclf\[plot\]'"):
        write_report(found, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_calls_that_were_not_evaluated_are_refused(found, tmp_path):
    with pytest.raises(LabelError, match="not those that were evaluated"):
        write_report(found, tmp_path, texts=corpus(12))


def test_texts_of_an_unknown_evaluation_are_refused(found, data, tmp_path):
    with pytest.raises(LabelError, match="did you mean 'one'"):
        write_report({"one": found}, tmp_path, texts={"onee": data})


def test_texts_without_a_name_for_several_evaluations_are_refused(found, data, tmp_path):
    with pytest.raises(LabelError, match="by name"):
        write_report({"a": found, "b": found}, tmp_path, texts=data)


def test_a_report_on_nothing_is_refused(tmp_path):
    with pytest.raises(LabelError, match="no evaluation"):
        write_report({}, tmp_path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [("{", "not a JSON file"), ('{"schema": 99}', "schema 1, got 99"), ("[]", "got None")],
)
def test_a_file_that_is_no_report_is_refused(tmp_path, content, problem):
    path = tmp_path / "report.json"
    path.write_text(content)
    with pytest.raises(ReadError, match=problem):
        read_report(path)


def test_a_missing_report_is_named(tmp_path):
    with pytest.raises(ReadError, match=r"nowhere\.json: cannot be read"):
        read_report(tmp_path / "nowhere.json")
