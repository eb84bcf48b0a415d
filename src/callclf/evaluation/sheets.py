"""Several raters' labels of the same calls, brought into one array."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from callclf.corpus import Corpus
from callclf.errors import LabelError, unknown_name
from callclf.evaluation.predictions import Predictions, call_ids
from callclf.grouping import group_calls
from callclf.labels import CallLabels, call_matrix
from callclf.transcript import Transcript

__all__ = ["Rated", "Sheet", "stack_sheets"]

Sheet = Corpus | Predictions | Sequence[CallLabels]
"""What one rater said: of calls with ids, or of a list of calls in the order of the others."""


@dataclass(frozen=True)
class Rated:
    """Raters' labels.

    Parameters
    ----------
    ratings
        1, 0 or NaN, shape (n_raters, n_calls, n_labels).
    groups
        Group of each call, shape (n_calls,).
    """

    ratings: npt.NDArray[np.float64]
    groups: npt.NDArray[np.int64]


def stack_sheets(
    sheets: Mapping[str, Sheet], names: Sequence[str], groups: Sequence[str] = ()
) -> Rated:
    """Bring sheets into one array.

    Parameters
    ----------
    sheets
        Rater -> labels. Corpora and predictions are matched by id; a list belongs to the calls of
        the first corpus, in its order.
    names
        The labels, in order.
    groups
        Keys of `meta` that tie calls together.

    Raises
    ------
    LabelError
        If a sheet has a label that is not in `names`, or a list has another length than the calls.
    """
    calls: dict[str, Transcript] = {}
    for sheet in sheets.values():
        if isinstance(sheet, Corpus):
            calls |= dict(zip(call_ids(sheet.calls), sheet.calls, strict=True))
    if not calls and any(isinstance(sheet, Predictions) for sheet in sheets.values()):
        raise LabelError("predictions are matched with calls by id; give a Corpus among the sheets")
    # The calls of the first corpus come first, so lists are in their order, gaps after them.
    first = next((sheet for sheet in sheets.values() if isinstance(sheet, Corpus)), None)
    n_listed = len(first) if first is not None else len(next(iter(sheets.values())))
    ids = list(calls) if calls else [f"#{i}" for i in range(n_listed)]
    rows = []
    for rater, sheet in sheets.items():
        by_id = _by_id(rater, sheet, ids[:n_listed])
        _check_names(rater, by_id.values(), names)
        rows.append(call_matrix((by_id.get(id, _NOTHING) for id in ids), names))
    tied = group_calls(list(calls.values()), groups) if calls else np.arange(len(ids))
    return Rated(np.stack(rows), tied)


_NOTHING = CallLabels(annotated=())


def _by_id(rater: str, sheet: Sheet, listed: Sequence[str]) -> dict[str, CallLabels]:
    if isinstance(sheet, Corpus):
        return dict(zip(call_ids(sheet.calls), sheet.labels, strict=True))
    if isinstance(sheet, Predictions):
        return dict(zip((c.id for c in sheet.calls), sheet.as_labels(), strict=True))
    if len(sheet) != len(listed):
        raise LabelError(f"{rater} has labels of {len(sheet)} calls, the others of {len(listed)}")
    return dict(zip(listed, sheet, strict=True))


def _check_names(rater: str, sheet: Iterable[CallLabels], names: Sequence[str]) -> None:
    for labels in sheet:
        for name in labels.labels:
            if name not in names:
                raise LabelError(f"{rater}: {unknown_name('label', name, names)}; pass taxonomy=")
