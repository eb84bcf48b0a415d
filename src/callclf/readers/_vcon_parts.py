"""The parts of a vCon: parties, dialogs and bodies, checked."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections import Counter
from typing import Any, NamedTuple

from callclf.errors import ReadError
from callclf.readers.fields import each, identifier, string
from callclf.readers.roles import role_of
from callclf.readers.times import scaled
from callclf.transcript import Role

__all__ = ["Party", "body", "check_dialog", "parties", "unsealed"]

_NAMES = ("name", "tel", "mailto", "email", "sip", "uuid", "id")


class Party(NamedTuple):
    """Who takes part: the word for the role, and what to call them."""

    role: str | None
    name: str | None


def unsealed(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record, if it is a vCon that can be read.

    Raises
    ------
    ReadError
        If it is signed or encrypted.
    """
    if "ciphertext" in record:
        raise ReadError(
            "an encrypted vCon (JWE); decrypt it with the recipient's key, and read what comes out",
            where="ciphertext",
        )
    if "payload" in record and "parties" not in record:
        raise ReadError(
            "a signed vCon (JWS); check its signature, and read the vCon that its payload holds "
            "in base64url",
            where="payload",
        )
    return record


def parties(record: dict[str, Any]) -> list[Party]:
    """Return the parties in their order.

    Raises
    ------
    ReadError
        If there is no list of them, or one is no object.
    """
    listed = each(record, "parties")
    names = [_name(party, where) for where, party in listed]
    counts = Counter(names)
    return [
        # Two with one name stay two.
        Party(_role(party, where), name if name and counts[name] == 1 else f"party {i}")
        for i, ((where, party), name) in enumerate(zip(listed, names, strict=True))
    ]


def _name(party: dict[str, Any], where: str) -> str | None:
    return next(
        (found for key in _NAMES if (found := identifier(party.get(key), f"{where}.{key}"))), None
    )


def _role(party: dict[str, Any], where: str) -> str | None:
    meta = party.get("meta")
    outer = string(party.get("role"), f"{where}.role")
    inner = string(meta.get("role"), f"{where}.meta.role") if isinstance(meta, dict) else None
    words = [word for word in (outer, inner) if word]
    known = [word for word in words if role_of(word) is not Role.UNKNOWN]
    return next(iter([*known, *words]), "bot" if party.get("type") == "bot" else None)


def check_dialog(dialog: dict[str, Any], where: str, people: list[Party]) -> None:
    """Refuse a dialog whose fields cannot be what they should.

    Parameters
    ----------
    dialog
        An entry of `dialog`.
    where
        Its path.
    people
        All parties.

    Raises
    ------
    ReadError
        With the path of what is wrong.
    """
    for name in ("type", "mediatype", "mimetype", "encoding"):
        string(dialog.get(name), f"{where}.{name}")
    length = scaled(dialog.get("duration"))
    if length is not None and not math.isfinite(length):
        raise ReadError(
            f"expected seconds, as a number, got {dialog['duration']!r}", where=f"{where}.duration"
        )
    listed = dialog.get("parties")
    numbers = list(enumerate(listed)) if isinstance(listed, list) else []
    places = [(f"{where}.parties[{i}]", number) for i, number in numbers]
    if not isinstance(listed, list):
        places.append((f"{where}.parties", listed))
    places.append((f"{where}.originator", dialog.get("originator")))
    for place, number in places:
        if number is not None:
            _check_number(number, place, people)


def _check_number(number: object, where: str, people: list[Party]) -> None:
    if isinstance(number, bool) or not isinstance(number, int):
        raise ReadError(f"expected the number of a party, got {number!r}", where=where)
    if not 0 <= number < len(people):
        known = f"they are 0 to {len(people) - 1}" if people else "there are none"
        raise ReadError(f"there is no party {number}; {known}", where=where)


def body(part: dict[str, Any], where: str) -> Any:
    """Return the body of a dialog or an analysis, decoded; None if it has none.

    Raises
    ------
    ReadError
        If it is not what its `encoding` says.
    """
    content = part.get("body")
    encoding = (string(part.get("encoding"), f"{where}.encoding") or "").casefold()
    if content is None or not isinstance(content, str):
        return content
    if encoding in ("base64url", "base64"):
        content, encoding = _from_base64(content, f"{where}.body"), "none"
    if encoding == "json":
        try:
            content = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise ReadError(
                f"encoding is 'json', and the body is not: {error}", where=f"{where}.body"
            ) from None
    # Without an encoding, and within JSON, a string may hold JSON again.
    if isinstance(content, str) and content.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            return content
    return content


def _from_base64(content: str, where: str) -> str:
    letters = content.strip().rstrip("=").replace("+", "-").replace("/", "_")
    try:
        data = base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
        return data.decode()
    except (binascii.Error, ValueError):
        raise ReadError(
            "encoding is 'base64url', and the body is no text in it", where=where
        ) from None
