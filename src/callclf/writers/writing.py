"""`write`: calls into a file, whatever the format."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from callclf.errors import WriteError
from callclf.readers.assemble import well_formed
from callclf.tags import Tags
from callclf.transcript import Transcript
from callclf.writers.registry import find, of_file, writers
from callclf.writers.writer import Entry, Writer

__all__ = ["replace_file", "write"]


def write(
    calls: Transcript | Iterable[Transcript],
    path: str | os.PathLike[str],
    format: str | None = None,
    *,
    tags: Tags | Iterable[Tags] | None = None,
) -> None:
    r"""Write calls into a file that `read` and `iter_read` read again.

    The file appears, or is replaced, once all of it is written; if anything goes wrong, what was
    there stays. Calls are written one after another, in bounded memory where they come so.

    Parameters
    ----------
    calls
        One call, or any number of them.
    path
        The file. Its folder must exist.
    format
        Name of a writer: "callclf" (JSON lines), "csv", "vcon" or "webvtt". By default the file's
        name decides: ".csv", ".vcon" and ".vtt" are what they say, all others are JSON lines.
    tags
        What `tag` returned for the calls, one for each in the same order, to be written beside
        them ("csv" and "vcon").

    Raises
    ------
    WriteError
        If the format is unknown, cannot hold what is given, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from callclf.readers import read
    >>> call = read("Agent: Hello.\nCustomer: My parcel is lost.\nAgent: Let me look.")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(call, f"{folder}/call.csv")
    ...     again = read(f"{folder}/call.csv")
    >>> [turn.text for turn in again.turns]
    ['Hello.', 'My parcel is lost.', 'Let me look.']
    """
    writer = of_file(Path(path)) if format is None else find(format)
    if tags is not None and not writer.tags:
        known = " or ".join(repr(other.name) for other in writers() if other.tags)
        raise WriteError(f"format {writer.name!r} has no place for tags; write {known}")
    entries = _entries(calls, tags)
    if not writer.several:
        entries = iter(_only_one(entries, writer))
    replace_file(Path(path), writer.write(entries))


def _entries(
    calls: Transcript | Iterable[Transcript], tags: Tags | Iterable[Tags] | None
) -> Iterator[Entry]:
    listed = iter([calls] if isinstance(calls, Transcript) else calls)
    found = None if tags is None else iter([tags] if isinstance(tags, Tags) else tags)
    for number, call in enumerate(listed):
        if not isinstance(call, Transcript):
            raise WriteError(f"calls[{number}] must be a Transcript, got {type(call).__name__}")
        own = None if found is None else next(found, None)
        if found is not None and (own is None or own.call.turns != call.turns):
            raise WriteError(
                f"calls[{number}] (id {call.id!r}) and its tags do not belong together; give what "
                "tag() returned for these calls, one for each in the same order"
            )
        yield Entry(call, own)
    if found is not None and next(found, None) is not None:
        raise WriteError("there are more tags than calls; give one for each call")


def _only_one(entries: Iterator[Entry], writer: Writer) -> list[Entry]:
    taken = list(islice(entries, 2))
    if len(taken) != 1:
        several = " or ".join(repr(other.name) for other in writers() if other.several)
        raise WriteError(
            f"a file in format {writer.name!r} holds one call, got {'several' if taken else 'none'}"
            f"; write one file for each call, or {several}"
        )
    return taken


def replace_file(path: Path, pieces: Iterator[str]) -> None:
    """Write a file from pieces of text; it appears, or is replaced, once all of it is written.

    Raises
    ------
    WriteError
        If it cannot be written.
    """
    path = path.resolve()  # a link stays one
    if path.exists() and not path.is_file():
        raise WriteError(f"{path} is there and no file; choose another place")
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            encoding="utf-8",
            newline="",
            prefix=f".{path.name[:100]}-",
            dir=path.parent,
            delete=False,
        ) as file:
            building = Path(file.name)
            try:
                for piece in pieces:
                    file.write(well_formed(piece))
                file.close()
                # A temporary file is its owner's alone.
                building.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
                building.replace(path)
            finally:
                building.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(f"{path} cannot be written: {error.strerror or error}") from None


def _umask() -> int:
    # The only way to ask for it is to set it.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
