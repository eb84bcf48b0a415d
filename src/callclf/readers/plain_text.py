"""Plain text with a speaker's label before each turn.

Written by: people, transcription services as "TXT", notes in a CRM, language models. One call a
file: save or copy it as it is.

Recognised by: lines with a label and a colon, over half of all paragraphs, of two speakers or more:
an agent and a customer, or three lines with a role word among the labels, or names that keep coming
back. Prose and logs are refused. Asked only if no other text format fits.

Roles: the label, in bold or not: a role word ("Agent", "Caller"), perhaps before a name ("Agent
Mike Rivera") or in brackets after it ("Mike (agent)"). Bare names need `speakers=`. Lines without a
label go on with the turn before; lines before the first label are left out.

Times: an optional `[hh:mm:ss]`, `hh:mm:ss` or `[mm:ss]` before the label, or `(mm:ss)` after it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from callclf.readers.assemble import Row, assemble
from callclf.readers.labels import Labelled, split_label
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.roles import role_of
from callclf.readers.times import clock
from callclf.transcript import Role, Transcript

__all__ = ["READER", "split_turns"]

_TIME = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,3})?)?"
_STAMP = re.compile(
    rf"\s*(?:[\[(](?P<inside>{_TIME})(?:\s*(?:-|\u2013|-->)\s*{_TIME})?[\])]"
    r"|(?P<bare>\d{1,2}:\d\d:\d\d(?:[.,]\d{1,3})?))\s*(?:[-\u2013]\s+)?(?=\S|$)"
)
_LOG_LEVELS = frozenset(
    {"trace", "debug", "info", "notice", "warn", "warning", "error", "critical", "fatal"}
)
_FEWEST_LINES = 3
_MOST_NAMES = 8
"""Different labels in a conversation; a form or a log has more."""


def _sniff(beginning: str) -> bool:
    lines = [line for line in beginning.split("\n") if line.strip()]
    labels = Counter(found.label.casefold() for line in lines if (found := _label(line)))
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
    recurring = [label for label, count in labels.items() if count > 1]
    return len(recurring) > 1 and len(labels) <= _MOST_NAMES


def _label(line: str, roles: Mapping[str, Role] | None = None) -> Labelled | None:
    stamp = _STAMP.match(line)
    labelled = split_label(line[stamp.end() :] if stamp else line, roles)
    if labelled is None or stamp is None:
        return labelled
    return labelled._replace(time=stamp["inside"] or stamp["bare"])


def _read(text: str, options: ReadOptions) -> Iterator[Transcript]:
    yield assemble(split_turns(text, options), options, format=READER.name)


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
    wrapped: list[list[str]] = []
    for line in text.split("\n"):
        found = _label(line, options.roles)
        if found is not None:
            labels.append(found)
            wrapped.append([found.text])
        elif wrapped and line.strip():
            wrapped[-1].append(line.strip())
    return [
        Row(i, " ".join(lines), label, label, clock(time) if time else None)
        for i, ((label, _, time), lines) in enumerate(zip(labels, wrapped, strict=True))
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
