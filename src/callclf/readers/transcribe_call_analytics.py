"""Amazon Transcribe Call Analytics: what a call analytics job writes.

Written by: Amazon Transcribe after a job of `StartCallAnalyticsJob`; one call a file.

Recognised by: `Transcript` with `JobName`, `JobStatus` or `ConversationCharacteristics`, where
participants have no ids as they have in Contact Lens.

Roles: `ParticipantRole` of the turn, AGENT or CUSTOMER, as the job's `ChannelDefinitions` say.
Where these were swapped, pass `speakers={"AGENT": "customer", "CUSTOMER": "agent"}`. Redacted words
("[PII]") are kept as they stand.

Times: `BeginOffsetMillis` and `EndOffsetMillis`, milliseconds from the start. Turns overlap; they
are sorted by their start.
"""

from __future__ import annotations

from collections.abc import Iterator

from callclf.readers._contact_lens import is_contact_lens
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import each, identifier, mapping, string
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import scaled
from callclf.transcript import Transcript

__all__ = ["READER"]

_JOB = ("JobName", "JobStatus", "ConversationCharacteristics")


def _sniff(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("Transcript"), list)
        and any(key in value for key in _JOB)
        and not any(is_contact_lens(value, channel) for channel in ("VOICE", "CHAT"))
    )


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    record = mapping(value)
    rows = []
    for i, (where, turn) in enumerate(each(record, "Transcript")):
        role = string(turn.get("ParticipantRole"), f"{where}.ParticipantRole")
        text = string(turn.get("Content"), f"{where}.Content")
        start = scaled(turn.get("BeginOffsetMillis"), 1000)
        end = scaled(turn.get("EndOffsetMillis"), 1000)
        rows.append(Row(i, text, role, start=start, end=end))
    language = string(record.get("LanguageCode"), "LanguageCode")
    channel = string(record.get("Channel"), "Channel")
    yield assemble(
        rows,
        options,
        format=READER.name,
        id=identifier(record.get("JobName"), "JobName"),
        channel=(channel or "voice").lower(),
        meta={"language": language} if language else {},
    )


READER = Reader(
    name="transcribe_call_analytics",
    title="Amazon Transcribe Call Analytics",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".json",),
)
