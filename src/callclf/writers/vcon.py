"""vCon, the IETF's container for conversations, as draft-ietf-vcon-vcon-core-04 has it ("0.4.0").

Every turn is a `dialog` of type "text", said by one of the `parties`. A party is a speaker in a
role: `role` (of the contact-centre extension, CC) is "agent", "customer" or "system"; a bot has the
`type` "bot" instead, and an unknown speaker neither. A party without a name is called by its role.

A vCon must have a UUID: the call's id if it is one, else one made from the content; the id is then
the `interaction_id` of each dialog (CC). It must have dates too, and a call only has seconds from
its start: `start` is counted from `meta["created_at"]` where that is a date, and from 1970-01-01 as
a placeholder where it is not. A turn without a time has that of the turn before it; if all turns
have the same, nothing is known of their times.

Tags are an `analysis` of type "report" about all dialogs: `vendor` is callclf, `product` the model
with its version, `schema` says how to read the body, which is what `Tags.to_dict` returns.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from callclf.errors import WriteError
from callclf.tags import Tags
from callclf.transcript import Role, Transcript, Turn
from callclf.writers.writer import Entry, Writer

__all__ = ["TAGS_SCHEMA", "WRITER"]

TAGS_SCHEMA = "callclf-tags-1"
"""`schema` of the analysis; the number goes up when `Tags.to_dict` changes its keys."""

_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
_ROLES = (Role.AGENT, Role.CUSTOMER, Role.SYSTEM)

_Who = tuple[Role, str | None]


def _write(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield json.dumps(_container(entry), ensure_ascii=False, indent=1) + "\n"


def _container(entry: Entry) -> dict[str, Any]:
    call = entry.call
    created = _date(call.meta)
    numbers: dict[_Who, int] = {}
    for turn in call.turns:
        numbers.setdefault((turn.role, turn.speaker), len(numbers))
    content = {
        "extensions": ["CC"],
        "created_at": (created or datetime.now(UTC)).isoformat(timespec="seconds"),
        **_subject(call.meta),
        "parties": [_party(role, speaker) for role, speaker in numbers],
        "dialog": list(_dialogs(call, numbers, created or _NO_DATE)),
        "analysis": [] if entry.tags is None else [_analysis(entry.tags)],
    }
    # "vcon" is deprecated, and still asked for by what was made for earlier drafts.
    return {"vcon": "0.4.0", "uuid": _uuid(call, content), **content}


def _date(meta: Mapping[str, Any]) -> datetime | None:
    try:
        date = datetime.fromisoformat(meta["created_at"])
    except (KeyError, TypeError, ValueError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _subject(meta: Mapping[str, Any]) -> dict[str, str]:
    subject = meta.get("subject")
    return {"subject": subject} if isinstance(subject, str) else {}


def _uuid(call: Transcript, content: Mapping[str, Any]) -> str:
    try:
        return str(uuid.UUID(call.id or ""))
    except ValueError:
        text = json.dumps([call.id, content])
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    # Version 8, which the draft asks for, in the variant of RFC 9562.
    number = number & ~(0xF << 76) | 8 << 76
    return str(uuid.UUID(int=number & ~(0b11 << 62) | 0b10 << 62))


def _party(role: Role, speaker: str | None) -> dict[str, str]:
    party = {"name": speaker or role.value}
    if role in _ROLES:
        party["role"] = role.value
    if role is Role.BOT:
        party["type"] = "bot"
    return party


def _dialogs(
    call: Transcript, numbers: Mapping[_Who, int], begun: datetime
) -> Iterator[dict[str, Any]]:
    start = next((turn.start for turn in call.turns if turn.start is not None), 0.0)
    for i, turn in enumerate(call.turns):
        start = start if turn.start is None else turn.start
        try:
            moment = begun + timedelta(seconds=start)
        except OverflowError:
            raise WriteError(
                f"turns[{i}] of call {call.id!r} starts at {start} s, which is no date"
            ) from None
        dialog = {
            "type": "text",
            "start": moment.isoformat(timespec="milliseconds"),
            "parties": numbers[turn.role, turn.speaker],
            "mediatype": "text/plain",
            "encoding": "none",
            "body": turn.text,
        }
        yield {**dialog, **_known(call, turn)}


def _known(call: Transcript, turn: Turn) -> dict[str, Any]:
    """Return what only some dialogs have."""
    known: dict[str, Any] = {}
    if turn.start is not None and turn.end is not None:
        known["duration"] = round(turn.end - turn.start, 3)
    if call.channel:
        known["application"] = call.channel
    if call.id:
        known["interaction_id"] = call.id
    return known


def _analysis(tags: Tags) -> dict[str, Any]:
    return {
        "type": "report",
        "dialog": list(range(len(tags.call.turns))),
        "mediatype": "application/json",
        "vendor": "callclf",
        "product": tags.model,
        "schema": TAGS_SCHEMA,
        "encoding": "json",
        "body": tags.to_dict(),
    }


WRITER = Writer(
    name="vcon",
    title="vCon",
    write=_write,
    suffixes=(".vcon", ".vcon.json"),
    tags=True,
)
