"""Chat messages as language-model programs keep them: `[{"role": ..., "content": ...}, ...]`.

Written by: chat bots and agent frameworks that log their conversations in the shape of the OpenAI
and Anthropic interfaces. Export the list of messages, bare or in an object, one conversation a
line or all in one list.

Recognised by: a list of objects with `role` or `persona` and `content`, bare or under `messages`,
`conversation` or `traj`.

Roles: `user` and `human` are the customer. `assistant` is the company's side and becomes agent;
pass `speakers={"assistant": "bot"}` where it is a machine that should be told from people. Tool
calls, tool results and the prompt (`system` or `developer` before anybody speaks) are no part of
the conversation and are left out; a `system` message later on is kept as a notice. Content in parts
is joined; content that is null is left out.

Times: `created_at` or `timestamp` where it is ISO 8601; counted from the first message.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, some, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import from_first, iso
from callclf.transcript import Transcript

__all__ = ["READER"]

_LISTS = ("messages", "conversation", "traj")
_ROLES = ("role", "persona")
_TIMES = ("created_at", "timestamp")
_IDS = ("id", "conversation_id", "session_id", "chat_id", "thread_id")
_TOOLS = ("tool", "function")
_PROMPTS = ("system", "developer")


def _sniff(value: object) -> bool:
    return _is_messages(value) or (isinstance(value, dict) and _key(value) is not None)


def _key(record: dict[str, Any]) -> str | None:
    return next((key for key in _LISTS if _is_messages(record.get(key))), None)


def _is_messages(value: object) -> bool:
    return some(value, _is_message)


def _is_message(value: dict[str, Any]) -> bool:
    return isinstance(_first(value, _ROLES), str) and "content" in value


def _first(record: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((record[key] for key in keys if record.get(key) is not None), None)


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = {_LISTS[0]: value} if isinstance(value, list) else mapping(value)
    messages = each(record, _key(record) or _LISTS[0])
    starts = from_first([_moment(message) for _, message in messages])
    rows: list[Row] = []
    for i, (where, message) in enumerate(messages):
        role = string(_first(message, _ROLES), f"{where}.role")
        word = (role or "").casefold()
        if word in _TOOLS or (word in _PROMPTS and not rows):
            continue
        speaker = string(message.get("name"), f"{where}.name")
        text = _text(message.get("content"), f"{where}.content")
        rows.append(Row(i, text, role, speaker, starts[i]))
    meta = {k: v for k, v in record.items() if k not in _IDS and _is_plain(v)}
    id = identifier(_first(record, _IDS))
    yield assemble(rows, options, format=READER.name, id=id, meta=meta)


def _moment(message: dict[str, Any]) -> float | None:
    time = _first(message, _TIMES)
    # A bare number may be seconds or milliseconds: no guess.
    return iso(time) if isinstance(time, str) else None


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float) and value != ""


def _text(content: object, where: str) -> str | None:
    if not isinstance(content, list):
        return string(content, where)
    parts = []
    for i, part in enumerate(content):
        if isinstance(part, dict):
            # Images, files and calls of tools have no `text`.
            part = part.get("text")
        if part is not None and not isinstance(part, str):
            raise ReadError("expected words", where=f"{where}[{i}]")
        parts.append(part)
    return " ".join(part for part in parts if part)


READER = Reader(
    name="chat_messages",
    title="Chat messages (role and content)",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json", ".jsonl"),
)
