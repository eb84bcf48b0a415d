"""From a model and calls to files for reviewers, and from their corrections to labels."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from callclf.classifier import FailureModeClassifier
from callclf.errors import LabelError, ReadError
from callclf.labels import CallLabels
from callclf.lineage import learned_from
from callclf.readers.reader import ReadOptions
from callclf.readers.sources import open_stream
from callclf.suggest.choose import SHARES, choose
from callclf.suggest.registry import find, recognise
from callclf.suggest.task import Corrections, Reviewed, Task
from callclf.tags import Tags
from callclf.taxonomy import Taxonomy
from callclf.transcript import Transcript
from callclf.writers.writing import replace_file

__all__ = ["read_corrections", "suggest", "write_labels", "write_tasks"]


def suggest(
    model: FailureModeClassifier,
    calls: Iterable[Transcript],
    n: int = 50,
    *,
    shares: Mapping[str, float] = SHARES,
    blind: bool = False,
    seed: int = 0,
) -> list[Task]:
    """Choose the calls whose labels would teach most.

    Calls that cannot be scored, and those that the model has learned from, are left out.

    Parameters
    ----------
    model
        A fitted model.
    calls
        With ids of their own.
    n
        How many to choose.
    shares
        Reason ("random", "uncertain", "likely", "diverse") -> share.
    blind
        Whether reviewers see nothing of what the model says. Of the random calls they never do,
        so that rates estimated on these are their own.
    seed
        Same seed, same calls.

    Raises
    ------
    LabelError
        If a call has no id or shares it, or none can be reviewed.
    """
    pool = list(calls)
    _check_ids(pool)
    pool = [call for call, known in zip(pool, learned_from(model, pool), strict=True) if not known]
    every = (tags for tags in model.iter_tags(pool) if isinstance(tags, Tags))
    found = [tags for tags in every if tags.not_scored is None]
    if not found:
        raise LabelError("none of the calls can be scored and is new to the model")
    names = model.classes_
    probability = np.array([[tags.scores[name] for name in names] for tags in found])
    thresholds = np.array([model.thresholds_[name] for name in names])
    scored = [tags.call for tags in found]
    tasks = []
    for choice in choose(scored, probability, thresholds, names, n, shares=shares, seed=seed):
        hidden = blind or choice.chance is not None
        tasks.append(
            Task(
                scored[choice.position],
                choice.why,
                choice.chance,
                None if hidden else _filled_in(found[choice.position], names),
                model.version,
            )
        )
    return tasks


def write_tasks(
    tasks: Sequence[Task], taxonomy: Taxonomy, path: str | Path, format: str = "label-studio"
) -> list[Path]:
    """Write files for a reviewers' tool; return which.

    Raises
    ------
    WriteError
        If the format is unknown, or a file cannot be written.
    """
    chosen = find(format)
    path = Path(path)
    replace_file(path, chosen.write(tasks, taxonomy))
    if chosen.setup is None:
        return [path]
    suffix, text = chosen.setup(taxonomy)
    replace_file(path.with_suffix(suffix), iter([text]))
    return [path, path.with_suffix(suffix)]


def read_corrections(path: str | Path) -> Corrections:
    """Read what reviewers made of tasks, in whatever format they were given them.

    Raises
    ------
    ReadError
        Naming the file and the place.
    """
    try:
        with open_stream(Path(path), ReadOptions()) as stream:
            text = stream.text()
        return recognise(text).read(text)
    except ReadError as error:
        raise ReadError(error.problem, source=str(path), where=error.where) from None


def write_labels(reviewed: Iterable[Reviewed], path: str | Path) -> None:
    """Write labels as JSON lines, which `TrainConfig.labels` and `callclf retrain` take."""
    lines = (json.dumps(item.to_record(), ensure_ascii=False) + "\n" for item in reviewed)
    replace_file(Path(path), lines)


def _check_ids(calls: Sequence[Transcript]) -> None:
    seen: set[str] = set()
    for i, call in enumerate(calls):
        if not call.id or call.id in seen:
            what = f"the id {call.id!r} comes twice" if call.id else f"call {i} has no id"
            raise LabelError(f"{what}; labels find their way back by id, so give each its own")
        seen.add(call.id)


def _filled_in(tags: Tags, names: Sequence[str]) -> CallLabels:
    """Return what the model flags, as a reviewer would have marked it."""
    flagged = [tag for tag in tags.tags if tag.flagged]
    evidence = {
        tag.label: tuple(sorted(item.turn for item in tag.evidence))
        for tag in flagged
        if tag.evidence
    }
    return CallLabels(tuple(tag.label for tag in flagged), evidence, {}, tuple(names))
