"""Small corpora, and a model that is fitted in a second."""

import json

import pytest

from callclf import FailureModeClassifier
from training_cases import SMALL, make_corpus


@pytest.fixture(scope="session")
def corpus():
    return make_corpus(60)


@pytest.fixture(scope="session")
def small_model(corpus):
    return FailureModeClassifier(head=SMALL).fit(corpus.calls, list(corpus.labels))


@pytest.fixture(scope="session")
def champion(small_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "champion"
    small_model.save(folder)
    return folder


@pytest.fixture
def write_calls(tmp_path):
    """Write calls without their labels, a file each or all in one."""

    def write(corpus, name="calls.jsonl"):
        path = tmp_path / name
        path.write_text("".join(json.dumps(call.to_dict()) + "\n" for call in corpus.calls))
        return path

    return write
