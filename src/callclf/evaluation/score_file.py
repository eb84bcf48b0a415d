"""Files of scores, from `callclf tag` or somebody else's system, as predictions.

The contract is what `callclf tag --output jsonl --all-scores` writes, one JSON object a call:

    {"id": "c1", "labels": ["rudeness"], "scores": {"rudeness": 0.91, "inattention": 0.02},
     "not_scored": null,
     "turns": [{"turn": 3, "scores": {"rudeness": 0.88, "inattention": 0.01}}],
     "evidence": {"rudeness": [3]}}

`id` and `scores` are needed. A score of null is "this call was not scored for this label".
Without `labels`, a label is flagged from probability 0.5. `turns` and `evidence` may be missing;
turn numbers are those of the source. A call that failed is `{"id": "c1", "error": "why"}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from callclf.errors import LabelError, ReadError, unknown_name
from callclf.evaluation.predictions import (
    FALLBACK_THRESHOLD,
    CallPrediction,
    Predictions,
    call_ids,
    shortened,
)
from callclf.taxonomy import Taxonomy
from callclf.transcript import Transcript

__all__ = ["Missing", "read_predictions"]

FloatArray = npt.NDArray[np.float64]

Missing = Literal["error", "not_scored"]


@dataclass(frozen=True)
class _Record:
    where: str
    data: Mapping[str, Any]

    def fail(self, problem: str) -> ReadError:
        return ReadError(problem, where=self.where)


def read_predictions(
    path: str | Path,
    calls: Sequence[Transcript],
    *,
    taxonomy: Taxonomy | None = None,
    missing: Missing = "error",
    name: str | None = None,
) -> Predictions:
    """Read a file of scores for these calls, matched by id; records of other calls are ignored.

    Parameters
    ----------
    path
        A JSONL file; its contract is at the top of this module.
    calls
        The calls that the scores are wanted for.
    taxonomy
        The system's labels, in order; the shipped taxonomy by default. A label of it that the file
        never scores has no figures.
    missing
        What to make of a call or a score that is not in the file: "error", or "not_scored".
    name
        Of the system; the file's name by default.

    Raises
    ------
    ReadError
        If a record is malformed, has an unknown label or turn, or its id came before; the message
        names the line. If scores are missing, it lists the calls.
    """
    taxonomy = taxonomy or Taxonomy.default()
    path = Path(path)
    records, errors = _by_id(path)
    wanted = dict(zip(call_ids(calls), calls, strict=True))
    absent = [id for id in wanted if id not in records]
    if absent and (missing == "error" or len(absent) == len(wanted)):
        extra = f" {errors} records are errors without an id." if errors else ""
        raise ReadError(
            f"no scores for {len(absent)} of {len(wanted)} calls ({shortened(absent)}).{extra} "
            "Score them, or count them as not scored with missing='not_scored'",
            source=str(path),
        )
    rows = []
    for id, call in wanted.items():
        record = records.get(id)
        if record is None:
            rows.append(CallPrediction.nothing(id, "not in the file of scores", len(taxonomy)))
        else:
            rows.append(_call(record, id, call, taxonomy.names))
    _check_complete(rows, [records.get(id) for id in wanted], taxonomy.names, path, missing)
    own_flags = all("labels" in records[id].data for id in wanted if _scored(records.get(id)))
    cut = np.nan if own_flags else FALLBACK_THRESHOLD
    try:
        return Predictions(
            name or path.stem,
            taxonomy,
            tuple(rows),
            np.full(len(taxonomy), cut),
            "the flags in the file"
            if own_flags
            else f"{FALLBACK_THRESHOLD} for every label: the file has records without flags",
        )
    except LabelError as error:
        raise ReadError(str(error), source=str(path)) from None


def _by_id(path: Path) -> tuple[dict[str, _Record], int]:
    """Return the records by id, and the number of errors that name no call."""
    records: dict[str, _Record] = {}
    errors = 0
    for record in _records(path):
        id = record.data.get("id")
        if id is None and "error" in record.data:
            errors += 1
            continue
        if not isinstance(id, str | int) or isinstance(id, bool):
            raise record.fail("a record needs an 'id', to be matched with its call")
        if str(id) in records:
            raise record.fail(f"id {id!r} came before, in {records[str(id)].where}; give each once")
        records[str(id)] = record
    return records, errors


def _records(path: Path) -> Iterator[_Record]:
    try:
        # Not splitlines(): that also splits at U+2028 and its like, which JSON strings may hold.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"cannot be read: {error}", source=str(path)) from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}: line {number}"
        try:
            data = json.loads(line)
        except json.JSONDecodeError as error:
            raise ReadError(f"not JSON: {error}", where=where) from None
        if not isinstance(data, dict):
            raise ReadError("expected a JSON object a line", where=where)
        yield _Record(where, data)


def _scored(record: _Record | None) -> bool:
    return record is not None and not record.data.get("not_scored") and "error" not in record.data


def _call(record: _Record, id: str, call: Transcript, names: Sequence[str]) -> CallPrediction:
    if "error" in record.data:
        return CallPrediction.nothing(id, f"error: {record.data['error']}", len(names))
    if record.data.get("not_scored"):
        return CallPrediction.nothing(id, str(record.data["not_scored"]), len(names))
    probability = _scores(record, record.data.get("scores"), names)
    flags = record.data.get("labels")
    if flags is None:
        flagged = probability >= FALLBACK_THRESHOLD
    else:
        _check_names(record, flags, names)
        flagged = np.array([name in flags for name in names])
    number = {turn.source_index: i for i, turn in reversed(list(enumerate(call.turns)))}
    turns, turn_probability = _turns(record, number, names)
    return CallPrediction(
        id,
        probability,
        flagged,
        np.zeros(len(names), dtype=bool),
        turns=turns,
        turn_probability=turn_probability,
        evidence=_evidence(record, number, names),
    )


def _scores(record: _Record, scores: object, names: Sequence[str]) -> FloatArray:
    if not isinstance(scores, Mapping):
        raise record.fail("'scores' must be an object of label: probability")
    _check_names(record, list(scores), names)
    row = np.full(len(names), np.nan)
    for j, name in enumerate(names):
        value = scores.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise record.fail(f"the score of {name!r} must be a number or null, got {value!r}")
        row[j] = value
    return row


def _turns(
    record: _Record, number: Mapping[int | None, int], names: Sequence[str]
) -> tuple[npt.NDArray[np.int64] | None, FloatArray | None]:
    items = record.data.get("turns")
    if items is None:
        return None, None
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise record.fail("'turns' must be a list of {turn, scores} objects")
    turns = [_turn_number(record, item.get("turn"), number) for item in items]
    rows = [_scores(record, item.get("scores"), names) for item in items]
    return np.array(turns, dtype=np.int64), np.array(rows).reshape(len(rows), len(names))


def _evidence(
    record: _Record, number: Mapping[int | None, int], names: Sequence[str]
) -> dict[str, tuple[int, ...]] | None:
    evidence = record.data.get("evidence")
    if evidence is None:
        return None
    if not isinstance(evidence, Mapping):
        raise record.fail("'evidence' must be an object of label: [turn, …]")
    _check_names(record, list(evidence), names)
    return {
        name: tuple(_turn_number(record, turn, number) for turn in turns)
        for name, turns in evidence.items()
    }


def _turn_number(record: _Record, turn: object, number: Mapping[int | None, int]) -> int:
    if not isinstance(turn, int) or turn not in number:
        raise record.fail(f"the call has no turn {turn!r}; turns are numbered as in its source")
    return number[turn]


def _check_names(record: _Record, found: Sequence[object], names: Sequence[str]) -> None:
    for name in found:
        if name not in names:
            problem = unknown_name("label", str(name), names)
            raise record.fail(f"{problem}. Pass taxonomy= for a system with other labels")


def _check_complete(
    rows: Sequence[CallPrediction],
    records: Sequence[_Record | None],
    names: Sequence[str],
    path: Path,
    missing: Missing,
) -> None:
    """Refuse labels that some records score and others pass over in silence.

    Only flagged labels have scores in what `callclf tag` writes without `--all-scores`; figures
    from those alone would look far too good.
    """
    scored = [
        (row.id, r.data["scores"]) for row, r in zip(rows, records, strict=True) if _scored(r) and r
    ]
    for name in names:
        absent = [id for id, scores in scored if name not in scores]
        if absent and len(absent) < len(scored) and missing == "error":
            raise ReadError(
                f"{len(absent)} of {len(scored)} records have no score for {name!r} "
                f"({shortened(absent)}); write all scores (callclf tag --all-scores), null where "
                "there is none, or count them as not scored with missing='not_scored'",
                source=str(path),
            )
