"""Lists of pairs: `[["agent", "Hi!"], ["customer", "Hello."]]`.

Written by: research corpora such as ABCD (`original` of each conversation), and scripts.

Recognised by: a list whose elements are pairs of strings, bare or under `original`, `turns`,
`dialogue` or the like; also conversations of this kind in lists by split ("train", "dev", "test").

Roles: the first string of a pair: agent, customer, or another known word. `action` is a button
that the agent pressed, not speech, and becomes a system turn.

Times: none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers._meta import plain
from callclf.readers._speech import objects
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, items, mapping
from callclf.readers.reader import Reader, ReadOptions, Result
from callclf.transcript import Transcript

__all__ = ["READER"]

_LISTS = ("original", "turns", "dialogue", "dialog", "conversation", "transcript", "utterances")
_SPLITS = ("train", "dev", "valid", "validation", "test")
_IDS = ("convo_id", "conversation_id", "dialogue_id", "call_id", "id")


def _sniff(value: object) -> bool:
    if isinstance(value, dict) and (splits := _splits(value)):
        return any(isinstance(one, dict) and _key(one) for one in value[splits[0]][:1])
    return _is_pairs(value) or (isinstance(value, dict) and _key(value) is not None)


def _splits(record: dict[str, Any]) -> list[str]:
    return [name for name in _SPLITS if isinstance(record.get(name), list)]


def _key(record: dict[str, Any]) -> str | None:
    return next((key for key in _LISTS if _is_pairs(record.get(key))), None)


def _is_pairs(value: object) -> bool:
    return isinstance(value, list) and bool(value) and _is_pair(value[0])


def _is_pair(value: object) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    return isinstance(value[0], str) and isinstance(value[1], str)


def _read(value: object, options: ReadOptions) -> Iterator[Result]:
    if isinstance(value, dict) and (splits := _splits(value)):
        for split in splits:
            for where, record in objects(value[split], split):
                try:
                    yield _call(record, options, {"split": split})
                except ReadError as error:
                    place = f"{where}.{error.where}" if error.where else where
                    yield ReadError(error.problem, where=place)
        return
    yield _call(mapping({_LISTS[0]: value} if isinstance(value, list) else value), options, {})


def _call(record: dict[str, Any], options: ReadOptions, meta: dict[str, Any]) -> Transcript:
    key = _key(record) or _LISTS[0]
    rows = []
    for i, pair in enumerate(items(record, key)):
        if not _is_pair(pair):
            raise ReadError(
                "expected a pair of speaker and text, both strings", where=f"{key}[{i}]"
            )
        rows.append(Row(i, pair[1], pair[0]))
    scenario = record.get("scenario")
    flow = {k: scenario.get(k) for k in ("flow", "subflow")} if isinstance(scenario, dict) else {}
    others = {k: v for k, v in record.items() if k not in _IDS}
    id = next((identifier(record[name], name) for name in _IDS if record.get(name)), None)
    return assemble(
        rows, options, format=READER.name, id=id, meta=plain({**others, **flow, **meta})
    )


READER = Reader(
    name="speaker_text_pairs",
    title="Pairs of speaker and text",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
