"""`callclf tag`."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Sequence

import callclf
from callclf.cli.inputs import Commands, add_model, add_reading, counting, pair, place, read_inputs
from callclf.errors import ReadError
from callclf.tags import Tags

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    tag = commands.add_parser("tag", help="tag transcripts with the failures they show")
    add_reading(tag)
    add_model(tag)
    tag.add_argument(
        "--output", choices=("table", "jsonl", "csv"), default="table", help="default: table"
    )
    tag.add_argument(
        "--all-scores", action="store_true", help="jsonl: every label's and turn's probability"
    )
    tag.add_argument(
        "--policy",
        type=_policy,
        metavar="TARGET=VALUE",
        help="such as precision=0.9 or false_alarms=2",
    )
    tag.add_argument("--jobs", type=int, help="number of processes; -1 for all cores")
    tag.set_defaults(run=_tag)


def _policy(text: str) -> callclf.Policy:
    target, value = pair(text)
    try:
        return callclf.Policy.from_dict({target: float(value)})
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _tag(arguments: argparse.Namespace) -> int:
    model = callclf.load(arguments.model).set_params(n_jobs=arguments.jobs)
    if arguments.policy:
        model.set_policy(arguments.policy)
    with counting("tagging") as counted:
        results = counted(model.iter_tags(read_inputs(arguments)))
        if arguments.output == "jsonl":
            return _print_jsonl(results, all_scores=arguments.all_scores)
        if arguments.output == "csv":
            return _print_csv(results, model.classes_)
        from rich.console import Console

        from callclf.display.console import print_tags

        found = list(results)
    return int(print_tags(found, Console()) > 0)


def _print_jsonl(results: Iterable[Tags | ReadError], *, all_scores: bool) -> int:
    failures = 0
    for result in results:
        if isinstance(result, ReadError):
            failures += 1
            record = {**place(result), "error": str(result)}
        else:
            record = result.to_record(all_scores=all_scores)
        print(json.dumps(record, ensure_ascii=False))
    return int(failures > 0)


def _print_csv(results: Iterable[Tags | ReadError], labels: Sequence[str]) -> int:
    failures = 0
    writer = csv.writer(sys.stdout)
    writer.writerow(["id", "labels", "not_scored", "error", *labels])
    for result in results:
        if isinstance(result, ReadError):
            failures += 1
            writer.writerow(["", "", "", str(result), *[""] * len(labels)])
        else:
            scores = [result.scores.get(label, "") for label in labels]
            writer.writerow(
                [result.id, ";".join(result.labels), result.not_scored or "", "", *scores]
            )
    return int(failures > 0)
