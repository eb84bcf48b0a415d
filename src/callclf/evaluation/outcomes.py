"""What was true and what was said, side by side: one row a call or turn, one column a label.

The last column is "any failure". It is true where at least one label is, false where all are known
to be absent, and a gap otherwise. Its probability is 1 - Π(1 - p) over the labels: for rare, well
calibrated labels the small risks add up, and the largest of them alone, the other common choice,
says far too little (eight labels at 1 % each are a call at 7.7 %, not at 1 %). Labels that go
together make it somewhat too high; the calibration figures of the column say by how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from callclf.cached import cached_property
from callclf.corpus import Corpus
from callclf.evaluation.predictions import CallPrediction, Predictions
from callclf.evaluation.ranking import Sample
from callclf.labels import call_matrix
from callclf.transcript import Transcript

__all__ = [
    "ANY",
    "MACRO",
    "MICRO",
    "Outcomes",
    "Support",
    "Unit",
    "call_outcomes",
    "listening",
    "turn_outcomes",
]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

Unit = Literal["call", "turn"]

ANY = "any failure"
"""Name of the last column; the space keeps it apart from every label's name."""

MACRO = "macro average"
"""Name of the mean over labels, where figures are told apart by column."""

MICRO = "micro average"
"""Name of the figures over pooled (row, label) pairs."""


@dataclass(frozen=True)
class Support:
    """How much a label's figures rest on.

    Parameters
    ----------
    items
        Calls or turns that are both labelled and scored: the figures are about these.
    positives, negatives
        Items that have the label, and that have it not.
    clean
        Items without any failure, among which false alarms are counted.
    gaps
        Items left out because nobody said, or because they are borderline.
    not_scored
        Items left out because the system gave no score.
    flagged, unsure
        Items that the system flagged, and on which it abstained.
    """

    items: int
    positives: int
    negatives: int
    clean: int
    gaps: int
    not_scored: int
    flagged: int
    unsure: int


