"""`callclf suggest`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import callclf
from callclf.cli.inputs import Commands, add_reading, read_inputs
from callclf.errors import ReadError
from callclf.transcript import Transcript

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add this module's command."""
    suggest = commands.add_parser(
        "suggest",
        help="choose calls to label, write files for reviewers' tools, read them back",
        description="callclf suggest MODEL calls/ -n 50 --to label-studio --out tasks.json; then "
        "callclf suggest --import corrected.json --out labels.jsonl",
    )
    suggest.add_argument("model", nargs="?", help="shipped model or model folder")
    add_reading(suggest, files="*")
    suggest.add_argument("-n", type=int, default=50, help="how many calls (default: 50)")
    suggest.add_argument("--to", default="label-studio", help="label-studio, prodigy or csv")
    suggest.add_argument("--blind", action="store_true", help="do not show what the model says")
    suggest.add_argument("--seed", type=int, default=0, help="same seed, same calls (default: 0)")
    suggest.add_argument(
        "--import",
        dest="corrected",
        action="append",
        default=[],
        metavar="FILE",
        help="read what reviewers made of the tasks; may be repeated",
    )
    suggest.add_argument("--out", type=Path, required=True, help="file to write")
    suggest.set_defaults(run=_suggest)


def _suggest(arguments: argparse.Namespace) -> int:
    if arguments.corrected:
        if arguments.model:
            raise ReadError("--import takes files of corrections, and no model or calls beside it")
        return _import(arguments)
    if not arguments.files:
        raise ReadError("give a model and calls to choose from, or --import and corrections")
    from callclf.suggest import suggest, write_tasks

    model = callclf.load(arguments.model)
    failures: list[ReadError] = []
    calls = _calls(arguments, failures)
    tasks = suggest(model, calls, arguments.n, blind=arguments.blind, seed=arguments.seed)
    for path in write_tasks(tasks, model.taxonomy_, arguments.out, arguments.to):
        print(f"{len(tasks)} calls -> {path}")
    return int(bool(failures))


def _calls(arguments: argparse.Namespace, failures: list[ReadError]) -> Iterator[Transcript]:
    for result in read_inputs(arguments):
        if isinstance(result, ReadError):
            failures.append(result)
            print(f"callclf: {result}", file=sys.stderr)
        else:
            yield result


def _import(arguments: argparse.Namespace) -> int:
    from callclf.suggest import read_corrections, write_labels

    found = [read_corrections(path) for path in arguments.corrected]
    reviewed = [item for corrections in found for item in corrections.reviewed]
    write_labels(reviewed, arguments.out)
    print(
        f"{len(reviewed)} reviews of {len({item.id for item in reviewed})} calls -> {arguments.out}"
    )
    for corrections in found:
        if corrections.open:
            print(
                f"callclf: {len(corrections.open)} calls are not finished and left out",
                file=sys.stderr,
            )
        if corrections.stray:
            print(
                f"callclf: left out {len(corrections.stray)} marks on turns that are not the "
                "company's",
                file=sys.stderr,
            )
    return 0
