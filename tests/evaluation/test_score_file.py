"""Files of scores, ours and others'."""

import json
from dataclasses import replace

import numpy as np
import pytest
from evaluation_cases import NAMES, Trained, call, corpus_of

from callclf import Taxonomy, Transcript, Turn
from callclf.errors import LabelError, ReadError
from callclf.evaluation import evaluate, read_predictions

TAXONOMY = Taxonomy.of_names(NAMES)
CALLS = [call(0, n_turns=4), call(1), call(2)]


def record(id, *scores, **more):
    return {"id": id, "scores": dict(zip(NAMES, scores, strict=True)), "not_scored": None, **more}


def written(path, *records):
    lines = [item if isinstance(item, str) else json.dumps(item) for item in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path):
    return tmp_path / "judge.jsonl"


FULL = (
    record(
        "c0",
        0.9,
        0.1,
        0.2,
        labels=["rudeness"],
        turns=[{"turn": 3, "scores": dict(zip(NAMES, (0.8, 0.1, 0.1), strict=True))}],
        evidence={"rudeness": [3]},
    ),
    {"id": "c1", "labels": [], "scores": {}, "not_scored": "no agent turn", "evidence": {}},
    {"id": "c2", "error": "out of memory"},
)


def test_the_contract_of_callclf_tag_is_read(file):
    predictions = read_predictions(written(file, *FULL), CALLS, taxonomy=TAXONOMY)
    first, second, third = predictions.calls
    assert predictions.name == "judge"
    assert first.probability.tolist() == [0.9, 0.1, 0.2]
    assert first.flagged.tolist() == [True, False, False]
    assert first.turns.tolist() == [3]
    assert first.evidence == {"rudeness": (3,)}
    assert second.not_scored == "no agent turn"
    assert third.not_scored == "error: out of memory"
    assert predictions.thresholds_from == "the flags in the file"


def test_order_and_label_order_do_not_matter_and_other_calls_are_ignored(file):
    shuffled = {"id": "c0", "scores": {"knowledge_gap": 0.2, "rudeness": 0.9, "inattention": 0.1}}
    written(file, record("x", 0, 0, 0), record("c1", 0.3, 0.4, 0.5), shuffled)
    predictions = read_predictions(file, CALLS[:2], taxonomy=TAXONOMY)
    assert [row.id for row in predictions.calls] == ["c0", "c1"]
    assert predictions.calls[0].probability.tolist() == [0.9, 0.1, 0.2]
    assert predictions.thresholds_from.startswith("0.5 for every label")


def test_turn_numbers_are_those_of_the_source(file):
    turns = [Turn("customer", "a", source_index=4), Turn("agent", "b", source_index=7)]
    source = Transcript(turns, id="c0")
    written(file, record("c0", 0.9, 0, 0, labels=["rudeness"], evidence={"rudeness": [7]}))
    predictions = read_predictions(file, [source], taxonomy=TAXONOMY)
    assert predictions.calls[0].evidence == {"rudeness": (1,)}


def test_what_callclf_tag_writes_gives_the_figures_of_the_model_itself(file):
    model = Trained([])
    corpus = corpus_of(np.eye(3), calls=[call(i, n_turns=8) for i in range(3)])
    written(file, *[tags.to_record() for tags in model.iter_tags(corpus.calls)])
    system = read_predictions(file, corpus.calls, taxonomy=TAXONOMY)
    from_file, from_model = (evaluate(s, corpus, n_resamples=10) for s in (system, model))
    for unit in ("call", "turn"):
        a, b = from_file.units[unit], from_model.units[unit]
        for name in a.labels:
            # A file does not say what was unsure, only what was flagged.
            assert replace(a[name].support, unsure=0) == replace(b[name].support, unsure=0)
            for metric, figure in b[name].figures.items():
                assert a[name][metric].value == pytest.approx(figure.value, abs=1e-5)


