"""Conversations of tool-calling agents, written out for reading.

Written by: tau-bench and programs like it, for few-shot examples: one conversation a line, in a
string with "user:", "assistant:" and "tool:" before each message.

Recognised by: a string `messages_display`.

Roles: `user` is the customer, `assistant` the company's side (agent); pass
`speakers={"assistant": "bot"}` where it is a machine that should be told from people. Tool results,
prompts and messages that only call a tool ("assistant: None") are left out.

Times: none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from callclf.readers._meta import plain
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.transcript import Transcript

__all__ = ["READER"]

_KEY = "messages_display"
_LABEL = re.compile(r"^(user|assistant|tool|system|function):[ \t]*", re.MULTILINE)
_SPEAK = ("user", "assistant")
_NO_WORDS = "None"


def _sniff(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get(_KEY), str)


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    _, *parts = _LABEL.split(string(record.get(_KEY), _KEY) or "")
    messages = zip(parts[::2], parts[1::2], strict=True)
    rows = [
        Row(i, words.strip(), role)
        for i, (role, words) in enumerate(messages)
        if role in _SPEAK and words.strip() != _NO_WORDS
    ]
    others = plain({k: v for k, v in record.items() if k not in (_KEY, "id", "task_id")})
    id = identifier(record.get("id") or record.get("task_id"))
    yield assemble(rows, options, format=READER.name, id=id, meta=others)


READER = Reader(
    name="messages_display",
    title="Messages of tool-calling agents as text",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".jsonl",),
)
