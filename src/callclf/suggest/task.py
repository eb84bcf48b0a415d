"""What reviewers are given and give back, and the one shape that every tool's format has.

To add a tool, add one module to this package that defines `FORMAT = AnnotationFormat(...)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from callclf.labels import CallLabels
from callclf.taxonomy import Taxonomy
from callclf.transcript import Transcript

__all__ = ["AnnotationFormat", "Corrections", "Reviewed", "Task"]


@dataclass(frozen=True)
class Task:
    """A call to be reviewed.

    Parameters
    ----------
    call
        The call; it has an id.
    why
        Why it was chosen: "random", "uncertain", "likely rudeness", "diverse".
    chance
        For a random one, the chance with which any call was chosen so.
    labels
        What is filled in beforehand; None for nothing.
    version
        Of the model that says so.
    """

    call: Transcript
    why: str = ""
    chance: float | None = None
    labels: CallLabels | None = None
    version: str = ""

    @property
    def id(self) -> str:
        """The call's id."""
        return self.call.id or ""

    def reason(self) -> dict[str, Any]:
        """Return why the call was chosen as plain JSON data."""
        reason: dict[str, Any] = {"why": self.why, "model": self.version}
        return reason if self.chance is None else {**reason, "chance": self.chance}


@dataclass(frozen=True)
class Reviewed:
    """What a reviewer made of a call.

    Parameters
    ----------
    id
        Of the call.
    reviewer
        As the tool names them; None where it does not.
    labels
        With `annotated`, so that what nobody judged stays a gap.
    """

    id: str
    reviewer: str | None
    labels: CallLabels

    def to_record(self) -> dict[str, Any]:
        """Return a record for a JSON-lines file of labels."""
        who = {} if self.reviewer is None else {"reviewer": self.reviewer}
        return {"id": self.id, **who, **self.labels.to_dict()}


@dataclass(frozen=True)
class Corrections:
    """What came back.

    Parameters
    ----------
    reviewed
        One entry a call and reviewer.
    open
        Ids of calls that nobody has finished.
    stray
        (id, turn) of marks on turns that are not there, or not the company's; left out.
    """

    reviewed: tuple[Reviewed, ...]
    open: tuple[str, ...] = ()
    stray: tuple[tuple[str, int], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class AnnotationFormat:
    """One tool's files.

    Parameters
    ----------
    name
        What `--to` takes.
    title
        What people read.
    suffix
        Of the file of tasks.
    write
        Gives the file's text from tasks and label set.
    sniff
        Says from the beginning of a text whether it is such a file.
    read
        Gives what reviewers made of the tasks from the file's text. Raises a `ReadError`.
    setup
        Gives a second file, with its suffix, that sets the tool up for the label set; or None.
    """

    name: str
    title: str
    suffix: str
    write: Callable[[Sequence[Task], Taxonomy], Iterator[str]]
    sniff: Callable[[str], bool]
    read: Callable[[str], Corrections]
    setup: Callable[[Taxonomy], tuple[str, str]] | None = None