@dataclass(frozen=True)
class Outcomes:
    """Labels beside predictions.

    Parameters
    ----------
    unit
        What a row is.
    labels
        Names, in the order of the system's taxonomy.
    y
        1, 0 or NaN (gap), shape (n, n_labels + 1).
    p
        Probability, NaN where not scored, shape (n, n_labels + 1).
    flagged
        1, 0, or NaN where there are no decisions, shape (n, n_labels + 1).
    unsure
        Abstentions, shape (n, n_labels + 1).
    hit
        1 where the surest evidence turn of a right flag is one that annotators marked, 0 where it
        is not, NaN elsewhere, shape (n, n_labels + 1); for any failure, that of the surest flag.
    cost
        What it takes to listen to the row, shape (n,); see `listening`.
    call
        Position of the row's call in the corpus, shape (n,).
    """

    unit: Unit
    labels: tuple[str, ...]
    y: FloatArray
    p: FloatArray
    flagged: FloatArray
    unsure: BoolArray
    hit: FloatArray
    cost: FloatArray
    call: IntArray

    @cached_property
    def clean(self) -> BoolArray:
        """Rows without any known failure that somebody looked at, shape (n,).

        The same meaning as in `thresholds`, which promises so many false alarms in clean calls.
        """
        y = self.y[:, : len(self.labels)]
        return np.asarray(((y == 0) | np.isnan(y)).all(axis=1) & (y == 0).any(axis=1))

    @property
    def columns(self) -> tuple[str, ...]:
        """The labels and "any failure"."""
        return (*self.labels, ANY)

    def sample(self, column: str) -> Sample:
        """Return the labelled and scored rows of one column."""
        j = self.columns.index(column)
        known = np.flatnonzero(~np.isnan(self.y[:, j]) & ~np.isnan(self.p[:, j]))
        return Sample.ranked(
            y=self.y[known, j],
            p=self.p[known, j],
            flagged=self.flagged[known, j],
            hit=self.hit[known, j],
            clean=self.clean[known],
            cost=self.cost[known],
            call=self.call[known],
        )

    def pooled(self) -> Sample:
        """Return the (row, label) pairs of all labels as one sample, for micro averages."""
        n_labels = len(self.labels)
        y, p = self.y[:, :n_labels].ravel(), self.p[:, :n_labels].ravel()
        known = np.flatnonzero(~np.isnan(y) & ~np.isnan(p))
        row = known // n_labels
        return Sample.ranked(
            y=y[known],
            p=p[known],
            flagged=self.flagged[:, :n_labels].ravel()[known],
            hit=self.hit[:, :n_labels].ravel()[known],
            clean=self.clean[row],
            cost=self.cost[row],
            call=self.call[row],
        )

    def of_calls(self, members: IntArray) -> Outcomes:
        """Return the rows of some calls, which are numbered anew in this order."""
        position = np.full(max(self.call.max(initial=-1), members.max(initial=-1)) + 1, -1)
        position[members] = np.arange(len(members))
        rows = np.flatnonzero(position[self.call] >= 0)
        return Outcomes(
            self.unit,
            self.labels,
            y=self.y[rows],
            p=self.p[rows],
            flagged=self.flagged[rows],
            unsure=self.unsure[rows],
            hit=self.hit[rows],
            cost=self.cost[rows],
            call=position[self.call[rows]],
        )

    def of_labels(self, labels: Sequence[str]) -> Outcomes:
        """Return the columns of some labels; any failure, and what is clean, is about these."""
        chosen = [self.labels.index(name) for name in labels]
        return _with_any(
            Outcomes(
                self.unit,
                tuple(labels),
                y=self.y[:, chosen],
                p=self.p[:, chosen],
                flagged=self.flagged[:, chosen],
                unsure=self.unsure[:, chosen],
                hit=self.hit[:, chosen],
                cost=self.cost,
                call=self.call,
            )
        )

    def support(self, column: str) -> Support:
        """Return what a column's figures rest on."""
        j = self.columns.index(column)
        y, scored = self.y[:, j], ~np.isnan(self.p[:, j])
        labelled = ~np.isnan(y)
        known = labelled & scored
        return Support(
            items=int(known.sum()),
            positives=int((y[known] == 1).sum()),
            negatives=int((y[known] == 0).sum()),
            clean=int((known & self.clean).sum()),
            gaps=int((~labelled).sum()),
            not_scored=int((labelled & ~scored).sum()),
            flagged=int((self.flagged[known, j] == 1).sum()),
            unsure=int(self.unsure[known, j].sum()),
        )


def call_outcomes(predictions: Predictions, corpus: Corpus) -> Outcomes:
    """Put predictions beside the labels of the same calls, one row a call."""
    rows = predictions.calls
    flagged = np.array([row.flagged for row in rows], dtype=float)
    hit = np.full(flagged.shape, np.nan)
    for i, row in enumerate(rows):
        for j, name in enumerate(predictions.labels):
            marked = corpus.labels[i].evidence.get(name)
            shown = _top_turn(row, name, j)
            if marked and row.flagged[j] and shown is not None:
                doubtful = corpus.labels[i].borderline.get(name, ())
                hit[i, j] = np.nan if shown in doubtful else float(shown in marked)
    return _with_any(
        Outcomes(
            "call",
            predictions.labels,
            y=call_matrix(corpus.labels, predictions.labels),
            p=np.array([row.probability for row in rows]).reshape(flagged.shape),
            flagged=flagged,
            unsure=np.array([row.unsure for row in rows], dtype=bool).reshape(flagged.shape),
            hit=hit,
            cost=listening(corpus.calls)[0],
            call=np.arange(len(rows)),
        )
    )


