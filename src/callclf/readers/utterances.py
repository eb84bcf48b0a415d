"""Lists of utterances, each with a speaker and a text.

Written by: research corpora (Taskmaster, Schema-Guided Dialogue) and programs that keep a call as
`{"conversation_id": ..., "utterances": [{"speaker": "USER", "text": "..."}]}`.

Recognised by: a list of objects with a speaker (`speaker`, `role`, `sender`, `author`, ...) and a
text (`text`, `utterance`, `message`, `content`, ...), bare or under `utterances`, `turns`,
`dialogue` or the like. Asked only if no more special format fits.

Roles: words such as USER and ASSISTANT are known; numbers and names need `speakers=`.

Times: `start` and `end`, or `start_time` and `end_time`, taken as seconds; with "_ms" at the end as
milliseconds. ISO 8601 in them or in `timestamp` is counted from the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers._meta import plain
from callclf.readers._speech import objects
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import from_first, iso, scaled
from callclf.transcript import Transcript

__all__ = ["READER", "rows"]

_LISTS = (
    "utterances",
    "turns",
    "dialogue",
    "dialog",
    "conversation",
    "messages",
    "transcript",
    "segments",
)
_SPEAKERS = ("speaker", "speaker_name", "role", "sender", "author", "from", "participant", "name")
_TEXTS = ("text", "utterance", "message", "content", "transcript", "value", "sentence")
_IDS = ("conversation_id", "dialogue_id", "dialog_id", "call_id", "convo_id", "session_id", "id")


def _sniff(value: object) -> bool:
    return _is_list(value) or (isinstance(value, dict) and _key(value) is not None)


def _key(record: dict[str, Any]) -> str | None:
    return next((key for key in _LISTS if _is_list(record.get(key))), None)


def _is_list(value: object) -> bool:
    first = value[0] if isinstance(value, list) and value else None
    if not isinstance(first, dict):
        return False
    return _name(first, _SPEAKERS) is not None and isinstance(_value(first, _TEXTS), str)


def _name(record: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((name for name in names if isinstance(record.get(name), str | int)), None)


def _value(record: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((record[name] for name in names if record.get(name) is not None), None)


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping({_LISTS[0]: value} if isinstance(value, list) else value)
    id = identifier(_value(record, _IDS))
    meta = plain({k: v for k, v in record.items() if k not in _IDS})
    yield assemble(rows(record), options, format=READER.name, id=id, meta=meta)


def rows(record: dict[str, Any]) -> list[Row]:
    """Return the turns of a conversation.

    Parameters
    ----------
    record
        An object with a list of utterances.

    Raises
    ------
    ReadError
        If there is no such list, or something else in it.
    """
    key = _key(record) or next((name for name in _LISTS if name in record), None)
    if key is None:
        raise ReadError(f"expected a list of utterances under {', '.join(_LISTS)}")
    found = []
    for i, (where, turn) in enumerate(objects(record[key], key)):
        text = string(_value(turn, _TEXTS), f"{where}.text")
        role = string(turn.get("role"), f"{where}.role")
        others = tuple(name for name in _SPEAKERS if name != "role")
        speaker = identifier(_value(turn, others), f"{where}.speaker")
        found.append(Row(i, text, role, speaker, _time(turn, "start"), _time(turn, "end")))
    return _from_first(found) if any(map(_is_moment, found)) else found


class _Moment(float):
    """Seconds since 1970, to be counted from the first of the call."""


def _time(turn: dict[str, Any], edge: str) -> float | None:
    for name in (f"{edge}_ms", f"{edge}_time_ms"):
        if turn.get(name) is not None:
            return scaled(turn[name], 1000)
    value = _value(turn, (edge, f"{edge}_time"))
    if value is None and edge == "start":
        # A bare number there may be seconds or milliseconds: no guess.
        value = turn.get("timestamp") if isinstance(turn.get("timestamp"), str) else None
    if isinstance(value, str) and ":" in value:
        moment = iso(value)
        return None if moment is None else _Moment(moment)
    return scaled(value)


def _is_moment(row: Row) -> bool:
    return isinstance(row.start, _Moment)


def _from_first(found: list[Row]) -> list[Row]:
    times = from_first([time for row in found for time in (row.start, row.end)])
    return [
        row._replace(start=start, end=end)
        for row, start, end in zip(found, times[::2], times[1::2], strict=True)
    ]


READER = Reader(
    name="utterances",
    title="Lists of utterances",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json", ".jsonl"),
    fallback=True,
)
