"""Azure AI Language: conversations handed to its analysis tasks.

Written by: programs that ask Azure for a summary or for private data in a conversation: the body
of `/language/analyze-conversations/jobs`.

Recognised by: `conversationItems`, bare, or in `conversations`, or in `analysisInput`.

Roles: `role` where there is one, else `participantId`: words such as "Agent" and "Customer" are
known, numbers and names need `speakers=`.

Times: `conversationItemLevelTiming`, ticks of 100 ns; most files have none.

The text is `text`, else `itn`, else `lexical`. Each conversation of the body is a call.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers._azure import best_text, span
from callclf.readers._meta import plain
from callclf.readers._speech import objects
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions, Result
from callclf.transcript import Transcript

__all__ = ["READER"]

_ITEMS = "conversationItems"
_CHANNELS = {"transcript": "voice", "text": "chat"}


def _sniff(value: object) -> bool:
    return isinstance(value, dict) and bool(_conversations(value))


def _conversations(record: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return (path, conversation) for each conversation that the body holds."""
    if _ITEMS in record:
        return [("", record)]
    outer, path = record, "conversations"
    if isinstance(record.get("analysisInput"), dict):
        outer, path = record["analysisInput"], "analysisInput.conversations"
    listed = outer.get("conversations")
    if not isinstance(listed, list):
        return []
    found = [(f"{path}[{i}]", conversation) for i, conversation in enumerate(listed)]
    return found if any(isinstance(c, dict) and _ITEMS in c for _, c in found) else []


def _read(value: object, options: ReadOptions) -> Iterator[Result]:
    found = _conversations(mapping(value))
    if not found:
        raise ReadError(f"expected {_ITEMS}, bare or in analysisInput.conversations")
    for where, conversation in found:
        try:
            yield _call(mapping(conversation, where), where, options)
        except ReadError as error:
            yield ReadError(error.problem, where=error.where or where)


def _call(conversation: dict[str, Any], where: str, options: ReadOptions) -> Transcript:
    rows = []
    path = f"{where}.{_ITEMS}" if where else _ITEMS
    for i, (place, item) in enumerate(objects(conversation.get(_ITEMS), path)):
        timing = item.get("conversationItemLevelTiming") or {}
        rows.append(
            Row(
                i,
                string(item.get("text"), f"{place}.text") or best_text(item, place),
                string(item.get("role"), f"{place}.role"),
                identifier(item.get("participantId"), f"{place}.participantId"),
                *span(mapping(timing, f"{place}.conversationItemLevelTiming")),
            )
        )
    modality = conversation.get("modality")
    return assemble(
        rows,
        options,
        format=READER.name,
        id=identifier(conversation.get("id")),
        channel=_CHANNELS.get(modality) if isinstance(modality, str) else None,
        meta=plain({"language": conversation.get("language")}),
    )


READER = Reader(
    name="azure_conversations",
    title="Azure AI Language, conversations",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
