"""`callclf train`, `callclf labels` and `callclf models`."""

from __future__ import annotations

import argparse
from pathlib import Path

import callclf
from callclf.cli.inputs import Commands, add_model
from callclf.errors import ReadError
from callclf.pretrained import DEFAULT, model_folder, model_names

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add this module's commands."""
    train = commands.add_parser("train", help="train a model")
    train.add_argument("config", nargs="?", help="configuration file (TOML)")
    train.add_argument("--recipe", help="a shipped recipe instead, such as fast")
    train.add_argument("--out", required=True, type=Path, help="model folder to write")
    train.add_argument("--jobs", type=int, help="number of processes; -1 for all cores")
    train.set_defaults(run=_train)

    labels = commands.add_parser("labels", help="list a model's labels and what they mean")
    add_model(labels)
    labels.set_defaults(run=_labels)

    models = commands.add_parser("models", help="list the shipped models")
    models.set_defaults(run=_models)


def _train(arguments: argparse.Namespace) -> int:
    from callclf.training import TrainConfig, load_recipe, train_and_save

    if (arguments.config is None) == (arguments.recipe is None):
        raise ReadError("give either a configuration file or --recipe")
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
