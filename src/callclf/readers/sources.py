"""From what the caller passes to bytes: files, folders, file objects, content in memory."""

from __future__ import annotations

import codecs
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Protocol, cast, runtime_checkable

from callclf.errors import ReadError
from callclf.readers.reader import ReadOptions

__all__ = ["Stream", "as_folder", "check_no_nul", "files_in", "open_stream"]

HEAD = 1 << 16
"""Bytes looked at to recognise a format."""

_BOMS = (
    # UTF-32 first: its little-endian mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ARCHIVE = "an archive; unpack it"
_NOT_TEXT = (
    # Where in the file, which bytes, and what they say it is.
    (0, b"\x1f\x8b", "gzip-compressed; unpack it, or pass gzip.open(path)"),
    (4, b"1AY&SY", "bzip2-compressed; unpack it, or pass bz2.open(path)"),
    (0, b"\xfd7zXZ\0", "xz-compressed; unpack it, or pass lzma.open(path)"),
    (0, b"\x28\xb5\x2f\xfd", "zstd-compressed; unpack it"),
    (0, b"PK\x03\x04", "a zip archive or an Excel workbook; unpack it, or save it as CSV"),
    (0, b"PK\x05\x06", "an empty zip archive"),
    (257, b"ustar", _ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", _ARCHIVE),
    (0, b"Rar!\x1a\x07", _ARCHIVE),
    (0, b"\xd0\xcf\x11\xe0", "an old Office document; save it as CSV or text"),
    (0, b"%PDF", "a PDF document; export the transcript as text, CSV or JSON"),
    (0, b"SQLite format 3", "a database; export the transcripts as CSV or JSON"),
)


@runtime_checkable
class _File(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...

    def readline(self, size: int = -1, /) -> bytes: ...


class _Encoded:
    """A text file as the UTF-8 bytes that everything else here works on."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        return self._file.read(size).encode("utf-8", "replace")

    def readline(self, size: int = -1, /) -> bytes:
        return self._file.readline(size).encode("utf-8", "replace")


class Stream:
    """The bytes of one source, in an encoding in which lines end with the byte 10.

    Parameters
    ----------
    file
        Read once, from where it stands.
    options
        For the encoding and the size limit.
    origin
        Path or content to open again from the start; None for a file object.

    Raises
    ------
    ReadError
        If it is empty or no text.
    """

    def __init__(self, file: _File, options: ReadOptions, origin: object = None) -> None:
        self.options = options
        self.origin = origin
        self.encoding = options.encoding or "utf-8"
        self._file = file
        self.head = _read(file, HEAD)
        if not self.head:
            raise ReadError("the file is empty; expected a transcript")
        for place, magic, what in _NOT_TEXT:
            if self.head.startswith(magic, place):
                raise ReadError(f"this is {what}")
        self.is_parquet = self.head.startswith(b"PAR1")
        if not self.is_parquet:
            self._settle_encoding()

    def _settle_encoding(self) -> None:
        if self.head.startswith(codecs.BOM_UTF8):
            self.encoding, self.head = "utf-8", self.head[len(codecs.BOM_UTF8) :]
        elif self.options.encoding is None:
            marked = (name for bom, name in _BOMS if self.head.startswith(bom))
            self.encoding = next(marked, "utf-8")
        if "\n".encode(self.encoding) != b"\n":
            # Cutting UTF-16 at the byte 10 would cut characters: turn it into UTF-8 as a whole.
            data = self.decode(self.data()).lstrip("\ufeff").encode("utf-8", "replace")
            self.encoding, self._file = "utf-8", io.BytesIO(data)
            self.head = self._file.read(HEAD)

    def decode(self, data: bytes) -> str:
        """Decode all bytes or a line of them.

        Raises
        ------
        ReadError
            With the line and the byte that is wrong.
        """
        try:
            return data.decode(self.encoding)
        except UnicodeDecodeError as error:
            before = data[: error.start].decode(self.encoding, "ignore")
            hint = "" if self.options.encoding else ", such as encoding='cp1252' (Windows)"
            raise ReadError(
                f"byte 0x{data[error.start]:02x} is not {self.encoding}; pass the encoding in "
                f"which it was written{hint}",
                where=f"line {before.count(chr(10)) + 1}",
            ) from None

    def beginning(self) -> str:
        """Return the first 64 KiB as text; the last line may be cut."""
        return _unix(self.head.decode(self.encoding, "replace"))

    def first_lines(self) -> str:
        """Return the whole lines among the first 64 KiB, or the one line that is cut."""
        text = self.beginning()
        if len(self.head) < HEAD - len(codecs.BOM_UTF8):
            return text
        return text[: text.rfind("\n") + 1] or text

    def text(self) -> str:
        r"""Return all of it as text with "\n" line ends.

        Raises
        ------
        ReadError
            If it does not decode, holds NUL bytes or is over the limit.
        """
        text = _unix(self.decode(self.data()))
        check_no_nul(text, 1)
        return text

    def data(self) -> bytes:
        """Return all bytes, as often as asked.

        Raises
        ------
        ReadError
            If they are more than the limit.
        """
        limit = self.options.max_bytes
        rest = _read(self._file, max(limit + 1 - len(self.head), 0))
        if len(self.head) + len(rest) > limit:
            raise _too_big(limit)
        self._file = io.BytesIO(rest)
        return self.head + rest

    def lines(self) -> Iterator[bytes]:
        """Give line after line with its end, in bounded memory.

        Raises
        ------
        ReadError
            If one is longer than the limit.
        """
        limit = self.options.max_bytes
        *complete, rest = self.head.split(b"\n")
        for line in complete:
            if len(line) >= limit:
                raise _too_big(limit)
            yield line + b"\n"
        rest += self._file.readline(limit + 1)
        while rest:
            if len(rest) > limit:
                raise _too_big(limit)
            yield rest
            rest = self._file.readline(limit + 1)


def _read(file: _File, size: int) -> bytes:
    # Pipes and raw files may give less than asked for before they end.
    parts = []
    while size > 0 and (part := file.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def check_no_nul(text: str, line: int) -> None:
    r"""Refuse NUL characters, which no transcript has.

    Parameters
    ----------
    text
        Text with "\n" line ends.
    line
        Number of its first line, for the message.

    Raises
    ------
    ReadError
        If there is one.
    """
    place = text.find("\0")
    if place >= 0:
        raise ReadError(
            "NUL bytes: this is binary data, a damaged file, or UTF-16 without a byte order mark "
            "(pass encoding='utf-16-le')",
            where=f"line {line + text.count(chr(10), 0, place)}",
        )


def _too_big(limit: int) -> ReadError:
    return ReadError(
        f"more than {limit:,} bytes, which would have to be held in memory at once; split the "
        "source, turn it into JSON lines, or raise max_bytes"
    )


@contextmanager
def open_stream(source: object, options: ReadOptions) -> Iterator[Stream]:
    """Open a path, content in memory or a file object.

    Raises
    ------
    ReadError
        If it cannot be opened, or is something else.
    """
    if isinstance(source, str) and "\n" in source:
        yield Stream(io.BytesIO(source.encode("utf-8", "replace")), _utf8(options), source)
    elif isinstance(source, bytes | bytearray):
        yield Stream(io.BytesIO(source), options, source)
    elif isinstance(source, str | os.PathLike):
        with _open(source) as file:
            yield Stream(file, options, source)
    elif isinstance(source, _File):
        if isinstance(source.read(0), str):
            yield Stream(_Encoded(cast(IO[str], source)), _utf8(options))
        else:
            yield Stream(source, options)
    else:
        raise ReadError(
            f"cannot read a {type(source).__name__}; pass a path, bytes, a file object, parsed "
            "JSON, a DataFrame, or text with line breaks"
        )


def _utf8(options: ReadOptions) -> ReadOptions:
    return replace(options, encoding="utf-8")


def _open(path: str | os.PathLike[str]) -> IO[bytes]:
    try:
        return Path(path).open("rb")
    except FileNotFoundError:
        hint = "; a str without a line break is taken as a path" if isinstance(path, str) else ""
        raise ReadError(f"there is no such file{hint}") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ReadError(f"cannot be opened: {reason}") from None


def as_folder(source: object) -> Path | None:
    """Return the folder that a source names, or None if it names none."""
    if not isinstance(source, str | os.PathLike) or "\n" in str(source):
        return None
    path = Path(source)
    try:
        return path if path.is_dir() else None
    except (OSError, ValueError):  # too long for a name, or a NUL in it
        return None


def files_in(folder: Path) -> Iterator[Path]:
    """Give the files below a folder, sorted by path.

    Hidden files and folders, and links that lead out of the folder, are left out.
    """
    root = folder.resolve()
    found = []
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(base, name) for name in names if not name.startswith(".")]
    for path in sorted(found):
        if path.is_file() and path.resolve().is_relative_to(root):
            yield path
