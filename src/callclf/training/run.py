"""From a configuration to a saved model: gather, fit, measure, save; and the same once more."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from callclf.array_store import content_key
from callclf.checks import checked_document
from callclf.classifier import FailureModeClassifier
from callclf.errors import ModelError, ReadError
from callclf.features.extract import features_digest
from callclf.fingerprint import call_fingerprint
from callclf.model_card import model_card
from callclf.pretrained import model_folder
from callclf.training.config import TrainConfig
from callclf.training.material import GROUP_BY, Material, gather, load_start
from callclf.training.steps import Steps, work_folder

__all__ = ["config_of", "fit_on", "save_as", "steps_for", "train"]

logger = logging.getLogger(__name__)

_PRINT = 12
"""Digits of a call's fingerprint that a model keeps: enough to find leaks."""


def train(
    config: TrainConfig,
    out: str | Path | None = None,
    *,
    resume: bool = False,
    n_jobs: int | None = None,
) -> FailureModeClassifier:
    """Fit a model as a configuration says, measure it, and save it.

    Parameters
    ----------
    config
        Everything that decides what model comes out.
    out
        Model folder to write; an existing model there stays until the new one is complete. None
        to save nothing.
    resume
        Go on with a run to the same folder that was interrupted. The model is the same either way.
    n_jobs
        Number of processes, as in joblib.

    Raises
    ------
    ReadError
        If a source that is not optional is absent or cannot be read.
    LabelError
        If labels do not fit the calls or the label set, or nothing is left to learn from.
    """
    start = load_start(config)
    material = gather(config, start=start)
    steps = steps_for(config, material, start, out, resume=resume)
    model = fit_on(config, material, start=start, steps=steps, n_jobs=n_jobs)
    if out is not None:
        logger.info("measuring")
        save_as(model, config, material, out)
    steps.forget()
    return model


def steps_for(
    config: TrainConfig,
    material: Material,
    start: FailureModeClassifier | None,
    out: str | Path | None,
    *,
    resume: bool,
) -> Steps:
    """Return where the steps of a fit are put away, with those of an interrupted one or without."""
    if out is None:
        return Steps(None, "")
    folder = work_folder(out)
    if folder.exists() and not resume:
        logger.info("an interrupted run is there and is started over; --resume would go on with it")
        shutil.rmtree(folder)
    cache = Path(config.cache) if config.cache else None
    return Steps(folder, _key(config, material, start), cache)


def fit_on(
    config: TrainConfig,
    material: Material,
    *,
    start: FailureModeClassifier | None = None,
    steps: Steps | None = None,
    n_jobs: int | None = None,
) -> FailureModeClassifier:
    """Fit a model on gathered material, and let it remember how it was made."""
    model = _estimator(config, start).set_params(taxonomy=material.taxonomy, n_jobs=n_jobs)
    logger.info("fitting on %s calls", f"{len(material.calls):,}")
    model.fit(
        material.calls,
        list(material.labels),
        sample_weight=material.weight,
        representative=material.representative,
        start=start,
        keep=steps,
    )
    training = _training(config, material, start)
    model.fitted_ = replace(model.fitted_, name=config.name, training=training)
    return model


def save_as(
    model: FailureModeClassifier, config: TrainConfig, material: Material, out: str | Path
) -> None:
    """Save a model with its card: what it learned from, and what it finds."""
    held = {"calls kept untouched": material.test} if len(material.test) else {}
    document = checked_document(model, config.checks, held)
    model.save(out, card=model_card(model, document))


def config_of(model: str | Path) -> TrainConfig:
    """Return the configuration that a model was trained with.

    Raises
    ------
    ModelError
        If the model does not hold one, or what it started from is another model now.
    """
    training = FailureModeClassifier.load(model_folder(model)).manifest["training"]
    if "config" not in training:
        raise ModelError(f"{model} does not hold the configuration that it was trained with")
    config = TrainConfig.from_dict(training["config"], source=f"{model}: configuration")
    start = load_start(config)
    if start is not None and start.version != training["start"]:
        raise ModelError(
            f"{model} was trained from {training['start']}, but {config.start} is now "
            f"{start.version}; put the former back, or name another start in a configuration"
        )
    return config


def _estimator(config: TrainConfig, start: FailureModeClassifier | None) -> FailureModeClassifier:
    """Return the estimator to fit: the settings of the model to start from, and then ours."""
    params = start.get_params() if start else {"group_by": GROUP_BY}
    params |= {"random_state": config.seed, "n_jobs": None}
    given = {
        "head": config.head,
        "encoder": config.encoder,
        "bots": config.bots,
        "policy": config.policy,
        "group_by": None if config.group_by is None else tuple(config.group_by),
    }
    params |= {name: value for name, value in given.items() if value is not None}
    return FailureModeClassifier(**params)


def _training(
    config: TrainConfig, material: Material, start: FailureModeClassifier | None
) -> dict[str, Any]:
    """Return what the model folder says of where the model comes from."""
    own = sorted({call_fingerprint(call)[:_PRINT] for call in material.calls})
    # What the model to start from learned from is in this one, too.
    before = start.manifest["training"].get("calls", ()) if start else ()
    # The whole label set: a file of that name may say something else tomorrow.
    whole = replace(config, taxonomy=material.taxonomy)
    return {
        "callclf": metadata.version("callclf"),
        "sources": list(material.sources),
        "hold_out": {key: list(values) for key, values in config.hold_out.items()},
        "seed": config.seed,
        "fingerprint": hashlib.sha256("".join(own).encode()).hexdigest(),
        "calls": sorted({*own, *before}),
        "config": whole.to_dict(),
        "start": start.version if start else None,
        "labels": _hashes(config),
        "join": material.report.to_dict(),
        "untouched": {"calls": len(material.test), "sha256": material.test.fingerprint()},
    }


def _hashes(config: TrainConfig) -> dict[str, str]:
    """Return label file -> SHA-256 of it."""
    try:
        return {
            f.path: hashlib.sha256(Path(f.path).read_bytes()).hexdigest() for f in config.labels
        }
    except OSError as error:
        raise ReadError(f"a file of labels cannot be read any more: {error}") from None


def _key(config: TrainConfig, material: Material, start: FailureModeClassifier | None) -> str:
    """Return a key of all that decides the results of the steps."""
    params = _estimator(config, start).get_params()
    settings = {key: repr(value) for key, value in params.items() if key != "taxonomy"}
    labels = [
        json.dumps([call_fingerprint(call), call.id, str(dict(call.meta)), repr(marks)])
        for call, marks in zip(material.calls, material.labels, strict=True)
    ]
    return content_key(
        metadata.version("callclf"),
        features_digest(),
        start.version if start else "",
        json.dumps(settings, sort_keys=True),
        json.dumps(material.taxonomy.names),
        material.weight.tobytes() + np.asarray(material.representative).tobytes(),
        *labels,
    )
