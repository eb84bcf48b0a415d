"""How the shipped weights are made, and how well they do on writers that they never saw."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.errors import LabelError
from callclf.features.extract import FEATURES_VERSION
from callclf.features.ngrams import hash_words, slots
from callclf.persistence import StoredModel, write_model
from callclf.role_inference.model import NGRAM_LENGTHS, RoleModel, speaker_evidence
from callclf.transcript import Role, Transcript, Turn

__all__ = ["as_recognised", "save_roles", "train_roles", "two_party"]

BITS = 16
_RIGHT = 0.99
"""Share of decided speakers, in calls of any length, that has to be right out of fold."""
_STRENGTH = 10.0  # of the fit, scikit-learn's C; chosen out of fold over the corpus
_PIECE = (2, 9)
"""Turns, at least and at most, of the pieces of calls that confidence is also learned from."""

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
_COMPANY = (Role.AGENT, Role.BOT)
_NO_WORD = re.compile(r"[^\w\s']")


@dataclass(frozen=True)
class _Said:
    """Turns of agents and customers, and what they are grouped by."""

    texts: list[str]
    agent: npt.NDArray[np.bool_]
    group: npt.NDArray[Any]


def train_roles(
    calls: Sequence[Transcript], groups: Sequence[str], *, folds: int = 6, seed: int = 0
) -> RoleModel:
    """Learn to tell agents from customers.

    Every turn is learned from twice, as it stands and as a speech recogniser would write it.
    Confidence, and the least that is acted on, are learned out of fold, from whole calls and from
    pieces of calls, so that they hold for short calls too.

    Parameters
    ----------
    calls
        Transcripts with roles.
    groups
        What is held out together, such as the writer, one entry a call.
    folds
        Number of parts that groups are held out in.
    seed
        Of the pieces. Same seed and data, same weights.

    Raises
    ------
    LabelError
        If there are fewer groups than folds, or an entry of `groups` is missing.
    """
    from sklearn.model_selection import GroupKFold  # here: 0.9 s that reading does not need

    if len(groups) != len(calls) or len(set(groups)) < folds:
        raise LabelError(f"train_roles needs a group for each call, of {folds} kinds or more")
    said, pieces = _said(calls, groups), [*calls, *_pieces(calls, seed)]
    kinds = [*groups, *groups]
    order = GroupKFold(folds).split(pieces, groups=kinds)
    pairs, alone, agents = [], [], []
    for _, held in order:
        out = set(np.asarray(kinds)[held])
        weights, intercept = _fit(said, np.array([g not in out for g in said.group]))
        model = RoleModel(weights, intercept, 1.0, (1.0, 0.0), 0.5)
        evidence, company = _sides(model, [pieces[i] for i in held])
        both = np.isfinite(evidence).all(axis=1)
        pairs.append(evidence[both, 0] - evidence[both, 1])
        alone.append(evidence[np.isfinite(evidence)])
        agents.append(company[np.isfinite(evidence)])
    difference = np.concatenate(pairs)
    slope = _slope(difference)
    weights, intercept = _fit(said, np.ones(len(said.texts), dtype=bool))
    return RoleModel(
        weights=weights,
        intercept=intercept,
        pair_slope=slope,
        alone=_line(np.concatenate(alone), np.concatenate(agents)),
        least=_least(1 / (1 + np.exp(-slope * difference))),
    )


def save_roles(folder: str | Path, model: RoleModel, *, card: str) -> None:
    """Write the weights as a folder of inert files; see `persistence`."""
    manifest = {
        "features": FEATURES_VERSION,
        "intercept": model.intercept,
        "pair_slope": model.pair_slope,
        "alone": list(model.alone),
        "least": model.least,
    }
    # Half precision: half the size, and numbers that do not differ from machine to machine.
    write_model(folder, StoredModel(manifest, {"weights": model.weights.astype("<f2")}, card))


def two_party(call: Transcript) -> bool:
    """Say whether one agent (or bot) and one customer converse, and nobody else."""
    sides = {(t.role in _COMPANY, t.speaker) for t in call.turns if t.role is not Role.SYSTEM}
    return len(sides) == 2 and len({company for company, _ in sides}) == 2


def as_recognised(call: Transcript) -> Transcript:
    """Return the call as a speech recogniser would write it: lower case, no punctuation."""
    turns = [Turn(t.role, _recognised(t.text), t.speaker) for t in call.turns]
    return Transcript(turns, call.id, call.channel, call.meta)


def _recognised(text: str) -> str:
    return _NO_WORD.sub(" ", text).lower()


def _said(calls: Sequence[Transcript], groups: Sequence[str]) -> _Said:
    rows = [
        (text, turn.role in _COMPANY, group)
        for call, group in zip(calls, groups, strict=True)
        for turn in call.turns
        if turn.role in (*_COMPANY, Role.CUSTOMER)
        for text in (turn.text, _recognised(turn.text))
    ]
    texts, agent, group = zip(*rows, strict=True)
    return _Said(list(texts), np.array(agent), np.array(group))


def _fit(said: _Said, chosen: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.float32], float]:
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    texts = [said.texts[i] for i in np.flatnonzero(chosen)]
    words = hash_words(texts)
    shape, parts, counts = (len(texts), 1 << BITS), [], np.zeros(len(texts))
    for length in NGRAM_LENGTHS:
        grams = words.ngrams(length)
        places = slots(grams.hashes, BITS, length)
        parts.append(sparse.csr_matrix((np.ones(len(places)), places, grams.starts), shape=shape))
        counts += grams.counts
    scale = sparse.diags_array(1 / np.sqrt(np.maximum(counts, 1)))
    design = sparse.csr_matrix(scale @ (parts[0] + parts[1]))
    head = LogisticRegression(C=_STRENGTH, tol=1e-3, max_iter=300).fit(design, said.agent[chosen])
    return head.coef_[0].astype(np.float16).astype(np.float32), float(head.intercept_[0])


def _pieces(calls: Sequence[Transcript], seed: int) -> list[Transcript]:
    """Cut one piece out of every call, at random."""
    rng = np.random.default_rng(seed)
    pieces = []
    for call in calls:
        length = int(rng.integers(_PIECE[0], _PIECE[1] + 1))
        start = int(rng.integers(0, max(len(call) - length, 0) + 1))
        pieces.append(Transcript(call.turns[start : start + length]))
    return pieces


def _sides(
    model: RoleModel, calls: Sequence[Transcript]
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Return the evidence of each call's agent and customer, NaN where one is missing."""
    rows = [
        (2 * number + (turn.role is Role.CUSTOMER), turn.text)
        for number, call in enumerate(calls)
        for turn in call.turns
        if turn.role in (*_COMPANY, Role.CUSTOMER)
    ]
    owner = np.array([side for side, _ in rows], dtype=np.int64)
    log_odds = model.turn_log_odds([text for _, text in rows])
    evidence = speaker_evidence(log_odds, owner, 2 * len(calls))
    evidence[np.bincount(owner, minlength=2 * len(calls)) == 0] = np.nan
    company = np.tile([True, False], (len(calls), 1))
    return evidence.reshape(-1, 2), company


def _slope(difference: FloatArray) -> float:
    from sklearn.linear_model import LogisticRegression

    # Both orders of every two speakers, as nobody says which one comes first.
    head = LogisticRegression(C=1e6, fit_intercept=False)
    x, y = np.concatenate([difference, -difference]), np.repeat([1, 0], len(difference))
    return float(head.fit(x[:, None], y).coef_[0, 0])


def _line(evidence: FloatArray, agent: npt.NDArray[np.bool_]) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    head = LogisticRegression(C=1e6).fit(evidence[:, None], agent)
    return float(head.coef_[0, 0]), float(head.intercept_[0])


def _least(right: FloatArray) -> float:
    """Return the lowest confidence at which enough of what is decided is right.

    Parameters
    ----------
    right
        Probability that was given to the right answer, shape (n,).
    """
    for least in np.arange(0.5, 1.0, 0.005):
        decided = np.maximum(right, 1 - right) >= least
        if decided.any() and np.mean(right[decided] > 0.5) >= _RIGHT:
            return float(round(least, 3))
    raise LabelError("no confidence makes enough of the decided roles right; more data is needed")
