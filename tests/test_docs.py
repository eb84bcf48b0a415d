"""What the documentation says is run, and must come out as printed."""

import doctest
import re

import pytest


def test_the_readmes_python_runs_as_printed(repo, monkeypatch):
    monkeypatch.chdir(repo)
    result = doctest.testfile(str(repo / "README.md"), module_relative=False)
    assert result.attempted > 8 and result.failed == 0


def test_the_readmes_commands_exist(repo):
    from callclf.cli import parser

    text = (repo / "README.md").read_text()
    shown = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    used = set(re.findall(r"^callclf ([a-z]+)\b", shown, re.MULTILINE))
    used |= set(re.findall(r"`callclf ([a-z]+)\b", text))
    known = {name for action in parser()._actions if action.choices for name in action.choices}
    assert used <= known, used - known
    assert {"tag", "train", "labels", "formats", "evaluate", "compare", "agree", "behave"} <= used


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "data/corpus/README.md"])
def test_links_and_paths_in_documents_exist(repo, document):
    file = repo / document
    text = file.read_text()
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in link:
            assert (file.parent / link).exists(), link
    for path in re.findall(r"`((?:src|data|tests|notebooks|docs)/[\w./-]+)`", text):
        assert (repo / path).exists(), path


def test_make_lists_every_command(repo):
    text = (repo / "Makefile").read_text()
    phony = re.search(r"\.PHONY: (.*)", text)[1].split()
    assert set(re.findall(r"^(\w+):.*## ", text, re.MULTILINE)) == set(phony)
