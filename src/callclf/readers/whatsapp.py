"""WhatsApp: an exported chat.

Written by: WhatsApp's "Export chat" without media, on Android (`3/5/26, 10:15 AM - Name: text`) and
on iOS (`[05.03.26, 10:15:03] Name: text`); one chat a file.

Recognised by: lines that begin with a date and a time in one of these two forms.

Roles: names only. Names that begin with a role word ("Agent Mike Rivera") are known; map the others
with `speakers={"Sarah Johnson": "customer"}`. Lines without a name (encryption, who joined) are
system turns. Media that were left out of the export and deleted messages have no words.

Times: date and time of each message, to the minute on Android, counted from the first. Whether the
day or the month comes first depends on the phone: with points it is the day; else it is settled by
dates that can only be one, or by what keeps messages in order, and if neither tells, there are no
times, with a warning.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from callclf.readers.assemble import Row, assemble
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.times import from_first, iso
from callclf.transcript import Transcript

__all__ = ["READER"]

_DATE = r"(?P<date>\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4})\.?,?[ \u00a0\u202f]+"
_TIME = (
    r"(?P<time>\d{1,2}[:.]\d\d(?:[:.]\d\d)?)"
    r"(?:[ \u00a0\u202f]*(?P<half>[AaPp])\.?[ \u00a0]?[Mm]\.?)?"
)
_HEAD = re.compile(rf"[\u200e\u200f]*(?P<bracket>\[)?{_DATE}{_TIME}(?(bracket)\][ ]|[ ]-[ ])")
_NAME = re.compile(r'(?P<name>[^:"\n]{1,60}): ')
# What stands for media that were left out of the export, by the phone's language.
_MEDIA = re.compile(
    r"<[^<>\n]* (?:omitted|ausgeschlossen|weggelassen|weggelaten|omitidos?|omis|omessi)>"
    r"|<[^<>\n]* ocult[ao]s?>"
    r"|(?:image|video|audio|sticker|GIF|document|Contact card) omitted"
)
_DELETED = ("This message was deleted", "You deleted this message")
_ORDERS = ("mdy", "dmy")


class _Message(NamedTuple):
    date: str
    time: tuple[int, int, int]
    name: str | None
    lines: list[str]


def _sniff(beginning: str) -> bool:
    lines = [line for line in beginning.split("\n") if line.strip()]
    return bool(lines) and _HEAD.match(lines[0]) is not None


def _read(text: str, options: ReadOptions) -> Iterator[Transcript]:
    messages = list(_messages(text))
    moments, warnings = _moments(messages)
    starts = from_first(moments)
    rows = []
    for i, (message, start) in enumerate(zip(messages, starts, strict=True)):
        words = "\n".join(message.lines).strip().strip("\u200e\u200f")
        gone = _MEDIA.fullmatch(words) or words.rstrip(".") in _DELETED
        role = None if message.name else "system"
        rows.append(Row(i, None if gone else words, role, message.name, start))
    meta = {"warnings": warnings} if warnings else {}
    yield assemble(rows, options, format=READER.name, channel="chat", meta=meta)


def _messages(text: str) -> Iterator[_Message]:
    current: _Message | None = None
    for line in text.split("\n"):
        head = _HEAD.match(line)
        if head is None:
            if current is not None:
                current.lines.append(line)
            continue
        if current is not None:
            yield current
        rest = line[head.end() :]
        name = _NAME.match(rest)
        words = rest[name.end() :] if name else rest
        who = name["name"].strip("\u200e\u200f ~\u202f\u00a0") if name else None
        current = _Message(head["date"], _time(head["time"], head["half"]), who, [words])
    if current is not None:
        yield current


def _time(written: str, half: str | None) -> tuple[int, int, int]:
    hour, minute, second = [*(int(part) for part in re.split(r"[:.]", written)), 0][:3]
    if half:
        hour = hour % 12 + (12 if half in "Pp" else 0)
    return hour, minute, second


def _moments(messages: Sequence[_Message]) -> tuple[list[float | None], list[str]]:
    """Return seconds since 1970 for each message, and the warning where they are not known."""
    first = messages[0].date if messages else ""
    if len({m.date for m in messages}) == 1:
        # All on one day: which day it was makes no difference.
        return [_moment(m._replace(date="1/1/2000"), "mdy") for m in messages], []
    if re.match(r"\d{4}", first):
        return [_moment(m, "ymd") for m in messages], []
    if "." in first:  # nowhere does the month come first with points
        return [_moment(m, "dmy") for m in messages], []
    found = [[_moment(m, order) for m in messages] for order in _ORDERS]
    possible = [times for times in found if None not in times and not _is_nan(times)]
    ordered = [times for times in possible if times == sorted(times, key=lambda t: t or 0.0)]
    best = ordered or possible
    if len(best) == 1 or (best and from_first(best[0]) == from_first(best[1])):
        return best[0], []
    return [None] * len(messages), ["dates may be day/month or month/day, so there are no times"]


def _is_nan(times: Sequence[float | None]) -> bool:
    return any(time is not None and math.isnan(time) for time in times)


def _moment(message: _Message, order: str) -> float | None:
    parts = dict(zip(order, map(int, re.split(r"[/.\-]", message.date)), strict=True))
    year = parts["y"] + 2000 if parts["y"] < 100 else parts["y"]
    try:
        return iso(datetime(year, parts["m"], parts["d"], *message.time))
    except ValueError:
        return math.nan


READER = Reader(
    name="whatsapp",
    title="WhatsApp, exported chat",
    kind="text",
    sniff=_sniff,
    read=_read,
    suffixes=(".txt",),
)
