"""Never blame the agent for what the customer says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from callclf.corpus import Corpus
from callclf.evaluation.behaviour.case import Case
from callclf.evaluation.behaviour.material import call_name, clean_calls, shipped, words
from callclf.evaluation.behaviour.rewrite import in_style
from callclf.transcript import Role, Transcript, Turn

__all__ = ["angry_customer", "quoted_rudeness", "roles_swapped", "rude_customer"]

RUDENESS = "rudeness"


def roles_swapped(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield calls in which the customer says the agent's rude words, and the agent is patient."""
    for number, (call, marks) in enumerate(corpus):
        rude = marks.evidence.get(RUDENESS, ())
        if not rude or RUDENESS in marks.borderline:
            continue
        turns: list[Turn] = []
        for i, turn in enumerate(call.turns):
            kept = replace(turn, source_index=None)
            if i in rude:
                answer = in_style(str(rng.choice(words()["exchanges"]["patient"])), call)
                turns += [Turn(Role.CUSTOMER, turn.text), replace(kept, text=answer)]
            else:
                turns.append(kept)
        changed = Transcript(turns, call.id, call.channel, call.meta)
        yield Case(call, changed, call_name(call, number), (RUDENESS,))


def rude_customer(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield the written calls of vile customers and good agents, whatever the corpus."""
    yield from _alone("rude_customers")


def quoted_rudeness(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield the written calls of agents who quote, or apologise for, somebody else's rudeness."""
    yield from _alone("quoted_rudeness")


def angry_customer(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield clean calls with abuse added to one of the customer's turns, and as a last word."""
    anger = words()["anger"]["words"]
    for name, call in clean_calls(corpus):
        spoken = [i for i, turn in enumerate(call.turns) if turn.role is Role.CUSTOMER]
        if not spoken:
            continue
        at = int(rng.choice(spoken))
        first, last = (in_style(str(words), call) for words in rng.choice(anger, 2, replace=False))
        said = call.turns[at]
        turns = [replace(said, text=f"{said.text} {first}") if t is said else t for t in call.turns]
        yield Case(call, Transcript(turns, call.id, call.channel, call.meta), name)
        ending = [*call.turns, Turn(Role.CUSTOMER, last)]
        yield Case(call, Transcript(ending, call.id, call.channel, call.meta), name)


def _alone(name: str) -> Iterator[Case]:
    for number, call in enumerate(shipped(name).calls):
        yield Case(None, call, call_name(call, number))
