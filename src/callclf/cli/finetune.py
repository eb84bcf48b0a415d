"""`callclf finetune`: the encoder of a recipe, from its calls; needs the extra `[finetune]`."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from callclf.cli.inputs import Commands
from callclf.corpus import Corpus
from callclf.errors import MissingExtraError, ReadError
from callclf.finetune import FinetuneConfig
from callclf.fingerprint import call_fingerprint
from callclf.pretrained import model_folder
from callclf.training import TrainConfig, load_recipe
from callclf.training.material import gather

__all__ = ["add_commands"]


def add_commands(commands: Commands) -> None:
    """Add this module's command."""
    parser = commands.add_parser("finetune", help="fine-tune an encoder (extra: finetune)")
    parser.add_argument("config", nargs="?", help="configuration file (TOML) that names the calls")
    parser.add_argument("--recipe", help="a shipped recipe instead; base by default")
    parser.add_argument("--out", type=Path, required=True, help="folder; goes on where it was")
    parser.add_argument(
        "--after",
        metavar="MODEL",
        help="encoder that learns further: of a shipped model, or the folder of one or of an "
        "earlier run; to be given again to resume",
    )
    parser.add_argument("--unlabelled", help="JSON lines of more conversations, without labels")
    parser.add_argument("--threads", type=int, help="of torch; all cores by default")
    parser.add_argument(
        "--passes",
        type=float,
        default=FinetuneConfig().labelled.epochs,
        help="over the labelled calls; %(default)g by default",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.set_defaults(run=_finetune)


def _finetune(arguments: argparse.Namespace) -> int:
    try:
        from callclf.finetune.run import finetune
    except ImportError as error:
        raise MissingExtraError(
            f"fine-tuning needs more than prediction ({error}): pip install 'callclf[finetune]'"
        ) from None
    config = FinetuneConfig()
    config = replace(
        config,
        labelled=replace(config.labelled, epochs=arguments.passes),
        seed=arguments.seed,
        threads=arguments.threads,
    )
    recipe = _recipe(arguments)
    material = gather(recipe, remarks=True)
    measured = {
        call_fingerprint(call)
        for check in recipe.checks
        if (corpus := check.load()) is not None
        for call in corpus.calls
    }
    more = Corpus.load(arguments.unlabelled).calls if arguments.unlabelled else ()
    finetune(
        zip(material.calls, material.labels, strict=True),
        (call for call in more if call_fingerprint(call) not in measured),
        material.taxonomy.names,
        config,
        arguments.out,
        model_folder(arguments.after) if arguments.after else None,
    )
    print(arguments.out)
    return 0


def _recipe(arguments: argparse.Namespace) -> TrainConfig:
    if arguments.config and arguments.recipe:
        raise ReadError("give either a configuration file or --recipe")
    if arguments.config:
        return TrainConfig.from_toml(arguments.config)
    return load_recipe(arguments.recipe or "base")
