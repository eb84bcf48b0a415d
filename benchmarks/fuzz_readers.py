"""Fuzz the readers, one family of formats at a time; figures stand in `docs/fuzzing.md`.

Needs atheris, which is no dependency of the project: `pip install atheris`, then
`python benchmarks/fuzz_readers.py json work/ -max_total_time=600 -max_len=30000`, and the same for
text, tables and streams. Inputs are mutated under the guidance of coverage. What must hold: nothing
but our own exceptions comes out, and no input takes over a second per 100 KB. Failures are written
to `work/<family>/failures`, and fuzzing goes on.
"""

from __future__ import annotations

import json
import random
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["callclf.readers", "callclf.transcript"]):
    from callclf.readers import formats, iter_read

    # Readers are imported on first use, which has to happen here to have them instrumented.
    READERS = formats()

from callclf.errors import CallclfError

SECONDS_PER_BYTE = 1.0 / 100_000
LARGEST_SEED = 25_000
LEAST_SECONDS = 1.0
"""Of processor time; small inputs are given this much."""

FAMILIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "json": ("json", (".json", ".vcon")),
    "text": ("text", (".vtt", ".srt", ".txt", ".md")),
    "tables": ("table", (".csv", ".tsv")),
    "streams": ("json", (".jsonl",)),
}
"""Name -> (kind of reader, endings of the seeds)."""


def seeds(family: str) -> list[bytes]:
    """Return the examples of a family, and small ones for every reader that has none."""
    _, suffixes = FAMILIES[family]
    files = sorted(file for file in Path("data/examples").rglob("*.*") if file.is_file())
    found = [file.read_bytes() for file in files if file.suffix in suffixes]
    documents = [file.read_bytes() for file in files if file.suffix == ".json"]
    found = [data for data in found if len(data) <= LARGEST_SEED]
    if family == "streams":
        found += [b"\n".join([_compact(d)] * 3) for d in documents if len(d) <= LARGEST_SEED]
        found += [b'{"turns": []}\n{"turns": [{"role": "agent", "text": "Hi."}]}\n']
    if family in ("json", "streams"):
        readers = [reader for reader in READERS if reader.kind == "json"]
        found += [_compact(_skeleton(reader.read.__module__)) for reader in readers]
    return found


def _compact(data: bytes | Any) -> bytes:
    value = json.loads(data) if isinstance(data, bytes) else data
    return json.dumps(value).encode()


def _skeleton(module: str) -> dict[str, Any]:
    """Make up a document from the strings that a reader's code looks up."""
    code = Path(sys.modules[module].__file__ or "").read_text("utf-8")
    words = sorted({word for word in code.split('"')[1::2] if word.isidentifier()})
    inner = dict.fromkeys(words, "1")
    return {word: [inner, inner] for word in words}


_NUMBERS = [0, -1, 0.5, 1e308, 2**70, float("nan")]
_STRINGS = ["", " ", "x", "1.5", "\ud800", "\0", "PT1.5S", "2024-01-01T00:00:00Z", "00:01", "agent"]
_ODD = [None, True, [], {}, [None], [[]], [{}], {"": None}, *_NUMBERS, *_STRINGS]
"""Values that a reader may not expect."""


def _mutate_json(value: Any, rng: random.Random) -> Any:
    places = list(_places(value))
    holder, key = rng.choice(places) if places else (None, None)
    if holder is None:
        return rng.choice(_ODD)
    action = rng.randrange(5)
    if action == 0:
        del holder[key]
    elif action == 1:
        holder[key] = rng.choice(_ODD)
    elif action == 2:
        other, place = rng.choice(places)
        # A copy: a value that holds itself is no JSON.
        holder[key] = json.loads(json.dumps(other[place]))
    elif action == 3:
        holder[key] = [holder[key]] * rng.randrange(3)
    elif isinstance(holder, dict):
        holder[rng.choice(_NAMES)] = holder.pop(key)
    else:
        holder.append(holder[key])
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])


_NAMES = sorted({n for s in map(_skeleton, {r.read.__module__ for r in READERS}) for n in s})


def _mutator(data: bytes, max_size: int, seed: int) -> bytes:
    """Mutate the values of a JSON document half of the time, and bytes otherwise."""
    rng = random.Random(seed)
    mutated = data
    if rng.random() < 0.6:
        lines = data.split(b"\n")
        at = rng.randrange(len(lines))
        whole = rng.random() < 0.5
        try:
            value = json.loads(data if whole else lines[at])
            changed = json.dumps(_mutate_json(value, rng) if isinstance(value, dict | list) else [])
            lines[at] = changed.encode()
            mutated = lines[at] if whole else b"\n".join(lines)
        except (ValueError, RecursionError):
            pass
    if mutated == data:
        mutated = atheris.Mutate(data, max_size)
    return mutated[:max_size]


def read_all(data: bytes, name: str | None) -> None:
    """Read everything there is in the data; our own exceptions are fine."""
    try:
        for result in iter_read(data, name, on_error="yield"):
            str(result)
    except CallclfError as error:
        str(error)


class _Target:
    """What is called with each input."""

    def __init__(self, family: str, failures: Path) -> None:
        self.names = [r.name for r in READERS if r.kind == FAMILIES[family][0]]
        self.failures = failures
        self.seen: set[str] = set()

    def __call__(self, data: bytes) -> None:
        # Mostly as users do it; else by a reader that may never have seen anything like it.
        choice = sum(data[:64]) % (2 * len(self.names))
        name = self.names[choice] if choice < len(self.names) else None
        begun = time.process_time()
        try:
            read_all(data, name)
        except Exception as error:  # whatever comes is the finding
            frame = traceback.extract_tb(error.__traceback__)[-1]
            self.report(f"{type(error).__name__}-{Path(frame.filename).stem}-{frame.lineno}", data)
        taken = time.process_time() - begun
        if taken > max(LEAST_SECONDS, SECONDS_PER_BYTE * len(data)):
            self.report(f"slow-{name}-{len(data) // 1000}KB-{taken:.0f}s", data)

    def report(self, key: str, data: bytes) -> None:
        """Keep the first input for each place in the code."""
        if key not in self.seen:
            self.seen.add(key)
            self.failures.mkdir(parents=True, exist_ok=True)
            (self.failures / key).write_bytes(data)
            (self.failures / f"{key}.txt").write_text(traceback.format_exc())
            print(f"FAILURE {key}", flush=True)


def main() -> None:
    """Fuzz one family; further arguments go to libFuzzer."""
    family, work = sys.argv[1], Path(sys.argv[2]) / sys.argv[1]
    corpus = work / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds(family)):
        (corpus / f"seed-{number:03}").write_bytes(seed)
    arguments = [sys.argv[0], str(corpus), "-print_final_stats=1", *sys.argv[3:]]
    custom = _mutator if FAMILIES[family][0] == "json" else None
    atheris.Setup(arguments, _Target(family, work / "failures"), custom_mutator=custom)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
