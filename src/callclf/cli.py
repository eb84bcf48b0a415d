"""The `callclf` command. No logic here: every command calls one function of the library."""

from __future__ import annotations

import argparse
import csv
import json
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import callclf
from callclf.errors import CallclfError, ReadError
from callclf.pretrained import DEFAULT, model_folder, model_names
from callclf.tags import Tags
from callclf.transcript import Transcript

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, 1 if some input could not be used, 2 if nothing could."""
    arguments = _parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="callclf", description="Find agents' failures in customer-service transcripts."
    )
    parser.add_argument("--version", action="version", version=f"callclf {callclf.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    tag = commands.add_parser("tag", help="tag transcripts with the failures they show")
    _add_reading(tag)
    tag.add_argument("--model", default=DEFAULT, help="shipped model or model folder")
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

    train = commands.add_parser("train", help="train a model")
    train.add_argument("config", nargs="?", help="configuration file (TOML)")
    train.add_argument("--recipe", help="a shipped recipe instead, such as fast")
    train.add_argument("--out", required=True, type=Path, help="model folder to write")
    train.add_argument("--jobs", type=int, help="number of processes; -1 for all cores")
    train.set_defaults(run=_train)

    labels = commands.add_parser("labels", help="list a model's labels and what they mean")
    labels.add_argument("--model", default=DEFAULT, help="shipped model or model folder")
    labels.set_defaults(run=_labels)

    models = commands.add_parser("models", help="list the shipped models")
    models.set_defaults(run=_models)

    formats = commands.add_parser("formats", help="list the transcript formats that can be read")
    formats.set_defaults(run=_formats)

    convert = commands.add_parser("convert", help="convert transcripts to callclf's own JSON lines")
    _add_reading(convert)
    convert.add_argument("out", type=Path, metavar="OUT", help="file to write")
    convert.set_defaults(run=_convert)
    return parser


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="files or folders; - for stdin")
    parser.add_argument("--format", help="transcript format; recognised by content if not given")
    parser.add_argument(
        "--speakers",
        type=_pair,
        action="append",
        default=[],
        metavar="ROLE=SPEAKER",
        help="who is who, such as agent=spk_0; may be repeated",
    )
    parser.add_argument(
        "--columns",
        type=_pair,
        action="append",
        default=[],
        metavar="FIELD=COLUMN",
        help="tables: which column holds id, turn, text, role, speaker, start or end",
    )
    parser.add_argument("--encoding", help="of text that is not UTF-8, such as cp1252")


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals and value):
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, got {text!r}")
    return key, value


def _policy(text: str) -> callclf.Policy:
    target, value = _pair(text)
    try:
        return callclf.Policy.from_dict({target: float(value)})
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _read(arguments: argparse.Namespace) -> Iterator[Transcript | ReadError]:
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
        )
        try:
            for number, result in enumerate(results, 1):
                yield _named(result, Path(file).name, number)
        except ReadError as error:
            yield error


def _named(result: Transcript | ReadError, file: str, number: int) -> Transcript | ReadError:
    """Name a call without an id after its file, so that it can be told from the others."""
    if isinstance(result, ReadError) or result.id is not None or file == "-":
        return result
    return replace(result, id=file if number == 1 else f"{file}#{number}")


def _tag(arguments: argparse.Namespace) -> int:
    model = callclf.load(arguments.model).set_params(n_jobs=arguments.jobs)
    if arguments.policy:
        model.set_policy(arguments.policy)
    with _progress("tagging") as counted:
        results = counted(model.iter_tags(_read(arguments)))
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
            record = {**_place(result), "error": str(result)}
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


def _place(error: ReadError) -> dict[str, str | int]:
    """Say where a record that cannot be read stands: its line, or its source."""
    line = re.match(r"line (\d+)", error.where or "")
    if line:
        return {"line": int(line[1])}
    return {"id": ", ".join(part for part in (error.source, error.where) if part)}


def _train(arguments: argparse.Namespace) -> int:
    from callclf.training import TrainConfig, load_recipe, train_and_save

    if (arguments.config is None) == (arguments.recipe is None):
        raise ReadError("give a configuration file or --recipe, not both")
    config = (
        load_recipe(arguments.recipe)
        if arguments.recipe
        else TrainConfig.from_toml(arguments.config)
    )
    model = train_and_save(config, arguments.out, n_jobs=arguments.jobs)
    print(f"{model.version} -> {arguments.out}")
    return 0


def _labels(arguments: argparse.Namespace) -> int:
    model = callclf.load(arguments.model)
    for label in model.taxonomy_:
        print(f"{label.name}\n    {label.definition}")
    return 0


def _models(arguments: argparse.Namespace) -> int:
    for name in model_names():
        model = callclf.load(name)
        size = sum(file.stat().st_size for file in model_folder(name).iterdir()) / 1e6
        default = " (default)" if name == DEFAULT else ""
        print(f"{name}{default}: {model.version}, {len(model.classes_)} labels, {size:.1f} MB")
    return 0


def _formats(arguments: argparse.Namespace) -> int:
    for reader in callclf.formats():
        print(f"{reader.name:24} {reader.title}")
    return 0


def _convert(arguments: argparse.Namespace) -> int:
    failures = 0
    with arguments.out.open("w", encoding="utf-8") as out, _progress("converting") as counted:
        for result in counted(_read(arguments)):
            if isinstance(result, ReadError):
                failures += 1
                print(f"callclf: {result}", file=sys.stderr)
            else:
                out.write(json.dumps(result.to_dict(), ensure_ascii=False) + "\n")
    return int(failures > 0)


_T = TypeVar("_T")


@contextmanager
def _progress(what: str) -> Iterator[Callable[[Iterable[_T]], Iterator[_T]]]:
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


if __name__ == "__main__":
    sys.exit(main())
