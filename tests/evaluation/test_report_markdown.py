import pytest
from report_cases import corpus, eight_calls, evaluation

import callclf
from callclf.errors import LabelError, ReadError
from callclf.evaluation.report import (
    FIGURES,
    check_markdown,
    read_report,
    update_markdown,
    write_report,
)
from callclf.evaluation.report.markdown import render

DOCUMENT = """# Title

<!-- figures:average_precision -->
<!-- /figures -->

Words between.

<!-- figures:headline/eight calls -->
stale
<!-- /figures -->
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    found = {"eight calls": eight_calls(), "a|b <c>": evaluation(corpus())}
    return write_report(found, tmp_path_factory.mktemp("report")).json


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(DOCUMENT)
    return path


def test_figures_are_written_between_the_markers_and_nothing_else_changes(document, report):
    assert update_markdown(document, report) == ["average_precision", "headline/eight calls"]
    text = document.read_text()
    assert "stale" not in text
    assert "**Finds 75 of 100 calls with a failure" in text
    # by hand: (1/1 + 2/2 + 3/3 + 4/5) / 4
    assert "| Rudeness | 0.95 (no interval: rests on 4 calls) |" in text
    assert text.startswith("# Title\n\n<!-- figures:average_precision -->\n")
    assert "<!-- /figures -->\n\nWords between.\n\n<!-- figures:" in text


def test_a_document_is_stale_until_it_is_updated_and_again_when_a_digit_changes(document, report):
    assert check_markdown(document, report) == ["average_precision", "headline/eight calls"]
    assert document.read_text() == DOCUMENT
    update_markdown(document, report)
    assert check_markdown(document, report) == []
    assert update_markdown(document, report) == []
    document.write_text(document.read_text().replace("Finds 75", "Finds 76"))
    assert check_markdown(document, report) == ["headline/eight calls"]


def test_every_kind_of_figures_can_be_written(report):
    data = read_report(report)
    for name in FIGURES:
        assert render(data, name.replace("CORPUS", "a|b <c>"))


def test_names_cannot_break_out_of_a_table(report):
    header = render(read_report(report), "average_precision").splitlines()[0]
    assert header == "| Failure | eight calls | a\\|b &lt;c> |"


def test_unknown_figures_are_named_with_file_and_line(document, report):
    document.write_text("\n<!-- figures:lables/eight calls -->\n<!-- /figures -->\n")
    with pytest.raises(ReadError, match=r"README\.md: line 2: unknown figures 'lables/eight"):
        update_markdown(document, report)


def test_a_corpus_that_the_report_lacks_is_named(report):
    with pytest.raises(LabelError, match="did you mean 'eight calls'"):
        render(read_report(report), "labels/eight call")


@pytest.mark.parametrize(
    "text",
    [
        "<!-- figures:summary -->\n",
        "<!-- figures:summary -->\n<!-- figures:summary -->\n<!-- /figures -->\n",
        "  <!-- figures:summary -->\n<!-- /figures -->\n",
    ],
)
def test_markers_that_do_not_pair_are_refused(document, report, text):
    document.write_text(text)
    with pytest.raises(ReadError, match="without its"):
        update_markdown(document, report)
    assert document.read_text() == text


def test_the_committed_report_is_of_the_shipped_model_and_the_readme_has_its_figures(repo):
    path = repo / "docs" / "report" / "report.json"
    document = read_report(path)
    models = {evaluation["model"] for evaluation in document["evaluations"].values()}
    assert models == {callclf.load().version}, "run `make report`"
    assert check_markdown(repo / "README.md", path) == [], "run `make report`"


def test_the_committed_report_holds_no_words_of_real_conversations(repo, shared):
    html = (repo / "docs" / "report" / "report.html").read_text()
    texts = {
        turn.text
        for call in callclf.Corpus.load(shared / "real" / "dev.jsonl").calls
        for turn in call.turns
        if len(turn.text) > 60 and not set("<>&'\"\n") & set(turn.text)
    }
    assert len(texts) > 500
    assert [text for text in texts if text in html] == []
