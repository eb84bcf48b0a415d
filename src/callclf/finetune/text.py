"""A training conversation, tokenised once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from callclf.cached import cached_property
from callclf.features.tokens import TokenTurn, token_turns
from callclf.fingerprint import call_fingerprint
from callclf.labels import CallLabels
from callclf.transcript import Transcript

__all__ = ["Text"]

LONG = 12
"""Turns from which on a call is long: most whole calls are, and few snippets."""


@dataclass(frozen=True)
class Text:
    """A conversation with its labels, if it has any.

    Parameters
    ----------
    call, labels
        The transcript; its labels, or None.
    group
        What must not be split: the pair, the scene, or the call itself.
    tokenizer
        Of the start weights.
    """

    call: Transcript
    labels: CallLabels | None
    group: str
    tokenizer: Tokenizer

    @property
    def source(self) -> str:
        """Where it comes from: a public source, or one of our writers."""
        meta = self.call.meta
        return str(meta.get("source") or meta.get("writer") or "")

    @property
    def public(self) -> bool:
        """Whether it is a public conversation, not one that was written for training."""
        return "source" in self.call.meta

    @property
    def is_half(self) -> bool:
        """Whether it is one half of a contrast pair."""
        return "pair" in self.call.meta

    @property
    def is_long_written_call(self) -> bool:
        """Whether it is a long call, neither public nor one half of a contrast pair."""
        return not self.public and not self.is_half and len(self.call.turns) >= LONG

    @property
    def has_remark(self) -> bool:
        """Whether it is a copy of another with a remark put in."""
        return "remark" in self.call.meta

    @cached_property
    def turns(self) -> list[TokenTurn]:
        """Its tokens."""
        return token_turns(self.call, self.tokenizer)

    @cached_property
    def fingerprint(self) -> str:
        """As a model's manifest lists it."""
        return call_fingerprint(self.call)[:12]

    def y(self, names: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return labels of all turns of the transcript, shape (n_turns, n_labels)."""
        if self.labels is None:
            return np.full((len(self.call.turns), len(names)), np.nan, dtype=np.float32)
        return self.labels.turn_rows(names, self.call).astype(np.float32)
