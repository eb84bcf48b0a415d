"""Invariance: the display labels of the speakers, which say nothing of what was said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from callclf.corpus import Corpus
from callclf.evaluation.behaviour.case import Case
from callclf.evaluation.behaviour.material import call_name
from callclf.transcript import Role, Transcript

__all__ = ["speakers_relabelled"]

_STYLES = (
    "spk_{n}",
    "Speaker {n}",
    "{role} {n}",
    "{ROLE}-{n}",
    "user{n}@desk.example",
    "Guest {n}",
)


def speakers_relabelled(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield calls whose `speaker` fields are others; who is the same person stays so."""
    for number, call in enumerate(corpus.calls):
        style = str(rng.choice(_STYLES))
        yield Case(call, _relabelled(call, style), call_name(call, number))


def _relabelled(call: Transcript, style: str) -> Transcript:
    people: dict[tuple[Role, str | None], str] = {}
    for turn in call.turns:
        label = style.format(
            n=len(people), role=turn.role.value.capitalize(), ROLE=turn.role.value.upper()
        )
        people.setdefault((turn.role, turn.speaker), label)
    turns = [replace(turn, speaker=people[turn.role, turn.speaker]) for turn in call.turns]
    return Transcript(turns, call.id, call.channel, call.meta)
