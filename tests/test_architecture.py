"""The shape of the code: imports point down, no cycles, nothing grows over its budget."""

import ast
import itertools
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from callclf.pretrained import model_names

ROOT = Path(__file__).resolve().parent.parent / "src" / "callclf"

# From the ground up. A module may import from its own layer and from those before it.
LAYERS = [
    {
        "errors",
        "transcript",
        "taxonomy",
        "estimator",
        "cached",
        "drawing",
        "fingerprint",
        "discovery",
        "array_store",
        "call_cache",
        "folders",
    },
    {"features", "persistence"},
    {"role_inference", "redaction"},
    {"tag"},
    {"notebook"},
    {"tags", "labels", "grouping", "eligibility", "readers"},
    {"writers", "preview"},
    {"corpus"},
    {"splicing"},
    {"offset_logistic", "calibration", "thresholds", "multiple_instance", "pretrained"},
    {"pooling", "probabilities", "turn_model", "starting"},
    {"explain", "scoring", "fitting"},
    {"tagging", "artifact", "turn_table"},
    {"model_view"},
    {"classifier"},
    {"finetune"},
    {"lineage"},
    {"suggest"},
    {"evaluation"},
    {"display", "plot"},
    {"checks", "model_card"},
    {"training"},
    {"callclf"},
    {"cli"},
]
LAYER = {name: i for i, names in enumerate(LAYERS) for name in names}

MODULES = {
    ".".join(("callclf", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in sorted(ROOT.rglob("*.py"))
}


def imports(tree, *, everywhere):
    """Own modules that a file imports: at its top level, or everywhere in it."""
    nodes = ast.walk(tree) if everywhere else tree.body
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            joined = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else node.module for name in joined]
        else:
            continue
        yield from (name for name in names if name == "callclf" or name.startswith("callclf."))


TREES = {name: ast.parse(path.read_text()) for name, path in MODULES.items()}


def part(module):
    """The top-level part that a module belongs to."""
    return module.split(".")[1] if "." in module else "callclf"


def test_every_part_has_a_layer():
    assert {part(module) for module in MODULES} == set(LAYER)


def test_contributing_names_every_part_from_the_top(repo):
    text = (repo / "CONTRIBUTING.md").read_text().partition("From the top:")[2].partition("## ")[0]
    rows = [re.findall(r"`(\w+)/?`", row) for row in re.findall(r"^\|.*\|$", text, re.MULTILINE)]
    named = [name for row in rows for name in row]
    assert sorted(named) == sorted(set(LAYER) - {"callclf"})
    heights = [{LAYER[name] for name in row} for row in rows if row]
    assert all(min(upper) >= max(lower) for upper, lower in itertools.pairwise(heights))


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module):
    for imported in imports(TREES[module], everywhere=True):
        assert LAYER[part(imported)] <= LAYER[part(module)], f"{module} imports {imported}"


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("callclf.cli")])
def test_own_modules_are_imported_at_the_top(module):
    top = set(imports(TREES[module], everywhere=False))
    guarded = {
        name
        for node in TREES[module].body
        if isinstance(node, ast.If)
        for name in imports(node, everywhere=True)
    }
    assert set(imports(TREES[module], everywhere=True)) <= top | guarded


def test_there_are_no_cycles():
    graph = {name: set(imports(tree, everywhere=False)) - {name} for name, tree in TREES.items()}
    done, path = set(), []

    def visit(name):
        assert name not in path, " -> ".join([*path, name])
        if name not in done:
            path.append(name)
            for imported in graph[name]:
                visit(imported)
            path.pop()
            done.add(name)

    for name in graph:
        visit(name)


def test_modules_and_functions_keep_to_their_budget():
    lengths = {name: len(path.read_text().splitlines()) for name, path in MODULES.items()}
    assert {name: n for name, n in lengths.items() if n > 400} == {}
    assert statistics.median(lengths.values()) <= 120
    long = {}
    for module, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                doc = ast.get_docstring(node, clean=False)
                body = node.end_lineno - node.lineno + 1 - (doc.count("\n") + 1 if doc else 0)
                if body > 50:
                    long[f"{module}.{node.name}"] = body
    assert long == {}


def test_no_signature_takes_open_keywords():
    # scikit-learn's; and transformers calls an attention with keywords that vary by its version
    allowed = {"set_params", "_attention"}
    found = {
        f"{module}.{node.name}"
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.args.kwarg and node.name not in allowed
    }
    assert found == set()


def test_nothing_in_the_package_can_load_code_or_reach_the_network():
    for path in MODULES.values():
        text = path.read_text()
        for word in (
            "pickle.load",
            "joblib.load",
            "torch.load",
            "import requests",
            "urllib",
            "allow_pickle=True",
        ):
            assert word not in text, f"{path}: {word}"


def test_nothing_takes_a_lock_that_a_forked_child_could_wait_for():
    # Also functools.cached_property, up to Python 3.11; callclf.cached has one without.
    found = {
        (module, alias.name)
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.name in ("threading", "Lock", "RLock", "cached_property")
        and getattr(node, "module", None) != "callclf.cached"
    }
    assert found == {("callclf.cached", "cached_property")}


@pytest.mark.parametrize("name", model_names())
def test_importing_and_tagging_leave_the_heavy_modules_alone(name):
    script = (
        f"import sys, callclf; m = callclf.load({name!r}); "
        "m.predict_proba([callclf.read('Customer: Refund!\\nAgent: Not my job, sorry.')]); "
        "heavy = ('sklearn', 'pandas', 'pyarrow', 'datasets', 'torch', 'scipy'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
