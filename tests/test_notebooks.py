"""Notebooks run from start to end in a clean environment, and their stored outputs are of today."""

import ast
import os
import time

import nbformat
import pytest
from nbclient import NotebookClient

import callclf
from callclf.pretrained import model_names

NOTEBOOKS = [
    "01-tag-your-first-calls.ipynb",
    "02-how-good-is-it-on-your-labels.ipynb",
    "03-teach-it-your-scorecard.ipynb",
]
SECONDS = 180
"""Of the processor, and thus on a machine that does nothing else."""


@pytest.fixture
def clean(tmp_path):
    """No settings of the user, of Jupyter or of a plotting library reach the kernel."""
    kept = ("PATH", "PYTHONPATH", "LANG", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV")
    folders = ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "MPLCONFIGDIR", "XDG_CACHE_HOME")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        name: str(tmp_path) for name in folders
    }


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def kinds(notebook):
    """What each code cell shows: not the figures in it, which another processor may round anew."""
    return [
        [sorted(out.get("data", {})) or out.get("name", out.output_type) for out in cell.outputs]
        for cell in code(notebook)
    ]


def shown(notebook):
    return "".join(
        str(out.get("text", "")) + str(out.get("data", {}).get("text/plain", ""))
        for cell in code(notebook)
        for out in cell.outputs
    )


def test_every_notebook_is_tested(repo):
    assert sorted(path.name for path in (repo / "notebooks").glob("*.ipynb")) == NOTEBOOKS


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_defines_nothing_and_was_run_from_start_to_end(repo, name):
    notebook = nbformat.read(repo / "notebooks" / name, as_version=4)
    nbformat.validate(notebook)
    tree = ast.parse("\n".join(cell.source for cell in code(notebook)))
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    assert [node for node in ast.walk(tree) if isinstance(node, defined)] == []
    counts = [cell.execution_count for cell in code(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    versions = [callclf.load(model).version for model in model_names()]
    assert any(version in shown(notebook) for version in versions), "run `make notebooks`"
    assert "Warning" not in shown(notebook) and str(repo) not in shown(notebook)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # Jupyter's own
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_in_a_clean_environment_and_shows_what_is_stored(repo, name, clean):
    path = repo / "notebooks" / name
    stored, run = (nbformat.read(path, as_version=4) for _ in range(2))
    before = time.process_time(), sum(os.times()[2:4])
    client = NotebookClient(run, timeout=900, resources={"metadata": {"path": str(path.parent)}})
    client.execute(env=clean)
    used = time.process_time() - before[0] + sum(os.times()[2:4]) - before[1]
    assert kinds(run) == kinds(stored), "run `make notebooks`"
    assert used < 2 * SECONDS, "on two cores"
