"""callclf's own JSON lines: one call a line, what `Transcript.to_dict` returns.

Keeps everything: ids, channels, roles, speakers, times, source indices and `meta`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from callclf.writers.writer import Entry, Writer

__all__ = ["WRITER"]


def _write(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield json.dumps(entry.call.to_dict(), ensure_ascii=False) + "\n"


WRITER = Writer(
    name="callclf",
    title="callclf JSON lines",
    write=_write,
    suffixes=(".jsonl",),
    several=True,
)
