import pytest


@pytest.fixture(scope="session")
def examples(repo):
    return repo / "data" / "examples"


@pytest.fixture(scope="session")
def samples(shared):
    """Third-party files, which are no part of the project."""
    return shared / "samples" / "formats"
