"""The committed pages of the formats are what the docstrings say."""

import importlib.util
import re

import pytest


@pytest.fixture
def pages(repo, monkeypatch):
    # Other tests may have registered readers of their own.
    monkeypatch.setattr("callclf.readers.registry._registered", [])
    spec = importlib.util.spec_from_file_location("format_pages", repo / "docs" / "formats.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()


def test_the_committed_pages_are_current(repo, pages):
    folder = repo / "docs" / "formats"
    committed = {file.name: file.read_text("utf-8") for file in folder.glob("*.md")}
    assert committed == pages, "run `make docs`"


def test_every_page_says_how_to_export_roles_and_times(pages):
    for name, text in pages.items():
        if name not in ("README.md", "writing.md"):
            for heading in ("Written by", "Recognised by", "Roles", "Times"):
                assert f"\n## {heading}\n" in text, name


def test_the_index_lists_every_format_and_its_links_exist(repo, pages):
    links = re.findall(r"\]\(([^)]+)\)", pages["README.md"])
    folder = repo / "docs" / "formats"
    assert all((folder / link).exists() for link in links)
    assert {link for link in links if "/" not in link} == pages.keys() - {"README.md"}


def test_the_limits_are_those_of_the_code(pages):
    from callclf.eligibility import MAX_TURN_CHARACTERS, MAX_TURNS
    from callclf.readers.reader import MAX_BYTES, MAX_DEPTH

    text = pages["README.md"]
    assert MAX_BYTES == 1 << 30 and "1 GiB" in text
    for figure in (f"{MAX_DEPTH} deep", f"{MAX_TURNS:,} turns", f"{MAX_TURN_CHARACTERS:,}"):
        assert figure in text
