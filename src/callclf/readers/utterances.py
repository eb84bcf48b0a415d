"""Lists of utterances, each with a speaker and a text.

Written by: research corpora (Taskmaster, Schema-Guided Dialogue) and programs that keep a call as
`{"conversation_id": ..., "utterances": [{"speaker": "USER", "text": "..."}]}`.

Recognised by: a list of objects with a speaker (`speaker`, `role`, `sender`, `author`, ...) and a
text (`text`, `utterance`, `message`, `content`, ...), bare or under `utterances`, `turns`,
`dialogue` or the like. Asked only if no more special format fits.

Roles: words such as USER and ASSISTANT are known; numbers and names need `speakers=`. Where only
USER and SYSTEM speak, SYSTEM is who answers (agent).

Times: `start` and `end`, or `start_time` and `end_time`, taken as seconds; with "_ms" at the end as
milliseconds; also `hh:mm:ss`. ISO 8601 in them or in `timestamp` is counted from the first.
Utterances are in the order of their `index` or `turn_id`, if all have one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers._meta import plain
from callclf.readers._speech import objects
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, mapping, some, squeezed, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.roles import fold
from callclf.readers.times import clock, from_first, iso, scaled
from callclf.transcript import Transcript

__all__ = ["READER", "rows"]

_LISTS = (
    *("utterances", "turns", "dialogue", "dialog", "conversation", "conversations", "messages"),
    *("transcript", "transcripts", "segments", "phrases"),
)
_SPEAKERS = (
    *("speaker", "speakername", "speakerlabel", "speakerid", "sender", "sendername", "author"),
    *("from", "participant", "participantname", "participantid", "name"),
)
_ROLES = ("role", "speakerrole", "participantrole", "sendertype", "speakertype", "authortype")
_TEXTS = (
    *("text", "utterance", "message", "content", "transcript", "value", "sentence", "body"),
    "phrase",
)
_SPOKEN = ("text", "utterance", "sentence")
_IDS = (
    *("conversationid", "dialogueid", "dialogid", "callid", "convoid", "contactid", "sessionid"),
    *("interactionid", "id"),
)
_NUMBERS = ("index", "turnindex", "turnid", "turnnumber", "sequence")
# All names squeezed: "CallId" and "call_id" are one.

_RESEARCH = {"user", "system"}
"""In research corpora SYSTEM is who answers USER, and no notice."""


def _sniff(value: object) -> bool:
    return _is_list(value) or (isinstance(value, dict) and _key(value) is not None)


def _key(record: dict[str, Any]) -> str | None:
    names = _names(record)
    return next((names[key] for key in _LISTS if _is_list(record.get(names.get(key, "")))), None)


def _names(record: dict[str, Any]) -> dict[str, str]:
    """Return squeezed name -> name."""
    return {squeezed(name): name for name in record if isinstance(name, str)}


def _is_list(value: object) -> bool:
    return some(value, _is_turn)


def _is_turn(value: dict[str, Any]) -> bool:
    turn = _squeezed(value)
    if not isinstance(_value(turn, _TEXTS), str):
        return False
    named = {n for n in (*_ROLES, *_SPEAKERS) if isinstance(turn.get(n), str | int)}
    # Whatever has a name and a value or a message is not yet a turn.
    return bool(named - {"name"}) or (bool(named) and not turn.keys().isdisjoint(_SPOKEN))


def _squeezed(record: dict[str, Any]) -> dict[str, Any]:
    return {squeezed(name): value for name, value in record.items() if isinstance(name, str)}


def _value(record: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((record[name] for name in names if record.get(name) is not None), None)


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping({_LISTS[0]: value} if isinstance(value, list) else value)
    id = identifier(_value(_squeezed(record), _IDS))
    meta = plain({k: v for k, v in record.items() if squeezed(k) not in _IDS})
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
    turns = [(where, _squeezed(turn)) for where, turn in objects(record[key], key)]
    found = [_row(i, where, turn) for i, (where, turn) in enumerate(turns)]
    if {fold(row.role or row.speaker or "") for row in found} == _RESEARCH:
        found = [_answering(row) for row in found]
    if any(map(_is_moment, found)):
        found = _from_first(found)
    numbers = [_value(turn, _NUMBERS) for _, turn in turns]
    if all(isinstance(n, int) or (isinstance(n, str) and n.isdecimal()) for n in numbers):
        found = [row for _, row in sorted(zip(map(int, numbers), found, strict=True), key=_first)]
    return found


def _first(pair: tuple[int, Row]) -> int:
    return pair[0]


def _row(i: int, where: str, turn: dict[str, Any]) -> Row:
    text = string(_value(turn, _TEXTS), f"{where}.text")
    role = string(_value(turn, _ROLES), f"{where}.role")
    speaker = identifier(_value(turn, _SPEAKERS), f"{where}.speaker")
    return Row(i, text, role, speaker, _time(turn, "start"), _time(turn, "end"))


def _answering(row: Row) -> Row:
    word = fold(row.role or row.speaker or "")
    return row._replace(role="assistant") if word == "system" else row


class _Moment(float):
    """Seconds since 1970, to be counted from the first of the call."""


def _time(turn: dict[str, Any], edge: str) -> float | None:
    other = "begin" if edge == "start" else edge
    for name in (f"{edge}ms", f"{edge}timems", f"{edge}millis", f"{other}offsetmillis"):
        if turn.get(name) is not None:
            return scaled(turn[name], 1000)
    value = _value(turn, (edge, f"{edge}time", f"{other}time"))
    if value is None and edge == "start":
        # A bare number there may be seconds or milliseconds: no guess.
        named = (turn.get(name) for name in ("timestamp", "time", "createdat"))
        value = next((time for time in named if isinstance(time, str)), None)
    if isinstance(value, str) and ":" in value:
        seconds = clock(value)
        moment = iso(value) if math.isnan(seconds) else None
        return seconds if moment is None else _Moment(moment)
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
