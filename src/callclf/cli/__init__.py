"""The `callclf` command. No logic here: every command calls one function of the library."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence

import callclf
from callclf.cli import finetune, formats, measure, models, read, suggest, tag
from callclf.errors import CallclfError

__all__ = ["main", "parser"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, 1 if some input could not be used, 2 if nothing could."""
    arguments = parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("callclf").setLevel(logging.INFO)  # others may keep their progress
    try:
        return int(arguments.run(arguments))
    except CallclfError as error:
        print(f"callclf: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader of our output, such as `head`, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="callclf", description="Find agents' failures in customer-service transcripts."
    )
    top.add_argument("--version", action="version", version=f"callclf {callclf.__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for module in (tag, read, formats, models, measure, suggest, finetune):
        module.add_commands(commands)
    return top
