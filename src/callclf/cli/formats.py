"""`callclf formats` and `callclf convert`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import callclf
from callclf.cli.inputs import Commands, add_reading, counting, read_inputs
from callclf.errors import ReadError
from callclf.transcript import Transcript
from callclf.writers import write, writers

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    formats = commands.add_parser("formats", help="list the transcript formats that can be read")
    formats.set_defaults(run=_formats)
    convert = commands.add_parser("convert", help="convert transcripts to another format")
    add_reading(convert)
    convert.add_argument("out", type=Path, metavar="OUT", help="file to write")
    convert.add_argument(
        "--to",
        choices=[writer.name for writer in writers()],
        help="format to write; by default what the name of OUT says, else JSON lines",
    )
    convert.set_defaults(run=_convert)


def _formats(arguments: argparse.Namespace) -> int:
    for reader in callclf.formats():
        print(f"{reader.name:28} {reader.title}")
    return 0


def _convert(arguments: argparse.Namespace) -> int:
    errors: list[ReadError] = []
    with counting("converting") as counted:
        write(_calls(counted(read_inputs(arguments)), errors), arguments.out, arguments.to)
    return int(bool(errors))


def _calls(
    results: Iterator[Transcript | ReadError], errors: list[ReadError]
) -> Iterator[Transcript]:
    for result in results:
        if isinstance(result, ReadError):
            errors.append(result)
            print(f"callclf: {result}", file=sys.stderr)
        else:
            yield result
