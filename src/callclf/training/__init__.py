"""Training as a script does it: from files of calls and labels to a model folder."""

from callclf.training.config import LabelFile, Promotion, Source, Split, TrainConfig
from callclf.training.joining import JoinReport
from callclf.training.material import check
from callclf.training.promotion import Verdict
from callclf.training.recipes import load_recipe, recipe_names
from callclf.training.retrain import retrain
from callclf.training.run import config_of, train

__all__ = [
    "JoinReport",
    "LabelFile",
    "Promotion",
    "Source",
    "Split",
    "TrainConfig",
    "Verdict",
    "check",
    "config_of",
    "load_recipe",
    "recipe_names",
    "retrain",
    "train",
]
