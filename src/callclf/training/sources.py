"""Reading the calls of a source, whatever holds them, with the labels that they bring along."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from callclf.corpus import Corpus, open_lines
from callclf.errors import ReadError
from callclf.labels import CallLabels
from callclf.readers import iter_read
from callclf.readers.native import READER as NATIVE
from callclf.readers.sources import as_folder, files_in
from callclf.training.config import Source
from callclf.transcript import Transcript

__all__ = ["SourceCalls", "read_source"]

logger = logging.getLogger(__name__)

EVERY = 10.0
"""Seconds between two lines about a source that takes long to read."""


@dataclass(frozen=True)
class SourceCalls:
    """What a source holds.

    Parameters
    ----------
    source
        Where from.
    corpus
        The calls, and their labels where they bring any.
    problems
        What is wrong with the calls that could not be read.
    """

    source: Source
    corpus: Corpus
    problems: tuple[ReadError, ...] = ()


def read_source(source: Source) -> SourceCalls | None:
    """Read a source; None if it is absent and may be.

    Raises
    ------
    ReadError
        If it is absent, or cannot be read as a whole.
    """
    if source.dataset:
        return _from_dataset(source)
    path = Path(source.path)
    if not path.exists():
        if source.optional:
            return None
        raise ReadError("there is no such file or folder", source=source.path)
    if _plain(source) and (own := [file for file in _files(path) if _is_native(file)]):
        if others := len(_files(path)) - len(own):
            logger.info("%s: read the JSON lines, left %d other files alone", path, others)
        return SourceCalls(source, Corpus.load(*own))
    if _plain(source) and path.suffix == ".parquet" and _has_turns(path):
        import pyarrow.parquet  # here: 0.2 s that other sources do not need

        rows = pyarrow.parquet.read_table(path).to_pylist()
        return SourceCalls(source, Corpus.from_dataset(rows))
    return _from_readers(source, path)


def _from_readers(source: Source, content: Any) -> SourceCalls:
    calls: list[Transcript] = []
    problems: list[ReadError] = []
    results = iter_read(
        content,
        source.format,
        speakers=source.speakers,
        columns=source.columns,
        encoding=source.encoding,
        on_error="yield",
        infer_roles=source.infer_roles,
    )
    stem = Path(source.name).name
    told = time.monotonic()
    for number, result in enumerate(results, 1):
        if time.monotonic() - told > EVERY:
            told = time.monotonic()
            logger.info("%s: %s calls so far", source.name, f"{number:,}")
        if isinstance(result, ReadError):
            problems.append(result)
        elif result.id is None:
            # Only the file's name can say which call this is.
            calls.append(replace(result, id=stem if number == 1 else f"{stem}#{number}"))
        else:
            calls.append(result)
    unlabelled = (CallLabels(annotated=()),) * len(calls)
    return SourceCalls(source, Corpus(tuple(calls), unlabelled), tuple(problems))


def _from_dataset(source: Source) -> SourceCalls | None:
    import datasets  # here: 0.7 s that other sources do not need

    try:
        with _offline():
            rows = datasets.load_dataset(source.dataset, source.config, split=source.split)
    except (OSError, ValueError) as error:  # ConnectionError and DatasetNotFoundError among them
        if source.optional:
            return None
        raise ReadError(
            f"is neither a folder nor in the data sets' cache, and nothing is downloaded: {error}",
            source=source.name,
        ) from None
    if "turns" in rows.column_names:
        return SourceCalls(source, Corpus.from_dataset(rows))
    return _from_readers(source, rows)


@contextmanager
def _offline() -> Iterator[None]:
    """Keep the libraries from the network, whatever the environment says."""
    import datasets
    import huggingface_hub

    places: tuple[Any, ...] = (datasets.config, huggingface_hub.constants)
    before = [place.HF_HUB_OFFLINE for place in places]
    for place in places:
        place.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        for place, value in zip(places, before, strict=True):
            place.HF_HUB_OFFLINE = value


def _plain(source: Source) -> bool:
    """Say whether nothing is asked of the reading that our own formats do not need."""
    asked = source.speakers or source.columns or source.encoding or source.infer_roles
    return not asked and source.format in (None, NATIVE.name)


def _files(path: Path) -> list[Path]:
    folder = as_folder(path)
    found = list(files_in(folder)) if folder else [path]
    if not found:
        raise ReadError("the folder holds no files", source=str(path))
    return found


def _is_native(path: Path) -> bool:
    """Say whether a file is our own JSON lines, by its first line."""
    if not path.name.endswith((".jsonl", ".jsonl.gz")):
        return False
    try:
        with open_lines(path) as file:
            first = next((line for line in file if line.strip()), "")
        return NATIVE.sniff(json.loads(first))
    except (OSError, ValueError):
        return False


def _has_turns(path: Path) -> bool:
    import pyarrow.parquet

    return "turns" in pyarrow.parquet.read_schema(path).names
