"""`read` and `iter_read`: calls from whatever holds them."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, overload

from callclf.errors import ReadError, unknown_name
from callclf.readers import tables
from callclf.readers.documents import Item, read_folder, read_json, read_stream, read_table
from callclf.readers.reader import MAX_BYTES, MAX_DEPTH, Reader, ReadOptions, Result
from callclf.readers.registry import choose, find, matching
from callclf.readers.sources import as_folder, files_in, open_stream
from callclf.role_inference import infer_roles as with_inferred_roles
from callclf.transcript import Transcript

__all__ = ["ReadWarning", "iter_read", "read"]

OnError = Literal["warn", "raise", "yield"]


class ReadWarning(UserWarning):
    """One call of several could not be read; the rest were."""


def read(
    source: object,
    format: str | None = None,
    *,
    speakers: Mapping[str, str] | None = None,
    columns: Mapping[str, str | None] | None = None,
    encoding: str | None = None,
    id: str | None = None,
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    infer_roles: bool = False,
) -> Transcript:
    r"""Read exactly one call.

    Parameters
    ----------
    source, format, speakers, columns, encoding, max_bytes, max_depth, infer_roles
        As for `iter_read`.
    id
        Identifier to give to the call in place of the source's own.

    Raises
    ------
    ReadError
        If the source cannot be read, or holds no call or several.

    Examples
    --------
    >>> call = read("Agent: Hello.\nCustomer: My parcel is lost.\nAgent: Let me look.")
    >>> [str(turn.role) for turn in call.turns]
    ['agent', 'customer', 'agent']
    """
    results = iter_read(
        source,
        format,
        speakers=speakers,
        columns=columns,
        encoding=encoding,
        on_error="yield",
        max_bytes=max_bytes,
        max_depth=max_depth,
        infer_roles=infer_roles,
    )
    first = next(results, None)
    count = (first is not None) + sum(1 for _ in results)
    if count == 1 and isinstance(first, ReadError):
        raise first
    if count != 1 or not isinstance(first, Transcript):
        raise ReadError(
            f"expected one call, found {count or 'none'}; iter_read() gives each in turn",
            source=_name(source),
        )
    return first if id is None else Transcript(first.turns, id, first.channel, first.meta)


@overload
def iter_read(
    source: object,
    format: str | None = None,
    *,
    speakers: Mapping[str, str] | None = None,
    columns: Mapping[str, str | None] | None = None,
    encoding: str | None = None,
    on_error: Literal["warn", "raise"] = "warn",
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    infer_roles: bool = False,
) -> Iterator[Transcript]: ...


@overload
def iter_read(
    source: object,
    format: str | None = None,
    *,
    speakers: Mapping[str, str] | None = None,
    columns: Mapping[str, str | None] | None = None,
    encoding: str | None = None,
    on_error: Literal["yield"],
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    infer_roles: bool = False,
) -> Iterator[Result]: ...


def iter_read(
    source: object,
    format: str | None = None,
    *,
    speakers: Mapping[str, str] | None = None,
    columns: Mapping[str, str | None] | None = None,
    encoding: str | None = None,
    on_error: OnError = "warn",
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    infer_roles: bool = False,
) -> Iterator[Result]:
    """Read one call after another, JSON lines and tables in bounded memory.

    Parameters
    ----------
    source
        A path; a folder, for every file below it in sorted order, unless its files belong
        together; bytes, or a str with a line break in it, as the content itself; a binary or text
        file object; parsed JSON; a pandas DataFrame; a Hugging Face dataset.
    format
        Name of a reader; None to recognise the content. `formats()` lists them.
    speakers
        Speaker id, name or role word -> role, where the source does not say it, or says it wrong:
        `{"spk_0": "agent", "Sarah Johnson": "customer"}`.
    columns
        Field (id, text, turn, role, speaker, start, end, channel) -> column, for tables whose
        header does not tell. `{"id": None}` makes the whole table one call.
    encoding
        Of the bytes, where they are neither UTF-8 nor marked as UTF-16 or UTF-32.
    on_error
        What to do with one call of several that cannot be read: "warn" (with a `ReadWarning`) and
        go on, "raise", or "yield" the `ReadError` in its place.
    max_bytes
        Limit for what has to be held in memory at once: one document, or one line.
    max_depth
        Limit for how deep JSON lists and objects may stand in each other.
    infer_roles
        Whether speakers whose role nobody gave get the one that their words suggest, where that is
        clear; `meta["inferred_roles"]` and `meta["warnings"]` then say so.

    Raises
    ------
    ReadError
        If the source as a whole cannot be read, whatever `on_error` says.
    """
    if on_error not in (known := ("warn", "raise", "yield")):
        raise ReadError(unknown_name("on_error", on_error, known))
    options = ReadOptions(speakers or {}, columns or {}, encoding, max_bytes, max_depth)
    reader = find(format) if format is not None else None
    results = _unique(_items(source, reader, options), _name(source))
    if infer_roles:
        results = (with_inferred_roles(r) if isinstance(r, Transcript) else r for r in results)
    return _deliver(results, on_error)


def _deliver(results: Iterator[Result], on_error: OnError) -> Iterator[Result]:
    for result in results:
        if isinstance(result, Transcript) or on_error == "yield":
            yield result
        elif on_error == "raise":
            raise result
        else:
            warnings.warn(str(result), ReadWarning, stacklevel=2)


def _unique(items: Iterator[Item], source: str | None) -> Iterator[Result]:
    """Let each id pass once; of the others only hashes are kept, so that memory stays small."""
    places: dict[int, str] = {}
    for where, result in items:
        if isinstance(result, ReadError) or result.id is None:
            yield result
            continue
        key = hash(result.id)
        if key in places:
            yield ReadError(
                f"id {result.id!r} was already used in {places[key]}; give each call its own",
                source=source,
                where=where,
            )
        else:
            places[key] = where
            yield result


def _items(source: object, reader: Reader | None, options: ReadOptions) -> Iterator[Item]:
    folder = as_folder(source)
    if reader is None and folder is not None and matching({"folder": folder}):
        reader = choose({"folder": folder})
    if folder is None or (reader is not None and reader.kind == "folder"):
        yield from _file_items(source, reader, options)
        return
    for path in files_in(folder) if reader else _units(folder):
        name = path.relative_to(folder).as_posix()
        try:
            own = choose({"folder": path}) if path.is_dir() else reader
            for number, (where, result) in enumerate(_file_items(path, own, options), 1):
                if isinstance(result, Transcript) and result.id is None:
                    # In a folder, only the file's name says which call this is.
                    id = name if number == 1 else f"{name}#{number}"
                    result = Transcript(result.turns, id, result.channel, result.meta)
                yield Item(f"{name}, {where}", result)
        except ReadError as error:
            yield Item(name, error)


def _units(folder: Path) -> Iterator[Path]:
    """Give the files below a folder, and in their place each folder that is read as a whole."""
    whole: dict[Path, bool] = {}
    for path in files_in(folder):
        inner = [parent for parent in reversed(path.parents) if folder in parent.parents]
        for parent in inner:
            if parent not in whole:
                whole[parent] = bool(matching({"folder": parent}))
                if whole[parent]:
                    yield parent
        if not any(whole[parent] for parent in inner):
            yield path


def _file_items(source: object, reader: Reader | None, options: ReadOptions) -> Iterator[Item]:
    name = _name(source)
    try:
        for where, result in _content_items(source, reader, options):
            yield Item(where, _named(result, name) if isinstance(result, ReadError) else result)
    except ReadError as error:
        raise _named(error, name) from error.__cause__


def _content_items(source: object, reader: Reader | None, options: ReadOptions) -> Iterator[Item]:
    if reader is not None and reader.kind == "folder":
        yield from read_folder(as_folder(source), reader, options)
    elif tables.is_dataset(source):
        yield from read_table(tables.from_dataset(source), reader, options)
    elif isinstance(source, dict | list):
        yield from read_json(source, reader, options)
    elif tables.is_frame(source):
        yield from read_table(tables.from_frame(source), reader, options)
    else:
        with open_stream(source, options) as stream:
            yield from read_stream(stream, reader, options)


def _name(source: object) -> str | None:
    if isinstance(source, str) and "\n" in source:
        return None
    if isinstance(source, str | os.PathLike):
        return os.fsdecode(source)
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else None


def _named(error: ReadError, name: str | None) -> ReadError:
    return type(error)(error.problem, source=error.source or name, where=error.where)
