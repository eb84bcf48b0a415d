"""The exceptions that callclf raises: each says what was expected, what came, and what to do.

Every one is a `CallclfError` and also the built-in exception that it refines, so that code which
knows nothing of callclf can still catch it.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "CallclfError",
    "ReadError",
    "UnknownFormatError",
    "AmbiguousFormatError",
    "WriteError",
    "TranscriptError",
    "TaxonomyError",
    "LabelError",
    "ModelError",
    "NotFittedError",
    "MissingExtraError",
    "unknown_name",
]


class CallclfError(Exception):
    """Base of every exception that callclf raises on purpose."""


class ReadError(CallclfError, ValueError):
    """A file or object could not be read as transcripts.

    Parameters
    ----------
    problem
        What was expected, what came, and what to do.
    source
        Name of the file or object, as a user would recognise it.
    where
        Line ("line 12") or path in the document ("Transcript[3].Content").
    """

    def __init__(
        self, problem: str, *, source: str | None = None, where: str | None = None
    ) -> None:
        self.problem = problem
        self.source = source
        self.where = where
        super().__init__(": ".join(part for part in (source, where, problem) if part))

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive the default pickling between processes.
        return (_rebuild_read_error, (type(self), self.problem, self.source, self.where))


def _rebuild_read_error(
    kind: type[ReadError], problem: str, source: str | None, where: str | None
) -> ReadError:
    return kind(problem, source=source, where=where)


class UnknownFormatError(ReadError):
    """No reader recognises the content, or no reader has the given name."""


class AmbiguousFormatError(ReadError):
    """Several readers recognise the content equally well; pass `format=` to choose."""


class WriteError(CallclfError, ValueError):
    """Calls could not be written: the format cannot hold them, or the file is out of reach."""


class TranscriptError(CallclfError, ValueError):
    """A turn or a transcript was built from values that cannot be right."""


class TaxonomyError(CallclfError, ValueError):
    """A label set is malformed, or does not fit the model it is used with."""


class LabelError(CallclfError, ValueError):
    """Labels do not fit the calls or the taxonomy they are given for."""


class ModelError(CallclfError, ValueError):
    """A model folder is damaged, altered, or of a format that this version cannot read."""


class NotFittedError(CallclfError, ValueError, AttributeError):
    """A model was used before `fit`, or a part of it that `fit` did not learn."""


class MissingExtraError(CallclfError, ImportError):
    """An optional dependency is not installed; the message says how to install it."""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is unknown, with the nearest match and the whole list.

    >>> unknown_name("label", "rudness", ["rudeness", "inattention"])
    "unknown label 'rudness'; did you mean 'rudeness'? Known: rudeness, inattention"
    """
    names = list(known)
    near = get_close_matches(str(name), names, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    return f"unknown {kind} {name!r}{hint} Known: {', '.join(names) or 'none'}"
