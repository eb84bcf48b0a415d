"""Champion and challenger: refit on new labels, compare on untouched calls, promote or keep."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from callclf.errors import ModelError, ReadError
from callclf.training.config import LabelFile, Source, Split, TrainConfig
from callclf.training.material import GROUP_BY, gather, load_start
from callclf.training.promotion import Verdict, judge
from callclf.training.run import fit_on, save_as, steps_for

__all__ = ["TEST_SHARE", "retrain"]

logger = logging.getLogger(__name__)

TEST_SHARE = 0.3
"""Share of the new calls that is kept untouched, where the configuration does not say it."""

_VERDICTS = ("verdict.json", "verdict.md")


def retrain(
    champion: str | Path,
    out: str | Path,
    *,
    data: Sequence[str | Path] = (),
    labels: Sequence[str | Path] = (),
    config: TrainConfig | None = None,
    resume: bool = False,
    n_jobs: int | None = None,
) -> Verdict:
    """Refit a model on new labels, and say whether the new one should take its place.

    The challenger departs from the champion, learns from a part of the new calls, and is compared
    with it on the rest, which neither has seen.

    Parameters
    ----------
    champion
        A shipped model or a model folder; it is never changed.
    out
        Folder for `verdict.json` and `verdict.md`. If the challenger is promoted, this is its
        model folder as well; if not, there is no model in it.
    data
        Files or folders of calls, in any format that a reader knows.
    labels
        Files of labels, joined to the calls by id.
    config
        Sources, label files, split and rules for promotion; `data` and `labels`, if given, stand
        in place of its own.
    resume
        Go on with an interrupted run to the same folder.
    n_jobs
        Number of processes, as in joblib.

    Raises
    ------
    ReadError, LabelError, ModelError
        If something cannot be read, does not fit, or nothing is left to learn from.
    """
    settings = _settings(champion, data, labels, config)
    out = _made_ready(Path(out), champion)
    start = load_start(settings)
    assert start is not None  # the champion
    material = gather(settings, start=start)
    steps = steps_for(settings, material, start, out, resume=resume)
    model = fit_on(settings, material, start=start, steps=steps, n_jobs=n_jobs)
    logger.info("comparing on %d untouched calls", len(material.test))
    verdict = judge(
        start,
        model,
        material.test,
        settings.promotion,
        group_by=settings.group_by or start.group_by or GROUP_BY,
        material={"learned_from": len(material.calls), **material.report.to_dict()},
    )
    if verdict.promoted:
        save_as(model, settings, material, out)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in zip(
        _VERDICTS,
        (json.dumps(verdict.to_dict(), indent=1, ensure_ascii=False), verdict.to_markdown()),
        strict=True,
    ):
        (out / name).write_text(text, encoding="utf-8")
    steps.forget()
    return verdict


def _settings(
    champion: str | Path,
    data: Sequence[str | Path],
    labels: Sequence[str | Path],
    config: TrainConfig | None,
) -> TrainConfig:
    settings = config or TrainConfig(name=Path(champion).name)
    if data:
        # How to read them is kept, where the configuration says it of a single source.
        how = settings.sources[0] if len(settings.sources) == 1 else Source(path="-")
        sources = tuple(replace(how, path=str(path), dataset="") for path in data)
        settings = replace(settings, sources=sources)
    if labels:
        how_labels = settings.labels[0] if len(settings.labels) == 1 else LabelFile(path="-")
        files = tuple(replace(how_labels, path=str(path)) for path in labels)
        settings = replace(settings, labels=files)
    if not settings.sources:
        raise ReadError("retraining needs calls: give data, or sources in the configuration")
    if not settings.split.test:
        settings = replace(settings, split=Split(test=TEST_SHARE, time=settings.split.time))
    return replace(settings, start=str(champion))


def _made_ready(out: Path, champion: str | Path) -> Path:
    """Check the folder, and take away an earlier verdict that left no model in it."""
    if Path(champion).exists() and out.resolve() == Path(champion).resolve():
        raise ModelError(
            f"{out} is the champion; give another folder, so that it can be gone back to"
        )
    if out.is_dir() and {path.name for path in out.iterdir()} <= set(_VERDICTS):
        shutil.rmtree(out)
    return out
