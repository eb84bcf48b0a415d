"""What holds for every reader there is, those added later included."""

import copy
import importlib
import json
import pkgutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import callclf.readers
from callclf.errors import ReadError
from callclf.readers import Table, formats, iter_read
from callclf.transcript import Transcript

READERS = {reader.name: reader for reader in formats()}
SLOWLY = settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


MODULES = [
    importlib.import_module(f"callclf.readers.{module.name}")
    for module in pkgutil.iter_modules(callclf.readers.__path__)
]


def check(source, name=None):
    """Read all of a source: nothing but calls and our own exceptions may come of it."""
    try:
        results = list(iter_read(source, name, on_error="yield"))
    except ReadError as error:
        assert str(error)
        return
    for result in results:
        assert isinstance(result, Transcript | ReadError)
        if isinstance(result, Transcript):
            # Can be written, and says the same afterwards.
            text = json.dumps(result.to_dict()["turns"]).encode()
            assert [turn["text"] for turn in json.loads(text)] == [t.text for t in result.turns]


def documents(examples):
    """Every JSON example, and the first line of JSON lines."""
    found = {}
    for path in sorted(examples.rglob("*.json*")):
        lines = path.read_text("utf-8")
        found[path.name] = json.loads(lines.splitlines()[0] if path.suffix == ".jsonl" else lines)
    return found


def places(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".")[-1])
def test_every_module_of_a_format_documents_it(module):
    reader = getattr(module, "READER", None)
    if reader is None:
        assert "READER" not in getattr(module, "__all__", [])
        return
    for heading in ("Written by:", "Recognised by:", "Roles:", "Times:"):
        assert f"\n{heading} " in module.__doc__
    name = module.__name__.split(".")[-1]
    assert reader.name == {"native": "callclf"}.get(name, name)
    assert reader.title
    assert all(suffix.startswith(".") for suffix in reader.suffixes)


@pytest.mark.parametrize("name", READERS)
def test_sniffing_never_raises(name):
    reader = READERS[name]
    odd = {
        "json": [None, 0, "", [], {}, [[]], [{}], [None], {"": None}, {"turns": [None]}],
        "text": ["", "\n", "x", ":", "-->", "\0", "WEBVTT", "[", "1\n"],
        "table": [Table((), lambda: iter(())), Table(("a", "b"), lambda: iter(()))],
        "folder": [Path("nowhere"), Path("a\0b")],
    }
    for value in odd[reader.kind]:
        if reader.whole_file and not isinstance(value, list):
            continue
        assert reader.sniff(value) in (True, False)


@pytest.mark.parametrize("name", [n for n, reader in READERS.items() if reader.kind == "json"])
@SLOWLY
@given(data=st.data())
def test_only_our_exceptions_come_of_odd_json(name, data):
    check([data.draw(JSON)], name)
    check({"x": data.draw(JSON)}, name)


@SLOWLY
@given(data=st.data())
def test_only_our_exceptions_come_of_damaged_examples(examples, data):
    document = copy.deepcopy(data.draw(st.sampled_from(list(documents(examples).values()))))
    path = data.draw(st.sampled_from([place for place in places(document) if place]))
    target = document
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = data.draw(JSON)
    check(document)


@SLOWLY
@given(data=st.data())
def test_only_our_exceptions_come_of_damaged_bytes(examples, data):
    path = data.draw(st.sampled_from(sorted(p for p in examples.rglob("*") if p.is_file())))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 40))
        content[at : at + length] = data.draw(st.binary(max_size=10))
    check(bytes(content))


@pytest.mark.parametrize("name", [n for n, reader in READERS.items() if reader.kind != "json"])
@SLOWLY
@given(text=st.text(max_size=200))
def test_only_our_exceptions_come_of_odd_text(name, text):
    check(text + "\n", name)
    check(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n", name)
    check(f"call_id,text\n{text}\n", name)


@SLOWLY
@given(content=st.binary(max_size=300))
def test_only_our_exceptions_come_of_odd_bytes(content):
    check(content)
