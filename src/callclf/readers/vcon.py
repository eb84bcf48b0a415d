"""vCon, the IETF's container for conversations.

Written by: vCon servers and adapters, Webex Contact Center ("vCon transcripts"), and other systems
that export the draft-ietf-vcon-vcon-core format, any version. One conversation a file.

Recognised by: `parties` with `dialog` or `analysis`; the outer shapes of signed and encrypted vCons
too.

Roles: `role` of a party, also in its `meta`; else its `type` "bot"; else a role word in its name.
Names that stand before what is said are looked up among the parties. The rest needs
`speakers={"Rachel Kim": "agent"}`, by name.

Times: `start` of each text, RFC 3339, counted from the first, and `duration` in seconds. In an
`analysis` those of the recogniser, in seconds.

The words are in `dialog` entries of type "text", or in an `analysis` of type "transcript": a string
with names before what is said, a list of speaker and message, World Transcription Format, or what
Deepgram, AssemblyAI, Rev AI, Whisper or Azure gave. Bodies may be plain, JSON or base64url. Nothing
is ever fetched: a body that is only a `url` is an error, and so are a recording without a
transcript, a party number that does not exist, and a vCon that is signed or encrypted.
"""

# Read with the json module alone: the `vcon` package makes and signs vCons of the present draft,
# and the shapes found in the wild are of all drafts, or of none.

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers._markup import plain_text
from callclf.readers._meta import plain
from callclf.readers._speech import objects
from callclf.readers._vcon_analysis import analysis_rows
from callclf.readers._vcon_parts import Party, body, check_dialog, parties, unsealed
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, mapping
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import from_first, iso, scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_SEALED = (
    {"payload", "signatures"},
    {"payload", "protected"},
    {"ciphertext", "recipients"},
    {"ciphertext", "protected"},
)
"""Keys of what signing (JWS) and encrypting (JWE) make of a vCon."""


def _sniff(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    if any(value.keys() >= keys for keys in _SEALED):
        return True
    return "parties" in value and ("dialog" in value or "analysis" in value)


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = unsealed(mapping(value))
    people = parties(record)
    dialogs = objects(record.get("dialog") or [], "dialog")
    for where, dialog in dialogs:
        check_dialog(dialog, where, people)
    rows = _text_rows(dialogs, people)
    written = bool(rows)
    if not rows:
        rows = analysis_rows(record, people, options)
    if not rows:
        raise _no_words(dialogs)
    recorded = any(dialog.get("type") == "recording" for _, dialog in dialogs)
    yield assemble(
        rows,
        options,
        format=READER.name,
        id=identifier(record.get("uuid"), "uuid"),
        channel="voice" if recorded else "chat" if written else None,
        meta=plain({name: record.get(name) for name in ("subject", "created_at")}),
    )


def _text_rows(dialogs: list[tuple[str, dict[str, Any]]], people: list[Party]) -> list[Row]:
    starts = from_first([iso(dialog.get("start")) for _, dialog in dialogs])
    if len(starts) > 1 and len(set(starts)) == 1:
        # The draft wants a start in every dialog: one moment for all says nothing about time.
        starts = [None] * len(starts)
    rows = []
    for i, (where, dialog) in enumerate(dialogs):
        text = body(dialog, where) if dialog.get("type") == "text" else None
        if text is not None and not isinstance(text, str):
            text = dialog["body"]  # what a person wrote may happen to be JSON, such as "[1]"
        if not isinstance(text, str):
            continue
        if "html" in str(dialog.get("mediatype") or dialog.get("mimetype")):
            text = plain_text(text)
        party = _sender(dialog, people)
        start, length = starts[i], scaled(dialog.get("duration"))
        end = start + length if start is not None and length is not None else None
        rows.append(Row(i, text, party.role, party.name, start, end))
    return rows


def _sender(dialog: dict[str, Any], people: list[Party]) -> Party:
    # Checked before: every number there is one of the parties.
    listed = dialog.get("parties")
    first = listed[0] if isinstance(listed, list) and listed else listed
    number = dialog.get("originator", first)
    return people[number] if isinstance(number, int) else Party(None, None)


def _no_words(dialogs: list[tuple[str, dict[str, Any]]]) -> ReadError:
    for where, dialog in dialogs:
        if dialog.get("type") == "text" and "url" in dialog:
            return ReadError(
                "the text is behind a URL, which is never fetched; put it into body",
                where=f"{where}.url",
            )
    for where, dialog in dialogs:
        if dialog.get("type") == "recording":
            return ReadError(
                "a recording without a transcript; transcribe it, and add the transcript to "
                "analysis",
                where=where,
            )
    return ReadError(
        "no words: expected a dialog of type 'text' or an analysis of type 'transcript'"
    )


READER = Reader(
    name="vcon",
    title="vCon",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".vcon", ".json"),
)
