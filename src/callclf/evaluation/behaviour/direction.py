"""Direction: what is added has a known effect on one label, and none on the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from callclf.corpus import Corpus
from callclf.evaluation.behaviour.case import Case
from callclf.evaluation.behaviour.material import call_name, clean_calls, words
from callclf.evaluation.behaviour.rewrite import exchange, insert
from callclf.taxonomy import Taxonomy
from callclf.transcript import Transcript

__all__ = ["first_refusal", "repair", "second_refusal"]

ESCALATION = "escalation_refused"
MISUNDERSTANDING = "miscommunication"


def first_refusal(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield clean calls that end with a request for a supervisor and its refusal."""
    for name, call in clean_calls(corpus):
        yield Case(call, _added(call, len(call), "refusal", rng), name, (ESCALATION,))


def second_refusal(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield calls with a refusal, right after which customer asks and agent refuses once more."""
    for name, call, last in _marked(corpus, ESCALATION):
        yield Case(call, _added(call, last + 1, "refusal", rng), name, (ESCALATION,))


def repair(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield calls with a misunderstanding, right after which it is cleared up.

    Only the other labels are at stake: that there was a misunderstanding remains true.
    """
    others = tuple(name for name in Taxonomy.default().names if name != MISUNDERSTANDING)
    for name, call, last in _marked(corpus, MISUNDERSTANDING):
        yield Case(call, _added(call, last + 1, "repair", rng), name, others)


def _marked(corpus: Corpus, label: str) -> Iterator[tuple[str, Transcript, int]]:
    """Yield name, call and the last turn that shows the label, where turns were marked."""
    for number, (call, marks) in enumerate(corpus):
        if turns := marks.evidence.get(label):
            yield call_name(call, number), call, max(turns)


def _added(call: Transcript, position: int, kind: str, rng: np.random.Generator) -> Transcript:
    customer, agent = rng.choice(words()["exchanges"][kind])
    return insert(call, position, exchange(call, str(customer), str(agent)))
