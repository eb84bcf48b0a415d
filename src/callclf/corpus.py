"""Labelled calls: load, save, turn into tables, group, and split without leaks."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
import numpy.typing as npt

from callclf.errors import LabelError, ReadError, TranscriptError
from callclf.fingerprint import call_fingerprint
from callclf.grouping import group_calls
from callclf.labels import CallLabels
from callclf.readers.native import LABEL_KEYS, transcript_from_record
from callclf.taxonomy import Taxonomy
from callclf.transcript import Transcript

if TYPE_CHECKING:
    import datasets
    import pandas as pd

__all__ = ["Corpus", "Split", "looked_for", "open_lines"]


@dataclass(frozen=True)
class Split:
    """Two disjoint parts of a corpus."""

    train: Corpus
    test: Corpus


@dataclass(frozen=True)
class Corpus:
    """Calls with their labels, in order.

    Parameters
    ----------
    calls
        The transcripts.
    labels
        What is known of each, in the same order.

    Examples
    --------
    >>> from callclf.transcript import Turn
    >>> call = Transcript([Turn("agent", "Calm down.")], id="c1", meta={"writer": "w1"})
    >>> corpus = Corpus((call,), (CallLabels(("rudeness",), {"rudeness": (0,)}),))
    >>> corpus
    Corpus(1 call, 1 with a label)
    """

    calls: tuple[Transcript, ...]
    labels: tuple[CallLabels, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "calls", tuple(self.calls))
        object.__setattr__(self, "labels", tuple(self.labels))
        if len(self.calls) != len(self.labels):
            raise LabelError(f"{len(self.calls)} calls but labels for {len(self.labels)}")
        for call, labels in zip(self.calls, self.labels, strict=True):
            labels.check(call)

    def __len__(self) -> int:
        return len(self.calls)

    def __iter__(self) -> Iterator[tuple[Transcript, CallLabels]]:
        return iter(zip(self.calls, self.labels, strict=True))

    def __getitem__(self, index: slice | Sequence[int] | npt.NDArray[Any]) -> Corpus:
        """Return the part of the corpus at a slice, a list of positions or a boolean mask."""
        chosen = np.arange(len(self))[index]
        if chosen.ndim == 0:
            raise TypeError("a corpus is indexed by slices, lists or masks; use corpus.calls[i]")
        return Corpus(tuple(self.calls[i] for i in chosen), tuple(self.labels[i] for i in chosen))

    def __add__(self, other: Corpus) -> Corpus:
        return Corpus(self.calls + other.calls, self.labels + other.labels)

    def __repr__(self) -> str:
        positive = sum(1 for labels in self.labels if labels.labels)
        return f"Corpus({len(self)} call{'s' * (len(self) != 1)}, {positive} with a label)"

    # ---- files and tables -----------------------------------------------------------------

    @classmethod
    def load(cls, *paths: str | Path, annotated: Sequence[str] | None = None) -> Corpus:
        """Read labelled JSONL files, or every `*.jsonl` of a folder.

        A line is a call in the native format with the keys of `CallLabels` beside it.

        Parameters
        ----------
        paths
            Files or folders.
        annotated
            The labels that were looked for in lines that do not say so themselves. By default,
            for each file, those that occur in it, and the shipped taxonomy's unless the file uses
            only other labels.

        Raises
        ------
        ReadError
            Naming file and line.
        """
        files = [file for path in paths for file in _files(Path(path))]
        parts = [cls.from_records(_lines(file), annotated=annotated) for file in files]
        calls = tuple(call for part in parts for call in part.calls)
        return cls(calls, tuple(labels for part in parts for labels in part.labels))

    @classmethod
    def from_records(
        cls,
        records: Iterable[tuple[str, Mapping[str, Any]]],
        *,
        annotated: Sequence[str] | None = None,
    ) -> Corpus:
        """Build a corpus from (where, record) pairs, `where` naming the place in error messages.

        `annotated` is as in `load`.
        """
        calls, labels = [], []
        for where, record in records:
            try:
                call, marks = transcript_from_record(record), CallLabels.from_dict(record)
                marks.check(call)
            except (TranscriptError, LabelError) as error:
                raise ReadError(str(error), where=where) from None
            calls.append(call)
            labels.append(marks)
        default = tuple(annotated) if annotated is not None else looked_for(labels)
        labels = [
            replace(marks, annotated=default) if marks.annotated is None else marks
            for marks in labels
        ]
        return cls(tuple(calls), tuple(labels))

    def to_records(self) -> Iterator[dict[str, Any]]:
        """Yield each call with its labels as plain JSON data."""
        for call, labels in self:
            yield {**call.to_dict(), **labels.to_dict()}

    def save(self, path: str | Path) -> None:
        """Write the corpus as JSONL; `load` gives back an equal one."""
        with Path(path).open("w", encoding="utf-8") as file:
            for record in self.to_records():
                file.write(json.dumps(record, ensure_ascii=False) + "\n")

    def to_pandas(self, names: Sequence[str]) -> pd.DataFrame:
        """Return one row a turn: the turn's fields and a column of 1, 0 or NaN a label.

        Parameters
        ----------
        names
            The labels to give a column, in order.
        """
        import pandas as pd  # here: 0.3 s that tagging does not need

        frames = []
        for call, labels in self:
            frame = pd.DataFrame(
                [
                    {
                        "role": t.role.value,
                        "text": t.text,
                        "speaker": t.speaker,
                        "start": t.start,
                        "end": t.end,
                    }
                    for t in call.turns
                ]
            )
            frame.insert(0, "turn", np.arange(len(call)))
            frame.insert(0, "channel", call.channel)
            frame.insert(0, "id", call.id)
            rows = labels.turn_rows(names, call)
            frames.append(frame.assign(**{name: rows[:, j] for j, name in enumerate(names)}))
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    @classmethod
    def from_pandas(cls, frame: pd.DataFrame, names: Sequence[str]) -> Corpus:
        """Build a corpus from a table as `to_pandas` returns it.

        A call has a label when one of its turns has; a call whose agent turns are all NaN for a
        label is a gap there, and a turn that is NaN beside others that are not is borderline.

        Raises
        ------
        LabelError
            If a column is missing.
        """
        missing = [c for c in ("id", "role", "text", *names) if c not in frame.columns]
        if missing:
            raise LabelError(f"the table lacks the columns {', '.join(missing)}")
        records = []
        for call_id, rows in frame.groupby("id", sort=False):
            fields = [f for f in ("role", "text", "speaker", "start", "end") if f in rows.columns]
            turns = [
                {key: value for key, value in turn.items() if value == value and value is not None}
                for turn in rows[fields].to_dict("records")
            ]
            record = {"id": str(call_id), "turns": turns, **_marks_of(turns, rows, names)}
            if "channel" in rows.columns and isinstance(rows["channel"].iloc[0], str):
                record["channel"] = rows["channel"].iloc[0]
            records.append((f"call {call_id!r}", record))
        return cls.from_records(records)

    def to_dataset(self) -> datasets.Dataset:
        """Return a Hugging Face dataset, one row a call; marks and meta are JSON strings.

        They are strings because Arrow would fill every row with every key of the others.
        """
        import datasets  # here: 0.7 s that tagging does not need

        rows = []
        for record in self.to_records():
            row = {"id": record["id"], "channel": record["channel"]}
            row["turns"] = [
                {
                    key: turn.get(key)
                    for key in ("role", "text", "speaker", "start", "end", "source_index")
                }
                for turn in record["turns"]
            ]
            row["labels"] = record["labels"]
            row["annotated"] = record.get("annotated")
            for key in ("evidence", "borderline", "meta"):
                row[key] = json.dumps(record.get(key, {}), ensure_ascii=False)
            rows.append(row)
        return datasets.Dataset.from_list(rows)

    @classmethod
    def from_dataset(cls, dataset: Iterable[Mapping[str, Any]]) -> Corpus:
        """Build a corpus from the rows of a Hugging Face dataset.

        Rows come from `to_dataset`, or from `datasets.load_dataset` on JSONL in the native format.
        """
        return cls.from_records((f"row {i}", _without_nulls(row)) for i, row in enumerate(dataset))

    # ---- groups and splits ----------------------------------------------------------------

    def where(self, keep: Callable[[Transcript], bool]) -> Corpus:
        """Return the calls for which `keep` is true, in order."""
        return self[np.array([bool(keep(call)) for call in self.calls], dtype=bool)]

    def groups(self, *keys: str) -> npt.NDArray[np.int64]:
        """Return the number of each call's group, as `grouping.group_calls` does."""
        return group_calls(self.calls, keys)

    def split(
        self, test_size: float = 0.2, *, by: Sequence[str] = ("pair",), seed: int = 0
    ) -> Split:
        """Split at random, keeping together what `groups` ties together.

        Parameters
        ----------
        test_size
            Share of the calls to hold out, between 0 and 1.
        by
            Keys in `meta` that tie calls together; ("pair", "writer") holds out whole writers.
        seed
            Same seed, same split.
        """
        if not 0 < test_size < 1:
            raise ValueError(f"test_size must be between 0 and 1, got {test_size}")
        groups = self.groups(*by)
        sizes = np.bincount(groups)
        order = np.random.default_rng(seed).permutation(len(sizes))
        # The group that crosses the line goes where it brings the share closer to what was asked.
        total, held = 0, []
        for group in order:
            if abs(total + sizes[group] - test_size * len(self)) <= abs(
                total - test_size * len(self)
            ):
                held.append(group)
                total += sizes[group]
        test = np.isin(groups, held)
        return Split(self[~test], self[test])

    def fingerprint(self) -> str:
        """Return a SHA-256 over words, roles and labels that does not depend on the order."""
        lines = sorted(call_fingerprint(call) + repr(labels) for call, labels in self)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(path.glob("*.jsonl"))
        if not files:
            raise ReadError("the folder holds no .jsonl file", source=str(path))
        return files
    return [path]


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        with open_lines(path) as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                where = f"{path}: line {number}"
                try:
                    record = json.loads(line)
                except json.JSONDecodeError as error:
                    raise ReadError(f"not JSON: {error}", where=where) from None
                if not isinstance(record, dict):
                    raise ReadError("expected a JSON object a line", where=where)
                yield where, record
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ReadError(f"cannot be read: {error}", source=str(path)) from None


