"""What Contact Lens writes alike for voice and chat."""

from __future__ import annotations

from collections import Counter
from typing import Any

from callclf.readers.fields import each, identifier, mapping, some, string

__all__ = ["contact_id", "is_contact_lens", "language", "participants"]


def is_contact_lens(value: object, channel: str) -> bool:
    """Say whether parsed JSON is a finished Contact Lens analysis of a channel.

    Transcribe Call Analytics looks much the same, but its participants have no ids.
    """
    if not isinstance(value, dict) or not isinstance(value.get("Transcript"), list):
        return False
    if not any(some(value.get(name), _has_id) for name in ("Participants", "Transcript")):
        return False
    if isinstance(value.get("Channel"), str):
        return bool(value["Channel"].upper() == channel)
    timed_by_date = some(value["Transcript"], lambda item: "AbsoluteTime" in item)
    return timed_by_date == (channel == "CHAT")


def _has_id(part: dict[str, Any]) -> bool:
    return "ParticipantId" in part


def participants(record: dict[str, Any]) -> dict[str, tuple[str | None, str]]:
    """Return participant id -> (role word, what to call the speaker).

    The display name if no other participant has it, else the id: two agents stay apart. Both stand
    with the participants or with what they say.
    """
    roles: dict[str, str | None] = {}
    names: dict[str, str] = {}
    listed = each(record, "Participants") if record.get("Participants") else []
    for where, person in [*listed, *each(record, "Transcript")]:
        key = string(person.get("ParticipantId"), f"{where}.ParticipantId")
        role = string(person.get("ParticipantRole"), f"{where}.ParticipantRole")
        name = string(person.get("DisplayName"), f"{where}.DisplayName")
        if key:
            roles[key] = roles.get(key) or role
            if name:
                names.setdefault(key, name)
    count = Counter(names.values())
    return {
        key: (role, name if (name := names.get(key)) and count[name] == 1 else key)
        for key, role in roles.items()
    }


def contact_id(record: dict[str, Any]) -> str | None:
    """Return the contact's id."""
    customer = mapping(record.get("CustomerMetadata") or {}, "CustomerMetadata")
    return identifier(customer.get("ContactId"), "CustomerMetadata.ContactId")


def language(record: dict[str, Any]) -> dict[str, Any]:
    """Return the language for `meta`, where it is said."""
    code = string(record.get("LanguageCode"), "LanguageCode")
    return {"language": code} if code else {}
