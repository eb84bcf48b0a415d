"""A fitted model, and how it becomes arrays and a manifest and back."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.cached import cached_property
from callclf.calibration import LogisticMap
from callclf.errors import ModelError, TaxonomyError
from callclf.features.encoder import ENCODER_FILES, Encoder
from callclf.features.extract import features_digest
from callclf.persistence import StoredModel, read_model, write_model
from callclf.probabilities import Cascade, Maps
from callclf.scoring import Scorer
from callclf.starting import Start
from callclf.taxonomy import Taxonomy
from callclf.thresholds import Policy
from callclf.turn_model import TurnModel

__all__ = ["FittedModel", "load_encoder", "load_fitted", "save_fitted"]

FloatArray = npt.NDArray[np.float64]

_LIBRARIES = ("numpy", "onnxruntime", "scikit-learn", "scipy", "spacy", "tokenizers")


@dataclass(frozen=True)
class FittedModel:
    """Everything that `fit` learned.

    Parameters
    ----------
    taxonomy
        The label set.
    scorer
        The fitted stages.
    thresholds
        Shape (n_labels,).
    policy
        What the thresholds were chosen for.
    probability, y
        Out-of-fold probabilities and labels (1, 0, NaN) that thresholds are chosen from, shape
        (n_calls, n_labels) each.
    name
        Of the recipe.
    training
        Plain JSON data about where the model comes from.
    """

    taxonomy: Taxonomy
    scorer: Scorer
    thresholds: FloatArray
    policy: Policy
    probability: FloatArray
    y: FloatArray
    name: str = "custom"
    training: Mapping[str, Any] = field(default_factory=dict)

    @property
    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All that is numbers, as it is stored."""
        scorer, model = self.scorer, self.scorer.turn_model
        quick = scorer.cascade.maps if scorer.cascade else None
        return {
            "company_ngrams": model.tables[0].astype(np.float16),
            "customer_ngrams": model.tables[1].astype(np.float16),
            "dense": model.dense,
            "bias": model.bias,
            **_map_arrays("", scorer.maps),
            **(_map_arrays("quick_", quick) if quick else {}),
            "held_out_probability": self.probability.astype(np.float32),
            "held_out_labels": np.nan_to_num(self.y, nan=-1).astype(np.int8),
        }

    @cached_property
    def version(self) -> str:
        """Name and a digest of the weights; thresholds do not change it."""
        digest = hashlib.sha256()
        for name, array in sorted(self.arrays.items()):
            digest.update(name.encode() + np.ascontiguousarray(array).tobytes())
        if self.scorer.encoder:
            digest.update(self.scorer.encoder.digest.encode())
        return f"{self.name}-{digest.hexdigest()[:10]}"

    def with_policy(self, policy: Policy, thresholds: FloatArray) -> FittedModel:
        """Return the same model with other thresholds, and without computing its version again."""
        changed = replace(self, policy=policy, thresholds=thresholds)
        changed.__dict__["version"] = self.version
        return changed

    def as_start(self, names: Sequence[str]) -> Start:
        """Return the stages as something to depart from, for a model with the named labels."""
        return Start.of(
            self.scorer.turn_model, self.scorer.maps, old=self.taxonomy.names, new=names
        )

    def held_out_with(
        self, probability: FloatArray, y: FloatArray, names: Sequence[str]
    ) -> tuple[FloatArray, FloatArray]:
        """Add own held-out calls to those of a model that departs from this one.

        They stand in for labels of which the new calls say nothing, so that thresholds of these
        can still be chosen.

        Parameters
        ----------
        probability, y
            Of the new model's calls, shape (n, len(names)).
        names
            The new model's labels.
        """
        own = np.full((2, len(self.y), len(names)), np.nan)
        for j, name in enumerate(names):
            if name in self.taxonomy.names and np.isnan(y[:, j]).all():
                column = self.taxonomy.index(name)
                own[:, :, j] = self.probability[:, column], self.y[:, column]
        own = own[:, ~np.isnan(own[1]).all(axis=1)]
        return np.r_[probability, np.nan_to_num(own[0])], np.r_[y, own[1]]

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What is not numbers, as it is stored."""
        return {
            "name": self.name,
            "version": self.version,
            "taxonomy": self.taxonomy.to_dict(),
            "thresholds": dict(zip(self.taxonomy.names, map(float, self.thresholds), strict=True)),
            "policy": self.policy.to_dict(),
            "bots": self.scorer.bots,
            "features": features_digest(),
            **({"cascade": {"cut": self.scorer.cascade.cut}} if self.scorer.cascade else {}),
            "training": dict(self.training),
        }


def save_fitted(
    folder: str | Path, fitted: FittedModel, *, params: Mapping[str, Any], card: str | None = None
) -> None:
    """Write a model folder."""
    libraries = {name: metadata.version(name) for name in ("callclf", *_LIBRARIES)}
    manifest = {
        **fitted.manifest,
        "params": dict(params),
        "libraries": {"python": platform.python_version(), **libraries},
    }
    encoder = fitted.scorer.encoder
    write_model(
        folder,
        StoredModel(
            manifest, fitted.arrays, card or _short_card(fitted), encoder.files if encoder else {}
        ),
    )


def load_fitted(folder: str | Path) -> tuple[FittedModel, Mapping[str, Any]]:
    """Read a model folder; return the model and the estimator's parameters.

    Raises
    ------
    ModelError
        If files, label set and arrays do not belong together.
    """
    stored = read_model(folder)
    manifest, arrays = stored.manifest, stored.arrays
    if manifest.get("features") != features_digest():
        raise ModelError(
            f"{folder} was trained with other features than this callclf computes; "
            "use the callclf version named in its manifest, or train it again"
        )
    try:
        taxonomy = Taxonomy.from_dict(manifest["taxonomy"], source=f"{folder}: taxonomy")
        _check_labels(taxonomy, manifest, arrays)
        fitted = FittedModel(
            taxonomy=taxonomy,
            scorer=_scorer(stored, bots=bool(manifest["bots"])),
            thresholds=np.array([manifest["thresholds"][name] for name in taxonomy.names]),
            policy=Policy.from_dict(manifest["policy"]),
            probability=arrays["held_out_probability"].astype(np.float64),
            y=np.where(arrays["held_out_labels"] < 0, np.nan, arrays["held_out_labels"]),
            name=manifest["name"],
            training=manifest["training"],
        )
        return fitted, manifest["params"]
    except KeyError as error:
        raise ModelError(f"{folder} lacks {error}: not a complete model") from None
    except TaxonomyError as error:
        raise ModelError(str(error)) from None


def load_encoder(folder: str | Path) -> Encoder:
    """Read the encoder of a model folder, or of one that `callclf finetune` wrote.

    Raises
    ------
    ModelError
        If the folder holds no encoder.
    """
    here = {name: Path(folder) / name for name in ENCODER_FILES}
    if not (Path(folder) / "manifest.json").exists() and all(p.exists() for p in here.values()):
        return Encoder({name: path.read_bytes() for name, path in here.items()})
    stored = read_model(folder)
    if not stored.files:
        raise ModelError(f"{folder} has no encoder; give a model that has one, such as base")
    return Encoder(stored.files)


def _scorer(stored: StoredModel, *, bots: bool) -> Scorer:
    arrays, encoder = stored.arrays, Encoder(stored.files) if stored.files else None
    cascade = None
    if encoder:
        cascade = Cascade(_maps(arrays, "quick_"), float(stored.manifest["cascade"]["cut"]))
    tables = (
        arrays["company_ngrams"].astype(np.float32),
        arrays["customer_ngrams"].astype(np.float32),
    )
    return Scorer(
        TurnModel(tables, arrays["dense"], arrays["bias"]),
        _maps(arrays, ""),
        bots,
        encoder,
        cascade,
    )


def _map_arrays(prefix: str, maps: Maps) -> dict[str, FloatArray]:
    parts = {"turn": maps.turn, "call": maps.call}
    return {
        f"{prefix}{name}_map_{kind}": getattr(part, kind)
        for name, part in parts.items()
        for kind in ("weights", "bias")
    }


def _maps(arrays: Mapping[str, npt.NDArray[Any]], prefix: str) -> Maps:
    parts = [
        LogisticMap(arrays[f"{prefix}{name}_map_weights"], arrays[f"{prefix}{name}_map_bias"])
        for name in ("turn", "call")
    ]
    return Maps(*parts)


def _check_labels(
    taxonomy: Taxonomy, manifest: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]
) -> None:
    if set(manifest["thresholds"]) != set(taxonomy.names):
        raise ModelError("the model's taxonomy and its thresholds name different labels")
    if len(arrays["bias"]) != len(taxonomy):
        raise ModelError(
            f"the model's taxonomy has {len(taxonomy)} labels, its weights {len(arrays['bias'])}"
        )


def _short_card(fitted: FittedModel) -> str:
    labels = "\n".join(f"- {label.name}: {label.definition}" for label in fitted.taxonomy)
    return (
        f"# {fitted.version}\n\nA callclf model. Policy: {fitted.policy}.\n\nLabels:\n\n{labels}\n"
    )
