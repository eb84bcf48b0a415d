"""Amazon Connect Contact Lens: analysis of a voice contact.

Written by: Amazon Connect after each call for which post-call analytics is on. The files lie in the
instance's S3 bucket under `Analysis/Voice/<year>/<month>/<day>/<contact id>_analysis_<time>.json`
(`Analysis/Voice/Redacted/` for redacted ones); one call a file.

Recognised by: `Channel` "VOICE" with `Transcript`, and ids of participants.

Roles: a turn has a `ParticipantId`, and `Participants[]` has its `ParticipantRole`: AGENT,
CUSTOMER, SYSTEM, CUSTOM_BOT or SUPERVISOR. A role that is wrong in the file stays wrong unless
`speakers=` names the participant id. Redacted words ("[PII]") are kept as they stand.

Times: `BeginOffsetMillis` and `EndOffsetMillis`, milliseconds from the start. Turns overlap; they
are sorted by their start.
"""

from __future__ import annotations

from collections.abc import Iterator

from callclf.readers._contact_lens import contact_id, is_contact_lens, language, participants
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER"]


def _sniff(value: object) -> bool:
    return is_contact_lens(value, "VOICE")


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    people = participants(record)
    rows = []
    for i, (where, turn) in enumerate(each(record, "Transcript")):
        key = string(turn.get("ParticipantId"), f"{where}.ParticipantId")
        role, speaker = people.get(key or "", (None, key))
        text = string(turn.get("Content"), f"{where}.Content")
        start = scaled(turn.get("BeginOffsetMillis"), 1000)
        end = scaled(turn.get("EndOffsetMillis"), 1000)
        rows.append(Row(i, text, role, speaker, start, end))
    yield assemble(
        rows,
        options,
        format=READER.name,
        id=contact_id(record),
        channel="voice",
        meta=language(record),
    )


READER = Reader(
    name="contact_lens_voice",
    title="Amazon Connect Contact Lens, voice",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
