"""From a recipe to a saved model: gather data, hold out, fit, save."""

from __future__ import annotations

import hashlib
import logging
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from importlib import metadata, resources
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from callclf.checks import Check, Where, checked_document, is_meant
from callclf.classifier import FailureModeClassifier
from callclf.corpus import Corpus
from callclf.errors import ReadError, unknown_name
from callclf.fingerprint import call_fingerprint
from callclf.model_card import model_card
from callclf.turn_model import HeadConfig

__all__ = [
    "Source",
    "TrainConfig",
    "load_recipe",
    "recipe_names",
    "train",
    "train_and_save",
]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Labelled calls to learn from.

    Parameters
    ----------
    path
        A JSONL file or a folder of them.
    title, licence
        For the model card.
    representative
        Whether the calls look like those that the model will see; only such calls set
        probabilities and thresholds.
    optional
        Whether the source may be absent; the card says which were there.
    """

    path: str
    title: str = ""
    licence: str = ""
    representative: bool = True
    optional: bool = False


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """Everything that decides what model comes out.

    Parameters
    ----------
    name
        Of the model.
    sources
        Where the calls come from.
    hold_out
        Calls whose `meta` has one of these values are not learned from.
    checks
        What the model is measured on afterwards.
    taxonomy
        Path of a TOML file, or None for the shipped label set.
    head
        How the turns' head is fitted.
    seed
        Same seed and data, same model.
    """

    name: str
    sources: tuple[Source, ...]
    hold_out: Where = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    taxonomy: str | None = None
    head: HeadConfig = field(default_factory=HeadConfig)
    seed: int = 0

    @classmethod
    def from_toml(cls, path: str | Path) -> TrainConfig:
        """Read a configuration file; its keys are the fields of this class.

        Raises
        ------
        ReadError
            Naming the file and the key.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ReadError(f"cannot be read: {error}", source=str(path)) from None
        return _parse(text, str(path))


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
    return _parse(entry.read_text("utf-8"), f"recipe {name}")


def train(config: TrainConfig, *, n_jobs: int | None = None) -> FailureModeClassifier:
    """Fit a model as a configuration says.

    Raises
    ------
    ReadError
        If a source that is not optional is absent or cannot be read.
    """
    parts: list[Corpus] = []
    representative: list[bool] = []
    used = []
    for source in config.sources:
        if source.optional and not Path(source.path).exists():
            logger.warning("%s is absent: training without it", source.path)
            continue
        part = Corpus.load(source.path).where(lambda call: not is_meant(call, config.hold_out))
        logger.info("%s: %d calls", source.path, len(part))
        parts.append(part)
        representative.extend([source.representative] * len(part))
        used.append(
            {
                "path": source.path,
                "title": source.title,
                "licence": source.licence,
                "calls": len(part),
                "sha256": part.fingerprint(),
            }
        )
    corpus = Corpus(
        tuple(call for part in parts for call in part.calls),
        tuple(labels for part in parts for labels in part.labels),
    )
    model = FailureModeClassifier(
        config.taxonomy, head=config.head, n_jobs=n_jobs, random_state=config.seed
    )
    logger.info("fitting on %d calls", len(corpus))
    model.fit(corpus.calls, list(corpus.labels), representative=np.array(representative))
    prints = sorted(call_fingerprint(call)[:12] for call in corpus.calls)
    training = {
        "callclf": metadata.version("callclf"),
        "sources": used,
        "hold_out": {key: list(values) for key, values in config.hold_out.items()},
        "seed": config.seed,
        "fingerprint": hashlib.sha256("".join(prints).encode()).hexdigest(),
        "calls": prints,
    }
    model.fitted_ = replace(model.fitted_, name=config.name, training=training)
    return model


def train_and_save(
    config: TrainConfig, folder: str | Path, *, n_jobs: int | None = None
) -> FailureModeClassifier:
    """Fit a model, measure it on the configured checks, and save it with its card."""
    model = train(config, n_jobs=n_jobs)
    logger.info("measuring")
    model.save(folder, card=model_card(model, checked_document(model, config.checks)))
    return model


_T = TypeVar("_T", Source, Check, HeadConfig)


def _parse(text: str, source: str) -> TrainConfig:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReadError(f"not a TOML file: {error}", source=source) from None
    data["sources"] = tuple(
        _build(Source, item, source, f"sources[{i}]") for i, item in enumerate(data["sources"])
    )
    data["checks"] = tuple(
        _build(Check, item, source, f"checks[{i}]") for i, item in enumerate(data.get("checks", []))
    )
    data["head"] = _build(HeadConfig, data.get("head", {}), source, "head")
    known = [f.name for f in fields(TrainConfig)]
    for key in data:
        if key not in known:
            raise ReadError(unknown_name("key", key, known), source=source)
    try:
        return TrainConfig(**data)
    except TypeError as error:
        raise ReadError(str(error), source=source) from None


def _build(kind: type[_T], item: Mapping[str, Any], source: str, where: str) -> _T:
    known = [f.name for f in fields(kind)]
    for key in item:
        if key not in known:
            raise ReadError(unknown_name("key", key, known), source=source, where=where)
    try:
        return kind(**item)
    except TypeError as error:
        raise ReadError(str(error), source=source, where=where) from None
