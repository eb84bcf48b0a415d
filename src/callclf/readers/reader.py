"""What a format is: the one shape that every reader module has, and what a reader is handed.

To add a format, add one module to this package that defines `READER = Reader(...)`; nothing else
changes. `webvtt.py` and `contact_lens_voice.py` are short ones to start from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from callclf.errors import ReadError, unknown_name
from callclf.readers.roles import parse_speakers
from callclf.transcript import Role, Transcript

__all__ = ["Kind", "MAX_BYTES", "MAX_DEPTH", "ReadOptions", "Reader", "Result", "Table"]

Kind = Literal["json", "text", "table", "folder"]
"""What a reader is given: parsed JSON, decoded text, a `Table`, or the path of a folder."""

Result = Transcript | ReadError
"""A call, or the reason why one call of several cannot be read."""

MAX_BYTES = 1 << 30
"""Default limit, 1 GiB, for what has to be held in memory at once: a document or one line."""

MAX_DEPTH = 100
"""Default limit for how deep lists and objects of JSON stand in each other."""

_COLUMN_FIELDS = ("id", "text", "turn", "role", "speaker", "start", "end", "channel")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns, wherever they are kept.

    Parameters
    ----------
    columns
        Header, in order.
    rows
        Starts again at the first row on each call and gives every row as (place, values), where
        the place is for error messages ("line 12"). Values are strings in delimited text, and
        whatever the column holds in parquet and in a DataFrame.
    """

    columns: tuple[str, ...]
    rows: Callable[[], Iterator[tuple[str, tuple[Any, ...]]]]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the caller says about a source; every reader gets it.

    Parameters
    ----------
    speakers
        Speaker id, name or role word -> role name. Case does not matter.
    columns
        Field -> column, for tables.
    encoding
        Of the bytes; None for UTF-8, or what the byte order mark says.
    max_bytes
        Limit for what has to be held in memory at once.
    max_depth
        Limit for how deep JSON is nested. Python's own parser has one too, near 1,000.

    Raises
    ------
    ReadError
        If a role, a field, the encoding or a limit is none.
    """

    speakers: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str | None] = field(default_factory=dict)
    encoding: str | None = None
    max_bytes: int = MAX_BYTES
    max_depth: int = MAX_DEPTH
    roles: Mapping[str, Role] = field(init=False)
    """`speakers` with folded keys and checked roles: what `assemble` looks up."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", parse_speakers(self.speakers))
        if not isinstance(self.columns, Mapping):
            raise ReadError(f"columns must map field to column, got {type(self.columns).__name__}")
        for name in self.columns:
            if name not in _COLUMN_FIELDS:
                raise ReadError(unknown_name("field in columns", name, _COLUMN_FIELDS))
        if self.encoding is not None:
            _check_encoding(self.encoding)
        for name, limit in (("max_bytes", self.max_bytes), ("max_depth", self.max_depth)):
            if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
                raise ReadError(f"{name} must be a whole number, at least 1, got {limit!r}")


def _check_encoding(encoding: str) -> None:
    try:
        "\n".encode(encoding)
    except (LookupError, UnicodeError, TypeError):
        raise ReadError(
            f"unknown encoding {encoding!r}; pass one that Python knows, such as 'utf-8', "
            "'utf-16' or 'cp1252'"
        ) from None


@dataclass(frozen=True, slots=True)
class Reader:
    r"""One format: how to recognise it and how to read it.

    Parameters
    ----------
    name
        What `format=` takes; the module's name.
    title
        What people read.
    kind
        What `sniff` and `read` are given.
    sniff
        Whether the content is in this format. Sees the parsed value ("json"), the beginning of
        the text, 64 KiB at most, with "\n" line ends, perhaps cut within a line ("text"), the
        table ("table"), or the folder's path ("folder"). Must be quick, and must not raise on any
        content.
    read
        Yields the calls. Raises a `ReadError` with the place (`where=`) if the content is not
        what it should be; may yield a `ReadError` in place of one call and go on.
    suffixes
        Usual file name endings, for the documentation: recognition never looks at names.
    fallback
        Generic formats are asked only when no other reader recognises the content.
    whole_file
        For streams of events, where several lines or list elements make one call: `sniff` and
        `read` are given the list of all records, and `sniff` may be given only the first.
    """

    name: str
    title: str
    kind: Kind
    sniff: Callable[[Any], bool]
    read: Callable[[Any, ReadOptions], Iterator[Result]]
    suffixes: tuple[str, ...] = ()
    fallback: bool = False
    whole_file: bool = False
