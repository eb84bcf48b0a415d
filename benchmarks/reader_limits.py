"""Time and memory of the readers on large and hostile inputs; figures stand in `docs/fuzzing.md`.

Every example is enlarged by repeating its turns, and hostile inputs are made up. Each is read by
content, and the hostile ones also by every reader of their kind. Prints seconds per 100 KB and the
peak of traced memory as a multiple of the input, the worst last.
"""

from __future__ import annotations

import gc
import json
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from callclf.errors import CallclfError
from callclf.readers import formats, iter_read

SIZE = 150_000
"""Bytes of an input, about."""


class Figures(NamedTuple):
    """What reading one input took."""

    seconds: float
    memory: float
    name: str
    hostile: bool


def main() -> None:
    """Measure everything."""
    found = []
    for made in inputs():
        found.append(measured(made))
        if found[-1].seconds > 1:
            print(f"SLOW {found[-1]}", flush=True)
    for figures in sorted(found, key=lambda f: f.seconds)[-12:]:
        print(f"{figures.seconds:6.3f} s per 100 KB  {figures.name}")
    for what in (True, False):
        chosen = sorted((f for f in found if f.hostile is what), key=lambda f: f.memory)
        print(f"{len(chosen)} {'hostile inputs' if what else 'examples, enlarged'}")
        for figures in chosen[-12:]:
            print(f"{figures.memory:6.1f} times the input  {figures.name}")


class Input(NamedTuple):
    """Something to read, and by which reader."""

    name: str
    data: bytes
    reader: str | None
    hostile: bool


def inputs() -> Iterator[Input]:
    """Give the enlarged examples, then what is hostile."""
    for path in sorted(Path("data/examples").rglob("*.*")):
        if path.is_file() and path.name != "README.md" and path.suffix != ".parquet":
            data = enlarged(path)
            if len(data) > SIZE // 2:
                yield Input(path.name, data, None, False)
    for kind, name, data in hostile():
        yield Input(f"{name}, by content", data, None, True)
        for reader in formats():
            if reader.kind == kind:
                yield Input(f"{name}, {reader.name}", data, reader.name, True)


def enlarged(path: Path) -> bytes:
    """Return a file's content with its turns, rows or lines repeated."""
    data = path.read_bytes()
    times = SIZE // len(data) + 1
    if path.suffix == ".json":
        document = json.loads(data)
        _repeat(document, times)
        return json.dumps(document).encode()
    if path.suffix == ".vtt":
        head, _, cues = data.partition(b"\n\n")
        return head + (b"\n\n" + cues) * times
    if path.suffix == ".csv":
        head, _, rows = data.partition(b"\n")
        return head + (b"\n" + rows.rstrip(b"\n")) * times
    return (data.rstrip(b"\n") + b"\n") * times


def _repeat(value: Any, times: int) -> None:
    """Repeat the items of the longest list of objects in a document, in place."""
    longest: list[Any] = []
    stack = [value]
    while stack:
        inner = stack.pop()
        stack += [v for v in (inner.values() if isinstance(inner, dict) else inner) if v]
        stack = [v for v in stack if isinstance(v, dict | list)]
        if isinstance(inner, list) and len(json.dumps(inner)) > len(json.dumps(longest)):
            longest = inner
    longest *= times


def hostile() -> Iterator[tuple[str, str, bytes]]:
    """Give kind, name and content of inputs that nobody sends by accident."""
    for unit in (b"[]", b"{}", b"0", b'""', b'{"a":0}', b"[[]]"):
        yield "json", f"list of {unit.decode()}", b"[" + b",".join([unit] * (SIZE // 4)) + b"]"
    yield "json", "one string", b'["' + b"x" * SIZE + b'"]'
    yield "json", "keys", json.dumps({str(i): 0 for i in range(SIZE // 12)}).encode()
    yield "json", "lines", b'{"turns":[]}\n' * (SIZE // 13)
    yield "json", "many ids", b"".join(b'{"id":"%d","turns":[]}\n' % i for i in range(SIZE // 25))
    yield "json", "brackets", b"[" * SIZE
    for unit in ("a:", "A: ", " ", "<v ", "</", "**", "[", "\n", "0:", "-->\n", "00:00 --> ", "&"):
        text = (unit * (SIZE // len(unit))).encode()
        yield "text", f"{unit!r} over and over", text
        yield "text", f"WEBVTT and {unit!r}", b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + text
    cues = b"".join(b"%d\n00:00:00,000 --> 00:00:01,000\na\n\n" % i for i in range(SIZE // 40))
    yield "text", "short cues", cues
    rows = b"".join(b"%d,x\n" % i for i in range(SIZE // 8))
    yield "table", "short rows", b"call_id,text\n" + rows
    yield "table", "one call", b"call_id,text\n" + b"1,x\n" * (SIZE // 4)
    yield "table", "delimiters", b"call_id,text\n" + b"," * SIZE
    yield "table", "quotes", b'call_id,text\n1,"' + b'""' * (SIZE // 2)


def measured(made: Input) -> Figures:
    """Read an input twice, for the time and for the memory."""
    gc.collect()
    begun = time.process_time()
    _read(made.data, made.reader)
    seconds = time.process_time() - begun
    tracemalloc.start()
    _read(made.data, made.reader)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    size = len(made.data)
    return Figures(seconds / (size / 100_000), peak / size, made.name, made.hostile)


def _read(data: bytes, reader: str | None) -> None:
    try:
        for _ in iter_read(data, reader, on_error="yield"):
            pass
    except CallclfError:
        pass


if __name__ == "__main__":
    main()