def test_calls_without_scores_are_listed_or_counted_as_not_scored(file):
    written(file, record("c0", 0.1, 0.2, 0.3))
    with pytest.raises(ReadError, match=r"no scores for 2 of 3 calls \('c1', 'c2'\)"):
        read_predictions(file, CALLS, taxonomy=TAXONOMY)
    read = read_predictions(file, CALLS, taxonomy=TAXONOMY, missing="not_scored")
    assert read.calls[1].not_scored == "not in the file of scores"


def test_a_file_for_other_calls_is_an_error_even_so(file):
    written(file, record("x", 0.1, 0.2, 0.3), {"line": 4, "error": "not JSON"})
    with pytest.raises(ReadError, match="1 records are errors without an id"):
        read_predictions(file, CALLS, taxonomy=TAXONOMY, missing="not_scored")


def test_scores_of_flagged_labels_alone_are_refused(file):
    partial = {"id": "c0", "labels": ["rudeness"], "scores": {"rudeness": 0.9}}
    written(file, partial, record("c1", 0.1, 0.2, 0.3), record("c2", 0.1, 0.2, 0.3))
    with pytest.raises(
        ReadError, match=r"1 of 3 records have no score for 'inattention'.*--all-sc"
    ):
        read_predictions(file, CALLS, taxonomy=TAXONOMY)


def test_a_null_score_is_a_label_not_scored(file):
    rows = [record(f"c{i}", 0.1, 0.2, 0.3) for i in range(3)]
    rows[1]["scores"]["inattention"] = None
    read = read_predictions(written(file, *rows), CALLS, taxonomy=TAXONOMY)
    assert np.isnan(read.calls[1].probability).tolist() == [False, True, False]


def test_a_label_that_the_system_never_scores_is_said(file):
    rows = [{"id": f"c{i}", "scores": {"rudeness": 0.2}} for i in range(3)]
    read = read_predictions(written(file, *rows), CALLS, taxonomy=TAXONOMY)
    result = evaluate(read, corpus_of(np.eye(3), calls=CALLS), n_resamples=10)
    assert "Labels that the system never scored: inattention, knowledge_gap." in result.notes
    assert result.call["inattention"]["brier"].value is None


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (record("c0", 0.1, 0.2, 0.3), "line 2: id 'c0' came before, in .*line 1"),
        ({"scores": {}}, "line 2: a record needs an 'id'"),
        ("[1]", "line 2: expected a JSON object"),
        ("{", "line 2: not JSON"),
        ({"id": "c1"}, "line 2: 'scores' must be an object"),
        ({"id": "c1", "scores": {"rudnes": 1}}, "unknown label 'rudnes'; did you mean 'rudeness'"),
        (record("c1", "high", 0, 0), "the score of 'rudeness' must be a number"),
        (record("c1", 7, 0, 0), "must be probabilities, 0 to 1"),
        (record("c1", 0, 0, 0, labels=["x"]), "unknown label 'x'"),
        (record("c1", 0, 0, 0, turns=3), "'turns' must be a list"),
        (record("c1", 0, 0, 0, evidence=[1]), "'evidence' must be an object"),
        (record("c1", 0, 0, 0, evidence={"rudeness": [9]}), "the call has no turn 9"),
    ],
)
def test_a_malformed_record_is_an_error_with_its_line(file, bad, message):
    written(file, record("c0", 0.1, 0.2, 0.3), bad)
    with pytest.raises(ReadError, match=message):
        read_predictions(file, CALLS[:2], taxonomy=TAXONOMY)


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ReadError, match="cannot be read"):
        read_predictions(tmp_path / "none.jsonl", CALLS)


def test_calls_with_the_same_id_cannot_be_matched(file):
    with pytest.raises(LabelError, match="more than once"):
        read_predictions(written(file, *FULL), [CALLS[0], CALLS[0]], taxonomy=TAXONOMY)
