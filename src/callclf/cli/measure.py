"""`callclf evaluate`, `callclf compare`, `callclf behave` and `callclf report`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import callclf
from callclf.cli.inputs import Commands, add_model
from callclf.pretrained import DEFAULT

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    evaluate = commands.add_parser("evaluate", help="measure how well a system finds each failure")
    evaluate.add_argument("model", help="shipped model, model folder, or JSONL of scores")
    evaluate.add_argument("data", nargs="+", help="labelled JSONL files or folders")
    evaluate.add_argument("--by", type=_names, default=(), help="slice by, such as channel,domain")
    evaluate.add_argument("--out", type=Path, help="folder for report.html, .json and .md")
    evaluate.set_defaults(run=_evaluate)

    compare = commands.add_parser("compare", help="compare two systems on the same calls")
    compare.add_argument("a", help="shipped model, model folder, or JSONL of scores")
    compare.add_argument("b", help="what to compare it with")
    compare.add_argument("data", nargs="+", help="labelled JSONL files or folders")
    compare.add_argument("--metric", default="average_precision", help="default: average_precision")
    compare.set_defaults(run=_compare)

    behave = commands.add_parser("behave", help="test how a model behaves on changed calls")
    behave.add_argument("model", help="shipped model or model folder")
    behave.add_argument("data", nargs="*", help="labelled calls to change; our own by default")
    behave.add_argument("--only", type=_names, help="names of behaviours, with commas between")
    behave.set_defaults(run=_behave)

    report = commands.add_parser("report", help="write the report of a recipe's checks")
    add_model(report)
    report.add_argument("--recipe", default=DEFAULT, help="whose checks to run")
    report.add_argument("--out", type=Path, required=True, help="folder to write")
    report.add_argument("--update", action="append", default=[], help="documents with its figures")
    report.set_defaults(run=_report)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _system(name: str) -> Any:
    """Return a model, or the path of a file of scores."""
    path = Path(name)
    return path if path.is_file() else callclf.load(name)


def _evaluate(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from callclf.display.measured import print_evaluation
    from callclf.evaluation import evaluate

    corpus = callclf.Corpus.load(*arguments.data)
    evaluation = evaluate(_system(arguments.model), corpus, by=arguments.by)
    print_evaluation(evaluation, Console())
    if arguments.out:
        from callclf.evaluation.report import write_report

        write_report(evaluation, arguments.out, texts=corpus)
    return 0


def _compare(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from callclf.display.measured import print_comparison
    from callclf.evaluation import compare

    corpus = callclf.Corpus.load(*arguments.data)
    a, b = _system(arguments.a), _system(arguments.b)
    print_comparison(compare(a, b, corpus, metric=arguments.metric), Console())
    return 0


def _behave(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from callclf.display.measured import print_behaviour
    from callclf.evaluation import behaviour

    corpus = callclf.Corpus.load(*arguments.data) if arguments.data else None
    report = behaviour.run(callclf.load(arguments.model), corpus, arguments.only)
    print_behaviour(report, Console())
    return int(not report.passed)


def _report(arguments: argparse.Namespace) -> int:
    from callclf.checks import report_on_checks
    from callclf.evaluation.report import update_markdown
    from callclf.training import load_recipe

    checks = load_recipe(arguments.recipe).checks
    written = report_on_checks(callclf.load(arguments.model), checks, arguments.out)
    for document in arguments.update:
        update_markdown(document, written.json)
    print(written.html)
    return 0
