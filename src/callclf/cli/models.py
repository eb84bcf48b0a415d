"""`callclf train`, `callclf retrain`, `callclf labels` and `callclf models`."""

from __future__ import annotations

import argparse
from pathlib import Path

import callclf
from callclf.cli.inputs import Commands, add_model
from callclf.errors import ReadError
from callclf.pretrained import DEFAULT, model_folder, model_names

__all__ = ["KEPT", "add_commands"]

KEPT = 3
"""Exit status of `callclf retrain` when the champion stays. Not 1: that is what Python ends with
when something breaks that nobody foresaw."""


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    train = commands.add_parser("train", help="train a model")
    train.add_argument("config", nargs="?", help="configuration file (TOML)")
    train.add_argument("--recipe", help="a shipped recipe instead, such as fast")
    train.add_argument("--from", dest="model", help="or what a model folder says of itself")
    train.add_argument("--out", type=Path, help="model folder to write")
    train.add_argument(
        "--check",
        action="store_true",
        help="only read, join and report; status 1 if something does not match",
    )
    _add_fitting(train)
    train.set_defaults(run=_train)

    retrain = commands.add_parser(
        "retrain",
        help="refit on new labels and compare: status 0 promoted, 3 kept",
        description="Refit a champion on new labels and compare the two on calls that neither "
        f"learned from. Exit status: 0 promoted, {KEPT} kept, 2 for errors.",
    )
    retrain.add_argument("--champion", required=True, help="shipped model or model folder")
    retrain.add_argument("--labels", action="append", default=[], help="file; may be repeated")
    retrain.add_argument("--data", action="append", default=[], help="calls; may be repeated")
    retrain.add_argument("--out", required=True, type=Path, help="folder for model and verdict")
    retrain.add_argument("--config", help="configuration file with split and promotion rules")
    _add_fitting(retrain)
    retrain.set_defaults(run=_retrain)

    labels = commands.add_parser("labels", help="list a model's labels and what they mean")
    add_model(labels)
    labels.set_defaults(run=_labels)

    models = commands.add_parser("models", help="list the shipped models")
    models.set_defaults(run=_models)


def _add_fitting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    parser.add_argument("--jobs", type=int, help="number of processes; -1 for all cores")


def _train(arguments: argparse.Namespace) -> int:
    from callclf.training import check

    config = _config(arguments)
    if arguments.check:
        report = check(config)
        print(report)
        return int(not report.clean)
    if arguments.out is None:
        raise ReadError("say where the model is to be written: --out FOLDER")
    model = callclf.train(config, arguments.out, resume=arguments.resume, n_jobs=arguments.jobs)
    print(f"{model.version} -> {arguments.out}")
    return 0


def _config(arguments: argparse.Namespace) -> callclf.TrainConfig:
    from callclf.training import config_of, load_recipe

    given = [arguments.config, arguments.recipe, arguments.model]
    if sum(value is not None for value in given) != 1:
        raise ReadError("give either a configuration file or --recipe or --from")
    if arguments.recipe:
        return load_recipe(arguments.recipe)
    if arguments.model:
        return config_of(arguments.model)
    return callclf.TrainConfig.from_toml(arguments.config)


def _retrain(arguments: argparse.Namespace) -> int:
    config = callclf.TrainConfig.from_toml(arguments.config) if arguments.config else None
    verdict = callclf.retrain(
        arguments.champion,
        arguments.out,
        data=arguments.data,
        labels=arguments.labels,
        config=config,
        resume=arguments.resume,
        n_jobs=arguments.jobs,
    )
    print(
        f"{'promoted' if verdict.promoted else 'kept'}: {verdict.challenger} against "
        f"{verdict.champion} on {verdict.calls} untouched calls"
    )
    for reason in verdict.reasons:
        print(f"- {reason}")
    print(arguments.out / "verdict.md")
    return 0 if verdict.promoted else KEPT


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
