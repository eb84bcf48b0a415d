"""`callclf read`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from callclf.cli.inputs import Commands, add_reading, place, read_inputs
from callclf.display.preview import print_reading
from callclf.errors import ReadError
from callclf.preview import Preview, preview, recognised

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add this module's command."""
    read = commands.add_parser("read", help="show what would be read, and why a call is not scored")
    add_reading(read)
    read.add_argument(
        "--output", choices=("text", "json"), default="text", help="json: one object a call"
    )
    read.add_argument("--calls", type=int, default=3, help="text: how many to show (default: 3)")
    read.add_argument("--turns", type=int, default=5, help="how many of a call (default: 5)")
    read.set_defaults(run=_read)


def _read(arguments: argparse.Namespace) -> int:
    if arguments.output == "text":
        failures = print_reading(
            _previews(arguments), Console(), calls=arguments.calls, turns=arguments.turns
        )
        return int(failures > 0)
    failures = 0
    for result in _previews(arguments):
        if isinstance(result, ReadError):
            failures += 1
            record = {**place(result), "error": str(result)}
        else:
            record = result.to_dict(turns=arguments.turns)
        print(json.dumps(record, ensure_ascii=False))
    return int(failures > 0)


def _previews(arguments: argparse.Namespace) -> Iterator[Preview | ReadError]:
    for file in arguments.files:
        format = arguments.format
        path = Path(file)
        for result in read_inputs(argparse.Namespace(**{**vars(arguments), "files": [file]})):
            if isinstance(result, ReadError):
                yield result
                continue
            if format is None and file != "-" and path.is_file():
                format = recognised(path, result)
            yield preview(result, format)
