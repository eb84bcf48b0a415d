"""From a configuration to what is learned from and what is kept untouched."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.checks import is_meant
from callclf.classifier import FailureModeClassifier
from callclf.corpus import Corpus
from callclf.errors import LabelError
from callclf.labels import CallLabels
from callclf.lineage import learned_from
from callclf.pretrained import model_folder
from callclf.splicing import check_remarks, spliced
from callclf.taxonomy import Taxonomy
from callclf.training.answers import majority, votes
from callclf.training.config import Source, TrainConfig
from callclf.training.joining import Joined, JoinReport, join_labels
from callclf.training.label_files import read_label_file
from callclf.training.sources import SourceCalls, read_source
from callclf.training.splitting import untouched
from callclf.transcript import Transcript

__all__ = ["GROUP_BY", "Material", "check", "gather", "load_start"]

logger = logging.getLogger(__name__)

GROUP_BY = ("pair", "scene")
"""What ties calls together where neither the configuration nor the model to start from says it."""


@dataclass(frozen=True)
class Material:
    """What a model is made of.

    Parameters
    ----------
    taxonomy
        The label set.
    calls, labels
        To learn from; a call on which reviewers disagree comes several times.
    weight
        Of each, shape (n,).
    representative
        Which of them look like what the model will see, shape (n,).
    test
        The calls that are kept untouched, with what most reviewers said.
    sources
        What was read, for the card.
    report
        What did not match.
    """

    taxonomy: Taxonomy
    calls: tuple[Transcript, ...]
    labels: tuple[CallLabels, ...]
    weight: npt.NDArray[np.float64]
    representative: npt.NDArray[np.bool_]
    test: Corpus
    sources: tuple[dict[str, Any], ...]
    report: JoinReport


def check(config: TrainConfig) -> JoinReport:
    """Read and join as training would, learn nothing, and say what does not match.

    Raises
    ------
    ReadError
        If a source or a file of labels cannot be read.
    """
    start = load_start(config)
    return _join(config, _whole(_read_all(config)), _label_set(config, start).names).report


def load_start(config: TrainConfig) -> FailureModeClassifier | None:
    """Return the model to start from, if there is one."""
    if config.start is None:
        return None
    return FailureModeClassifier.load(model_folder(config.start))


def gather(
    config: TrainConfig, *, start: FailureModeClassifier | None = None, remarks: bool = False
) -> Material:
    """Read sources and labels, join them, and part what is learned from and what is not.

    Parameters
    ----------
    config
        What to read.
    start
        The model to start from. Of calls that it learned from, the labels that it has are left
        out: it judges them too well. Labels that are new to it may be learned from them.
    remarks
        Whether copies of calls with remarks come as well, as the sources with a `splice` say. They
        are for an encoder: with them, the head finds less in calls that were held out.

    Raises
    ------
    ReadError
        If a source that is not optional is absent or cannot be read.
    LabelError
        If no call with a label is left to learn from.
    """
    taxonomy = _label_set(config, start)
    read = _read_all(config)
    whole = _whole(read)
    joined = _join(config, whole, taxonomy.names)
    known = _known_answers_removed(joined, start)
    fresh = np.array([any(sheet.annotated for sheet in sheets) for sheets in known], dtype=bool)
    if not fresh.any():
        raise LabelError(
            "no call with a label is left to learn from: "
            + ("the model to start from has learned from all of them; " if len(fresh) else "")
            + str(joined.report)
        )
    if not fresh.all():
        logger.info("left out %d calls that the model to start from has seen", (~fresh).sum())
    calls = [joined.calls[i] for i in np.flatnonzero(fresh)]
    sheets = [known[i] for i in np.flatnonzero(fresh)]
    place = [joined.positions[i] for i in np.flatnonzero(fresh)]
    sizes = [len(r.corpus) for r in whole]
    usual = np.repeat([r.source.representative for r in whole], sizes)[place].astype(bool)
    share = np.repeat([r.source.weight for r in whole], sizes)[place]
    group_by = config.group_by or (start.group_by if start else GROUP_BY)
    kept = untouched(calls, config.split, group_by=group_by, seed=config.seed)
    copies = [(i, labels, w) for i in np.flatnonzero(~kept) for labels, w in votes(sheets[i])]
    test = np.flatnonzero(kept)
    material = Material(
        taxonomy,
        tuple(calls[i] for i, _, _ in copies),
        tuple(labels for _, labels, _ in copies),
        np.array([share[i] * weight for i, _, weight in copies]),
        usual[[i for i, _, _ in copies]],
        Corpus(tuple(calls[i] for i in test), tuple(majority(sheets[i]) for i in test)),
        tuple(map(_described, read)),
        joined.report,
    )
    if not remarks:
        return material
    return _with_remarks(
        material, [r for r in read if r.source.splice and len(r.corpus)], config.seed
    )


def _whole(read: Sequence[SourceCalls]) -> list[SourceCalls]:
    """Return the sources whose calls are learned from as they are."""
    return [found for found in read if not found.source.splice]


def _with_remarks(material: Material, sources: Sequence[SourceCalls], seed: int) -> Material:
    """Append calls with remarks; failures are so frequent there that they set no probabilities."""
    names = material.taxonomy.names
    copies = [
        copy
        for found in sources
        for copy in spliced(
            material.calls, material.labels, found.corpus, names, found.source.splice, seed
        )
    ]
    hosts = np.array([i for i, _, _ in copies], dtype=int)
    return replace(
        material,
        calls=(*material.calls, *(call for _, call, _ in copies)),
        labels=(*material.labels, *(labels for _, _, labels in copies)),
        weight=np.concatenate([material.weight, material.weight[hosts]]),
        representative=np.concatenate([material.representative, np.zeros(len(hosts), dtype=bool)]),
    )


def _label_set(config: TrainConfig, start: FailureModeClassifier | None) -> Taxonomy:
    """Return the label set of the model to be."""
    if isinstance(config.taxonomy, Taxonomy):
        return config.taxonomy
    if config.taxonomy is not None:
        return Taxonomy.from_toml(config.taxonomy)
    return start.taxonomy_ if start else Taxonomy.default()


def _known_answers_removed(
    joined: Joined, start: FailureModeClassifier | None
) -> list[tuple[CallLabels, ...]]:
    """Leave out what the model to start from has learned: the labels it has, of calls it saw."""
    if start is None:
        return list(joined.sheets)
    seen = learned_from(start, joined.calls)
    return [
        tuple(_without(sheet, start.classes_) for sheet in sheets) if known else sheets
        for sheets, known in zip(joined.sheets, seen, strict=True)
    ]


def _without(labels: CallLabels, names: Sequence[str]) -> CallLabels:
    return CallLabels(
        tuple(name for name in labels.labels if name not in names),
        {name: turns for name, turns in labels.evidence.items() if name not in names},
        {name: turns for name, turns in labels.borderline.items() if name not in names},
        tuple(name for name in labels.annotated or () if name not in names),
    )


def _read_all(config: TrainConfig) -> list[SourceCalls]:
    return [found for source in config.sources if (found := _read(config, source))]


def _read(config: TrainConfig, source: Source) -> SourceCalls | None:
    found = read_source(source)
    if found is None:
        logger.warning("%s is absent: training without it", source.name)
        return None
    part = found.corpus.where(lambda call: not is_meant(call, config.hold_out))
    logger.info("%s: %s calls", source.name, f"{len(part):,}")
    if source.splice:
        check_remarks(part, source.name)
    return SourceCalls(source, part, found.problems)


def _join(config: TrainConfig, read: Sequence[SourceCalls], names: Sequence[str]) -> Joined:
    joined = join_labels(
        [call for found in read for call in found.corpus.calls],
        [labels for found in read for labels in found.corpus.labels],
        {file.path: read_label_file(file, names) for file in config.labels},
        names,
        problems=[error for found in read for error in found.problems],
    )
    for line in str(joined.report).splitlines():
        logger.info(line)
    return joined


def _described(found: SourceCalls) -> dict[str, Any]:
    return {
        "path": found.source.name,
        "title": found.source.title,
        "licence": found.source.licence,
        "calls": len(found.corpus),
        "sha256": found.corpus.fingerprint(),
    }
