"""Plain text with a speaker's label before each turn.

Written by: people, transcription services as "TXT", notes in a CRM, language models. One call a
file: save or copy it as it is.

Recognised by: lines with a label and a colon, over half of all paragraphs, of two speakers or more:
an agent and a customer, or three lines with a role word among the labels, or names that keep coming
back. Prose and logs are refused. Asked only if no other text format fits.

Roles: the label, in bold or in brackets or neither: a role word ("Agent", "Caller"), perhaps before
a name ("Agent Mike Rivera") or in brackets after it ("Mike (agent)"). Bare names need `speakers=`.
Lines without a label go on with the turn before; lines before the first label are left out, and so
is a first paragraph of "Call ID: ..." and the like.

Times: an optional `[hh:mm:ss]`, `hh:mm:ss` or `[mm:ss]` before the label, or `mm:ss` after it.
Dates and times of day are counted from the first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from callclf.readers._stamps import Stamp, seconds, split_stamp
from callclf.readers.assemble import Row, assemble
from callclf.readers.labels import Labelled, is_anonymous, split_label
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.roles import fold, role_of
from callclf.readers.times import clock
from callclf.transcript import Role, Transcript

__all__ = ["READER", "split_turns"]

_LOG_LEVELS = frozenset(
    {"trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal"}
)
_HEADER = frozenset(
    {"call id", "call", "date", "call date", "time", "duration", "subject", "case", "case id"}
    | {"ticket", "ticket id", "reference", "transcript", "chat started", "started", "topic"}
    | {"conversation id", "contact id", "agent name", "agent id", "customer name", "customer id"}
)
"""What a first paragraph says about the call, and nobody says in it."""

_FEWEST_LINES = 3
_MOST_NAMES = 8
"""Different labels in a conversation; a form or a log has more."""


def _sniff(beginning: str) -> bool:
    lines = [line for line in _body(beginning).split("\n") if line.strip()]
    labels = Counter(found.label.casefold() for line in lines if (found := _label(line)[1]))
    if len(labels) < 2 or labels.keys() & _LOG_LEVELS:
        return False
    # Wrapped lines belong to their paragraph: where there are blank lines, count paragraphs.
    paragraphs = len(re.split(r"\n\s*\n", beginning.strip()))
    units = paragraphs if paragraphs > 1 else len(lines)
    if labels.total() < 0.5 * units:
        return False
    roles = {role_of(label) for label in labels}
    if roles >= {Role.AGENT, Role.CUSTOMER} or roles >= {Role.BOT, Role.CUSTOMER}:
        return True
    if roles & {Role.AGENT, Role.CUSTOMER, Role.BOT} and labels.total() >= _FEWEST_LINES:
        return True
    recurring = [label for label, count in labels.items() if count > 1 or is_anonymous(label)]
    return len(recurring) > 1 and len(labels) <= _MOST_NAMES


def _label(
    line: str, roles: Mapping[str, Role] | None = None
) -> tuple[Stamp | None, Labelled | None]:
    stamp, rest = split_stamp(line)
    return stamp, split_label(rest, roles)


def _body(text: str) -> str:
    """Return the text without the first paragraph, if that says what the call is about."""
    head, blank, body = text.lstrip().partition("\n\n")
    names = [fold(line.partition(":")[0]) for line in head.split("\n") if ":" in line]
    return body if blank and not _HEADER.isdisjoint(names) else text


def _read(text: str, options: ReadOptions) -> Iterator[Transcript]:
    yield assemble(split_turns(_body(text), options), options, format=READER.name)


def split_turns(text: str, options: ReadOptions) -> list[Row]:
    """Return a row for each label in the text.

    Parameters
    ----------
    text
        A whole call with labels at the beginning of lines.
    options
        For the names in `speakers`, which are labels even in lower case.
    """
    labels: list[Labelled] = []
    stamps: list[Stamp | None] = []
    wrapped: list[list[str]] = []
    for line in text.split("\n"):
        stamp, found = _label(line, options.roles)
        if found is not None:
            own = Stamp(passed=clock(found.time)) if found.time else None
            labels.append(found)
            stamps.append(stamp or own)
            wrapped.append([found.text] if found.text else [])
        elif wrapped and line.strip():
            wrapped[-1].append(line.strip())
    starts = seconds(stamps)
    return [
        Row(i, " ".join(lines), labelled.label, labelled.label, starts[i])
        for i, (labelled, lines) in enumerate(zip(labels, wrapped, strict=True))
    ]


READER = Reader(
    name="plain_text",
    title="Plain text with speaker labels",
    kind="text",
    sniff=_sniff,
    read=_read,
    suffixes=(".txt", ".md"),
    fallback=True,
)
