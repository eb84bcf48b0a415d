import pytest

import callclf
from callclf.evaluation.report import read_report
from callclf.evaluation.report.markdown import render
from callclf.features.encoder import Encoder
from callclf.model_card import model_card
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


def test_a_card_counts_the_passes_and_hours_of_all_runs_of_an_encoder(monkeypatch):
    model = callclf.load(DEFAULT)
    info = model.fitted_.scorer.encoder.info
    run = {"settings": {"pretext": {"epochs": 3.0}, "labelled": {"epochs": 2.0}}, "hours": 1.25}
    further = {"settings": info["settings"] | {"pretext": {"epochs": 0.0}}, "hours": 0.5}
    more = {**info, **further, "earlier": [run, run]}
    monkeypatch.setattr(Encoder, "info", property(lambda encoder: more))
    card = model_card(model, None)
    passes = info["settings"]["labelled"]["epochs"] + 4
    assert "6 passes over conversations" in card and f"and {passes:g} over" in card
    assert "3.0 hours of learning steps on 2 threads" in card
