"""The calls and words that the package brings for behaviour tests; see the README beside them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from callclf.corpus import Corpus
from callclf.labels import CallLabels
from callclf.transcript import Transcript

__all__ = ["base_corpus", "call_name", "clean_calls", "shipped", "words"]


@cache
def shipped(name: str) -> Corpus:
    """Return the calls of `resources/behaviour/<name>.jsonl`."""
    lines = _read(f"{name}.jsonl").splitlines()
    records = ((f"{name}.jsonl: line {n}", json.loads(line)) for n, line in enumerate(lines, 1))
    return Corpus.from_records(records)


def base_corpus() -> Corpus:
    """Return the calls that are changed when the user gives none.

    They are 32 minimal pairs, four a failure, and the 120 short calls that are the standard halves
    of the dialect twins; half of them are fine, half fail.
    """
    twins = shipped("twins")
    return shipped("base") + twins[[call.meta["half"] == "standard" for call in twins.calls]]


@cache
def words() -> dict[str, Any]:
    """Return the word lists of `resources/behaviour/words.toml`."""
    return tomllib.loads(_read("words.toml"))


def call_name(call: Transcript, number: int) -> str:
    """Return the call's id, or its number in the corpus."""
    return f"#{number}" if call.id is None else call.id


def clean_calls(corpus: Corpus) -> Iterator[tuple[str, Transcript]]:
    """Yield name and call where annotators looked and found nothing, not even a doubt."""
    for number, (call, marks) in enumerate(corpus):
        if not marks.labels and not marks.borderline and _looked_at(marks):
            yield call_name(call, number), call


def _looked_at(marks: CallLabels) -> bool:
    return marks.annotated is None or len(marks.annotated) > 0


def _read(name: str) -> str:
    return resources.files("callclf").joinpath(f"resources/behaviour/{name}").read_text("utf-8")
