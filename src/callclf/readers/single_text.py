"""JSON that holds a whole call in one string.

Written by: programs that keep a transcript as text beside its id and times, language models, and
recognisers asked for plain text.

Recognised by: an object whose `Content`, `transcript`, `text` or the like is one string, with
labels of two speakers or at least 30 words, and that has no speaker beside. Asked only if no more
special format fits.

Roles: the labels in the text, as in plain text: at the beginning of lines, or in the middle of one
long line ("Agent: Hello. Customer: Hi."). Without labels the paragraphs are turns of nobody.

Times: none but those that stand before labels; the other fields go into `meta`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers import utterances
from callclf.readers._meta import plain
from callclf.readers._whole_text import text_rows
from callclf.readers.assemble import assemble
from callclf.readers.fields import identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.roles import fold
from callclf.transcript import Transcript

__all__ = ["READER"]

_TEXTS = ("content", "transcript", "transcription", "conversation", "dialogue", "dialog", "text")
_IDS = ("conversation id", "conversationid", "call id", "callid", "contact id", "contactid", "id")
_SPEAKERS = ("speaker", "role", "author", "sender", "participant", "author type", "speaker id")
_WORDS = 30
"""In a string without labels; a shorter one is more likely a single message."""


def _sniff(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    names = _folded(value)
    text = _first(value, names, _TEXTS)
    if not isinstance(text, str) or any(name in names for name in _SPEAKERS):
        return False
    if utterances.READER.sniff(value):
        return False  # the same call once more, in turns
    # Up to there only: a text may be of any length, and a call shows who speaks early.
    rows = text_rows(text[:20_000], ReadOptions())
    return len({row.speaker for row in rows if row.speaker}) > 1 or len(text.split()) >= _WORDS


def _folded(record: dict[str, Any]) -> dict[str, str]:
    """Return folded name -> name: "ConversationId" and "conversationId" are one."""
    return {fold(name): name for name in record if isinstance(name, str)}


def _first(record: dict[str, Any], names: dict[str, str], wanted: tuple[str, ...]) -> Any:
    found = (record[names[name]] for name in wanted if name in names)
    return next((value for value in found if value), None)


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    names = _folded(record)
    key = next((names[name] for name in _TEXTS if name in names), None)
    if key is None:
        raise ReadError(f"expected the call as one string under {', '.join(_TEXTS)}")
    text = string(_first(record, names, _TEXTS), key) or ""
    id = identifier(_first(record, names, _IDS))
    others = {k: v for k, v in record.items() if fold(k) not in (*_TEXTS, *_IDS)}
    yield assemble(text_rows(text, options), options, format=READER.name, id=id, meta=plain(others))


READER = Reader(
    name="single_text",
    title="JSON with the call as one string",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json", ".jsonl"),
    fallback=True,
)
