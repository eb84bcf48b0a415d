"""`callclf formats` and `callclf convert`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import callclf
from callclf.cli.inputs import Commands, add_reading, counting, read_inputs
from callclf.errors import ReadError

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    formats = commands.add_parser("formats", help="list the transcript formats that can be read")
    formats.set_defaults(run=_formats)
    convert = commands.add_parser("convert", help="convert transcripts to callclf's own JSON lines")
    add_reading(convert)
    convert.add_argument("out", type=Path, metavar="OUT", help="file to write")
    convert.set_defaults(run=_convert)


def _formats(arguments: argparse.Namespace) -> int:
    for reader in callclf.formats():
        print(f"{reader.name:28} {reader.title}")
    return 0


def _convert(arguments: argparse.Namespace) -> int:
    failures = 0
    with arguments.out.open("w", encoding="utf-8") as out, counting("converting") as counted:
        for result in counted(read_inputs(arguments)):
            if isinstance(result, ReadError):
                failures += 1
                print(f"callclf: {result}", file=sys.stderr)
            else:
                out.write(json.dumps(result.to_dict(), ensure_ascii=False) + "\n")
    return int(failures > 0)
