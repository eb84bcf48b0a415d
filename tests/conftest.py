"""Fixtures for all tests."""

import os
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repo() -> Path:
    return REPO


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = Path(os.environ.get("CALLCLF_SHARED", REPO.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"needs the shared folder, which is not at {folder}; set CALLCLF_SHARED")
    return folder
