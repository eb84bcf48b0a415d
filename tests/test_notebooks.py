"""Notebooks run from start to end and show what they show in the repository."""

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = ["01-tag-your-first-calls.ipynb"]


def outputs(notebook):
    """What each code cell printed, without what varies: addresses and plots' bytes."""
    return [
        [out.get("text") or out.get("data", {}).get("text/plain") for out in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def test_every_notebook_is_tested(repo):
    assert sorted(path.name for path in (repo / "notebooks").glob("*.ipynb")) == NOTEBOOKS


@pytest.mark.filterwarnings("default")  # Jupyter's own
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_and_its_committed_outputs_are_current(repo, name):
    path = repo / "notebooks" / name
    committed = nbformat.read(path, as_version=4)
    run = nbformat.read(path, as_version=4)
    NotebookClient(run, timeout=180, resources={"metadata": {"path": str(path.parent)}}).execute()
    assert outputs(run) == outputs(committed)
    assert not any("def " in cell.source for cell in run.cells if cell.cell_type == "code")
