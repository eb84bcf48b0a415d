"""Google Customer Experience Insights (CCAI Insights): conversations prepared for import.

Written by: whoever uploads chats or transcripts to Google, in the JSON that the import asks for;
one conversation a file.

Recognised by: `entries` whose objects have `text` and `start_timestamp_usec`, `user_id` or `role`.

Roles: `role` of the entry: AGENT, AUTOMATED_AGENT, CUSTOMER or END_USER. `user_id` tells people of
one role apart; `speakers=` may name it too.

Times: `start_timestamp_usec`, microseconds since 1970; counted from the first entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, some, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import from_first, scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_TIME = "start_timestamp_usec"


def _sniff(value: object) -> bool:
    return isinstance(value, dict) and some(value.get("entries"), _is_entry)


def _is_entry(entry: dict[str, Any]) -> bool:
    return "text" in entry and any(key in entry for key in (_TIME, "user_id", "role"))


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    entries = each(record, "entries")
    starts = from_first([scaled(entry.get(_TIME), 1_000_000) for _, entry in entries])
    rows = []
    for i, (where, entry) in enumerate(entries):
        text = string(entry.get("text"), f"{where}.text")
        role = string(entry.get("role"), f"{where}.role")
        speaker = identifier(entry.get("user_id"), f"{where}.user_id")
        rows.append(Row(i, text, role, speaker, starts[i]))
    categories = _categories(record)
    meta = {"categories": categories} if categories else {}
    yield assemble(rows, options, format=READER.name, meta=meta)


def _categories(record: dict[str, Any]) -> list[str]:
    info = mapping(record.get("conversation_info") or {}, "conversation_info")
    listed = each(info, "categories", "conversation_info") if info.get("categories") else []
    names = [string(category.get("display_name"), f"{at}.display_name") for at, category in listed]
    return [name for name in names if name]


READER = Reader(
    name="google_ccai_entries",
    title="Google CX Insights, import",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