def open_lines(path: Path) -> TextIO:
    """Open JSON lines, which may be compressed: `.jsonl` or `.jsonl.gz`."""
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


def looked_for(labels: Sequence[CallLabels]) -> tuple[str, ...]:
    """Return the labels that a file's annotators looked for, where it does not say so."""
    used = {name for marks in labels for name in (*marks.labels, *marks.borderline)}
    shipped = Taxonomy.default().names
    if used and used.isdisjoint(shipped):
        return tuple(sorted(used))
    return (*shipped, *sorted(used.difference(shipped)))


def _marks_of(
    turns: Sequence[Mapping[Any, Any]], rows: pd.DataFrame, names: Sequence[str]
) -> dict[str, Any]:
    spoken = np.array([turn["role"] in ("agent", "bot") for turn in turns])
    record: dict[str, Any] = {"labels": [], "evidence": {}, "borderline": {}, "annotated": []}
    for name in names:
        values = rows[name].to_numpy(dtype=float)
        known = spoken & ~np.isnan(values)
        if not known.any() and spoken.any():
            continue
        record["annotated"].append(name)
        marked = np.flatnonzero(known & (values == 1.0))
        unsure = np.flatnonzero(spoken & np.isnan(values))
        if marked.size:
            record["labels"].append(name)
            record["evidence"][name] = marked.tolist()
        if unsure.size:
            record["borderline"][name] = unsure.tolist()
    return record


def _without_nulls(row: Mapping[str, Any]) -> dict[str, Any]:
    record = {key: value for key, value in row.items() if value is not None}
    for key in ("meta", *LABEL_KEYS):
        if isinstance(record.get(key), str):
            record[key] = json.loads(record[key])
    record["turns"] = [
        {key: value for key, value in turn.items() if value is not None} for turn in row["turns"]
    ]
    return record
