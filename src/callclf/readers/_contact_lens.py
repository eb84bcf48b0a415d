"""What Contact Lens writes alike for voice and chat."""

from __future__ import annotations

from collections import Counter
from typing import Any

from callclf.readers.fields import each, identifier, mapping, string

__all__ = ["contact_id", "is_contact_lens", "language", "participants"]


def is_contact_lens(value: object, channel: str) -> bool:
    """Say whether parsed JSON is a finished Contact Lens analysis of a channel.

    Transcribe Call Analytics looks much the same, but its participants have no ids.
    """
    if not isinstance(value, dict) or value.get("Channel") != channel:
        return False
    people = value.get("Participants")
    return (
        isinstance(value.get("Transcript"), list)
        and isinstance(people, list)
        and any(isinstance(person, dict) and "ParticipantId" in person for person in people)
    )


def participants(record: dict[str, Any]) -> dict[str, tuple[str | None, str]]:
    """Return participant id -> (role word, what to call the speaker).

    The display name if no other participant has it, else the id: two agents stay apart.
    """
    listed = each(record, "Participants")
    names = Counter(
        p.get("DisplayName") for _, p in listed if isinstance(p.get("DisplayName"), str)
    )
    people: dict[str, tuple[str | None, str]] = {}
    for where, person in listed:
        key = string(person.get("ParticipantId"), f"{where}.ParticipantId")
        role = string(person.get("ParticipantRole"), f"{where}.ParticipantRole")
        name = string(person.get("DisplayName"), f"{where}.DisplayName")
        if key:
            people[key] = (role, name if name and names[name] == 1 else key)
    return people


def contact_id(record: dict[str, Any]) -> str | None:
    """Return the contact's id."""
    customer = mapping(record.get("CustomerMetadata") or {}, "CustomerMetadata")
    return identifier(customer.get("ContactId"), "CustomerMetadata.ContactId")


def language(record: dict[str, Any]) -> dict[str, Any]:
    """Return the language for `meta`, where it is said."""
    code = string(record.get("LanguageCode"), "LanguageCode")
    return {"language": code} if code else {}
