"""The shipped recipes: how the models in the package were trained."""

from __future__ import annotations

from importlib import resources

from callclf.errors import ReadError, unknown_name
from callclf.training.config import TrainConfig, parse_config

__all__ = ["load_recipe", "recipe_names"]


def recipe_names() -> list[str]:
    """Return the names of the shipped recipes."""
    folder = resources.files("callclf").joinpath("resources/recipes")
    return sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load_recipe(name: str) -> TrainConfig:
    """Return a shipped recipe.

    Raises
    ------
    ReadError
        If there is none of that name.
    """
    if name not in recipe_names():
        raise ReadError(unknown_name("recipe", name, recipe_names()))
    entry = resources.files("callclf").joinpath(f"resources/recipes/{name}.toml")
    return parse_config(entry.read_text("utf-8"), f"recipe {name}")
