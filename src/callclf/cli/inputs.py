"""Options that several commands share, and reading what they name."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import callclf
from callclf.errors import ReadError
from callclf.pretrained import DEFAULT
from callclf.transcript import Transcript

__all__ = ["Commands", "add_model", "add_reading", "counting", "pair", "place", "read_inputs"]

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # the type has no public name
else:
    Commands = object

_T = TypeVar("_T")


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add the option that chooses a model."""
    parser.add_argument("--model", default=DEFAULT, help="shipped model or model folder")


def add_reading(parser: argparse.ArgumentParser, *, files: str = "+") -> None:
    """Add the inputs, how many as argparse's `nargs` says, and the options how to read them."""
    parser.add_argument("files", nargs=files, metavar="FILE", help="files or folders; - for stdin")
    parser.add_argument("--format", help="transcript format; recognised by content if not given")
    parser.add_argument(
        "--speakers",
        type=pair,
        action="append",
        default=[],
        metavar="ROLE=SPEAKER",
        help="who is who, such as agent=spk_0; may be repeated",
    )
    parser.add_argument(
        "--columns",
        type=pair,
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        help="tables: which column holds id, turn, text, role, speaker, start or end",
    )
    parser.add_argument(
        "--infer-roles",
        action="store_true",
        help="tell agent from customer by their words where nobody said it and it is clear",
    )
    parser.add_argument(
        "--redact",
        action="store_true",
        help="mask card and phone numbers and the like first (needs callclf[redact])",
    )
    parser.add_argument("--encoding", help="of text that is not UTF-8, such as cp1252")


def pair(text: str) -> tuple[str, str]:
    """Split NAME=VALUE."""
    key, equals, value = text.partition("=")
    if not (key and equals and value):
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, got {text!r}")
    return key, value


def read_inputs(arguments: argparse.Namespace) -> Iterator[Transcript | ReadError]:
    """Read all inputs; a file that cannot be read at all costs only itself."""
    for file in arguments.files:
        source = sys.stdin.buffer if file == "-" else Path(file)
        results = callclf.iter_read(
            source,
            arguments.format,
            speakers={speaker: role for role, speaker in arguments.speakers},
            columns=dict(arguments.columns),
            encoding=arguments.encoding,
            on_error="yield",
            infer_roles=arguments.infer_roles,
        )
        try:
            for number, result in enumerate(results, 1):
                if arguments.redact and isinstance(result, Transcript):
                    result = callclf.redact(result)
                yield _named(result, Path(file).name, number)
        except ReadError as error:
            yield error


def _named(result: Transcript | ReadError, file: str, number: int) -> Transcript | ReadError:
    """Name a call without an id after its file, so that it can be told from the others."""
    if isinstance(result, ReadError) or result.id is not None or file == "-":
        return result
    return replace(result, id=file if number == 1 else f"{file}#{number}")


def place(error: ReadError) -> dict[str, str | int]:
    """Say where a record that cannot be read stands: its line, or its source."""
    line = re.match(r"line (\d+)", error.where or "")
    if line:
        return {"line": int(line[1])}
    return {"id": ", ".join(part for part in (error.source, error.where) if part)}


@contextmanager
def counting(what: str) -> Iterator[Callable[[Iterable[_T]], Iterator[_T]]]:
    """Give a function that counts what passes through it, on a terminal's stderr only."""
    if not sys.stderr.isatty():
        yield iter
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(what), BarColumn(), TextColumn("{task.completed:,} calls"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=None)

        def counted(items: Iterable[_T]) -> Iterator[_T]:
            for item in items:
                bar.advance(task)
                yield item

        yield counted
