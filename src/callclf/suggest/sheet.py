"""Putting together what one reviewer marked, turn by turn, in whatever tool."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from callclf.labels import CallLabels

__all__ = ["Marks"]


@dataclass
class Marks:
    """What one reviewer marked in one call.

    Parameters
    ----------
    names
        The labels that were on offer, in order.
    """

    names: Sequence[str]
    call: set[str] = field(default_factory=set)
    unsure_call: set[str] = field(default_factory=set)
    not_judged: set[str] = field(default_factory=set)
    turns: dict[str, set[int]] = field(default_factory=dict)
    unsure_turns: dict[str, set[int]] = field(default_factory=dict)
    stray: set[int] = field(default_factory=set)

    def mark(self, name: str, turn: int, *, unsure: bool) -> None:
        """Mark a turn."""
        (self.unsure_turns if unsure else self.turns).setdefault(name, set()).add(turn)

    def to_labels(self, spoken: Collection[int]) -> CallLabels:
        """Return the labels; marks on turns that are not among `spoken` are left out.

        Everything on offer was looked for, unless it was said not to be judged.
        """
        labels, evidence, borderline = [], {}, {}
        judged = [name for name in self.names if name not in self.not_judged]
        for name in judged:
            marked, unsure = self.turns.get(name, set()), self.unsure_turns.get(name, set())
            self.stray |= (marked | unsure).difference(spoken)
            marked, unsure = marked.intersection(spoken), unsure.intersection(spoken) - marked
            if marked or name in self.call:
                labels.append(name)
            if marked:
                evidence[name] = tuple(sorted(marked))
            if unsure or (name in self.unsure_call and name not in labels):
                borderline[name] = tuple(sorted(unsure))
        return CallLabels(tuple(labels), evidence, borderline, tuple(judged))
