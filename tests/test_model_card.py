import pytest

import callclf
from callclf.evaluation.report import read_report
from callclf.evaluation.report.markdown import render
from callclf.pretrained import DEFAULT, model_folder, model_names


def card_of(name):
    return (model_folder(name) / "README.md").read_text()


def test_the_default_models_card_has_the_figures_of_the_committed_report(repo):
    card = card_of(DEFAULT)
    document = read_report(repo / "docs" / "report" / "report.json")
    assert render(document, "average_precision") in card
    for name in document["evaluations"]:
        assert render(document, f"headline/{name}") in card
        assert render(document, f"labels/{name}") in card
    assert render(document, "behaviour") in card


@pytest.mark.parametrize("name", model_names())
def test_a_card_names_every_source_with_licence_and_what_was_held_out(name):
    model, card = callclf.load(name), card_of(name)
    training = model.manifest["training"]
    assert training["sources"] and all(source["licence"] for source in training["sources"])
    for source in training["sources"]:
        assert source["title"] in card and source["licence"] in card
        assert source["sha256"][:16] in card
    assert "Held out: writer w6" in card and model.version in card


def test_no_call_of_the_checks_was_learned_from(repo):
    document = read_report(repo / "docs" / "report" / "report.json")
    for evaluation in document["evaluations"].values():
        assert evaluation["leakage"]["known"] and not evaluation["leakage"]["ids"]


def test_the_default_card_says_what_fine_tuning_its_encoder_took():
    assert "hours of learning steps on" in card_of(DEFAULT)