def turn_outcomes(predictions: Predictions, corpus: Corpus) -> Outcomes | None:
    """Put predictions beside labels, one row an agent turn; None if no turn was scored.

    A turn counts as flagged if the system shows it as evidence of a flagged label: that is what
    people see. A system that shows no evidence has no decisions on turns.
    """
    rows, n_labels = predictions.calls, len(predictions.labels)
    if all(row.turns is None for row in rows):
        return None
    decides = any(row.evidence is not None for row in rows)
    y, p, flagged, call = [], [], [], []
    for i, (row, transcript, labels) in enumerate(
        zip(rows, corpus.calls, corpus.labels, strict=True)
    ):
        spoken = transcript.scored_turns()
        y.append(labels.turn_rows(predictions.labels, transcript)[spoken])
        scores = np.full((len(transcript), n_labels), np.nan)
        if row.turns is not None:
            scores[row.turns] = row.turn_probability
        p.append(scores[spoken])
        shown = np.full((len(transcript), n_labels), 0.0 if decides else np.nan)
        for name, turns in (row.evidence or {}).items():
            shown[list(turns), predictions.labels.index(name)] = 1.0
        flagged.append(shown[spoken])
        call.append(np.full(len(spoken), i))
    truth = np.concatenate(y)
    return _with_any(
        Outcomes(
            "turn",
            predictions.labels,
            y=truth,
            p=np.concatenate(p),
            flagged=np.concatenate(flagged),
            unsure=np.zeros(truth.shape, dtype=bool),
            hit=np.full(truth.shape, np.nan),
            cost=np.ones(len(truth)),
            call=np.concatenate(call),
        )
    )


def listening(calls: Sequence[Transcript]) -> tuple[FloatArray, str]:
    """Return what it takes to listen to each call, shape (n_calls,), and its unit.

    Hours, if every call has times; otherwise words, which stand in for them, since a mixture of
    both could not be compared.
    """
    times = [
        [t for turn in call.turns for t in (turn.start, turn.end) if t is not None]
        for call in calls
    ]
    hours = np.array([(max(t) - min(t)) / 3600 if t else 0.0 for t in times])
    if len(hours) and (hours > 0).all():
        return hours, "hours"
    words = [sum(len(turn.text.split()) for turn in call.turns) for call in calls]
    return np.maximum(np.array(words, dtype=float), 1.0), "words"


def _top_turn(row: CallPrediction, name: str, column: int) -> int | None:
    shown = (row.evidence or {}).get(name)
    if shown:
        return shown[0]
    if row.turns is None or row.turn_probability is None or not len(row.turns):
        return None
    scores = row.turn_probability[:, column]
    return None if np.isnan(scores).all() else int(row.turns[np.nanargmax(scores)])


def _with_any(labelled: Outcomes) -> Outcomes:
    """Add the column of any failure to outcomes that have the labels' columns alone."""
    y, p, flagged, unsure = labelled.y, labelled.p, labelled.flagged, labelled.unsure
    some = (y == 1).any(axis=1)
    any_y = np.where(some, 1.0, np.where((y == 0).all(axis=1), 0.0, np.nan))
    scored = ~np.isnan(p)
    none_of_them = np.prod(np.where(scored, 1 - p, 1.0), axis=1)
    any_p = np.where(scored.any(axis=1), 1 - none_of_them, np.nan)
    decided = ~np.isnan(flagged).all(axis=1)
    any_flag = np.where(decided, (flagged == 1).any(axis=1), np.nan)
    any_unsure = unsure.any(axis=1) & (any_flag != 1)
    return replace(
        labelled,
        y=np.column_stack([y, any_y]),
        p=np.column_stack([p, any_p]),
        flagged=np.column_stack([flagged, any_flag]),
        unsure=np.column_stack([unsure, any_unsure]),
        hit=np.column_stack([labelled.hit, _hit_of_surest(labelled.hit, p)]),
    )


def _hit_of_surest(hit: FloatArray, p: FloatArray) -> FloatArray:
    """Return each row's hit of the label with the highest probability among those with one."""
    if not hit.shape[1]:
        return np.full(len(hit), np.nan)
    surest = np.where(np.isnan(hit), -1.0, np.nan_to_num(p)).argmax(axis=1)
    return np.asarray(hit[np.arange(len(hit)), surest])
