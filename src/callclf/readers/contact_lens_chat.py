"""Amazon Connect Contact Lens: analysis of a chat contact.

Written by: Amazon Connect after each chat for which chat analytics is on. The files lie in the
instance's S3 bucket under `Analysis/Chat/<year>/<month>/<day>/<contact id>_analysis_<time>.json`;
one chat a file.

Recognised by: `Channel` "CHAT" with `Transcript`, and ids of participants. The transcripts that
Connect itself keeps of chats (`ChatTranscripts/`) are the same but for the `Channel`.

Roles: each message has its `ParticipantRole`: AGENT, CUSTOMER, SYSTEM (queue messages, greetings),
CUSTOM_BOT or SUPERVISOR. A role that is wrong in the file stays wrong unless `speakers=` names the
speaker: the display name, or the participant id where two share a name. Events (joined, left,
ended) and attachments have no words and are left out; of interactive messages, which are JSON, the
title is read.

Times: `AbsoluteTime`, ISO 8601; counted from the first item of the chat, events included.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from callclf.readers._contact_lens import contact_id, is_contact_lens, language, participants
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import from_first, iso
from callclf.transcript import Transcript

__all__ = ["READER"]

_INTERACTIVE = "message.interactive"


def _sniff(value: object) -> bool:
    return is_contact_lens(value, "CHAT")


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    people = participants(record)
    items = each(record, "Transcript")
    starts = from_first([iso(item.get("AbsoluteTime")) for _, item in items])
    rows = []
    for i, (where, item) in enumerate(items):
        if item.get("Type") == "EVENT":
            continue
        key = string(item.get("ParticipantId"), f"{where}.ParticipantId")
        role, speaker = people.get(key or "", (None, key))
        own_role = string(item.get("ParticipantRole"), f"{where}.ParticipantRole")
        text = _words(item, where)
        rows.append(Row(i, text, own_role or role, speaker, starts[i]))
    yield assemble(
        rows,
        options,
        format=READER.name,
        id=contact_id(record),
        channel="chat",
        meta=language(record),
    )


def _words(item: dict[str, Any], where: str) -> str | None:
    text = string(item.get("Content"), f"{where}.Content")
    if text is None or _INTERACTIVE not in str(item.get("ContentType")):
        return text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    for key in ("data", "content"):
        found = found.get(key) if isinstance(found, dict) else None
    title = found.get("title") if isinstance(found, dict) else None
    return title if isinstance(title, str) else text


READER = Reader(
    name="contact_lens_chat",
    title="Amazon Connect Contact Lens, chat",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
