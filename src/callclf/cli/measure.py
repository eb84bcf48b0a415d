"""`callclf evaluate`, `compare`, `agree`, `behave` and `report`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import callclf
from callclf.cli.inputs import Commands, add_model
from callclf.errors import LabelError
from callclf.pretrained import DEFAULT

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    evaluate = commands.add_parser("evaluate", help="measure how well a system finds each failure")
    evaluate.add_argument("model", help="shipped model, model folder, or JSONL of scores")
    evaluate.add_argument("data", nargs="+", help="labelled JSONL files or folders")
    evaluate.add_argument("--by", type=_names, default=(), help="slice by, such as channel,domain")
    _add_resampling(evaluate)
    _add_scores(evaluate)
    evaluate.add_argument("--out", type=Path, help="folder for report.html, .json and .md")
    evaluate.set_defaults(run=_evaluate)

    compare = commands.add_parser("compare", help="compare two systems on the same calls")
    compare.add_argument("a", help="shipped model, model folder, or JSONL of scores")
    compare.add_argument("b", help="what to compare it with")
    compare.add_argument("data", nargs="+", help="labelled JSONL files or folders")
    compare.add_argument("--metric", default="average_precision", help="default: average_precision")
    _add_resampling(compare)
    _add_scores(compare)
    compare.set_defaults(run=_compare)

    agree = commands.add_parser("agree", help="measure how far annotators, and a model, agree")
    agree.add_argument(
        "sheets", nargs="+", type=_sheet, metavar="[NAME=]FILE", help="one annotator's JSONL each"
    )
    agree.add_argument("--model", help="shipped model, model folder, or JSONL of scores to place")
    _add_resampling(agree)
    _add_scores(agree)
    agree.set_defaults(run=_agree)

    behave = commands.add_parser("behave", help="test how a model behaves on changed calls")
    behave.add_argument("model", help="shipped model or model folder")
    behave.add_argument("data", nargs="*", help="labelled calls to change; our own by default")
    behave.add_argument("--only", type=_names, help="names of behaviours, with commas between")
    behave.add_argument(
        "--all-labels", action="store_true", help="also labels without a changed decision"
    )
    behave.add_argument("--output", choices=("table", "csv"), default="table")
    behave.set_defaults(run=_behave)

    report = commands.add_parser("report", help="write the report of a recipe's checks")
    add_model(report)
    report.add_argument("--recipe", default=DEFAULT, help="whose checks to run")
    report.add_argument("--out", type=Path, required=True, help="folder to write")
    report.add_argument("--update", action="append", default=[], help="documents with its figures")
    report.set_defaults(run=_report)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _sheet(text: str) -> tuple[str, str]:
    name, given, path = text.partition("=")
    return (name, path) if given else (Path(text).stem, text)


def _add_resampling(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--groups", type=_names, default=("pair",), help="what ties calls together; default: pair"
    )
    parser.add_argument("--resamples", type=int, default=1000, help="for intervals; default: 1000")
    parser.add_argument("--seed", type=int, default=0, help="of the resamples; default: 0")


def _add_scores(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--taxonomy", type=Path, help="TOML of the labels in files of scores")
    parser.add_argument(
        "--missing",
        choices=("error", "not_scored"),
        default="error",
        help="what a call or score is that a file of scores lacks; default: error",
    )


def _resampling(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "groups": arguments.groups,
        "n_resamples": arguments.resamples,
        "seed": arguments.seed,
    }


def _system(name: str, corpus: callclf.Corpus, arguments: argparse.Namespace) -> Any:
    """Return a model, or what a file of scores says of the corpus's calls."""
    path = Path(name)
    if not path.is_file():
        return callclf.load(name)
    from callclf.evaluation import read_predictions

    own = arguments.taxonomy
    return read_predictions(
        path,
        corpus.calls,
        taxonomy=callclf.Taxonomy.from_toml(own) if own else None,
        missing=arguments.missing,
    )


def _evaluate(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from callclf.display.measured import print_evaluation
    from callclf.evaluation import evaluate

    corpus = callclf.Corpus.load(*arguments.data)
    system = _system(arguments.model, corpus, arguments)
    evaluation = evaluate(system, corpus, by=arguments.by, **_resampling(arguments))
    print_evaluation(evaluation, Console())
    if arguments.out:
        from callclf.evaluation.report import write_report

        print(write_report(evaluation, arguments.out, texts=corpus).html)
    return 0


def _compare(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from callclf.display.measured import print_comparison
    from callclf.evaluation import compare

    corpus = callclf.Corpus.load(*arguments.data)
    a, b = (_system(name, corpus, arguments) for name in (arguments.a, arguments.b))
    comparison = compare(a, b, corpus, metric=arguments.metric, **_resampling(arguments))
    print_comparison(comparison, Console())
    return 0


def _agree(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from callclf.display.measured import print_agreement
    from callclf.evaluation import agreement, predict_calls

    sheets: dict[str, Any] = {name: callclf.Corpus.load(path) for name, path in arguments.sheets}
    names, model = [name for name, _ in arguments.sheets], None
    if arguments.model:
        corpus = next(iter(sheets.values()))
        system = _system(arguments.model, corpus, arguments)
        said = predict_calls(system, corpus.calls) if hasattr(system, "predict_proba") else system
        model = said.name
        sheets[model] = said
        names.append(model)
    if len(sheets) < len(names):
        raise LabelError(f"sheets need different names, NAME=FILE; got {', '.join(names)}")
    found = agreement(sheets, model=model, **_resampling(arguments))
    print_agreement(found, Console())
    return 0


def _behave(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from callclf.display.measured import print_behaviour
    from callclf.evaluation import behaviour

    corpus = callclf.Corpus.load(*arguments.data) if arguments.data else None
    report = behaviour.run(callclf.load(arguments.model), corpus, arguments.only)
    if arguments.output == "csv":
        print(report.to_frame().to_csv(index=False), end="")
    else:
        print_behaviour(report, Console(), all_labels=arguments.all_labels)
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
