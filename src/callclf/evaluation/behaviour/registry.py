"""The behaviours: what must hold, how often it may fail, and which cases show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from callclf.corpus import Corpus
from callclf.errors import CallclfError, unknown_name
from callclf.evaluation.behaviour.benign import closing_added, opening_added
from callclf.evaluation.behaviour.case import Case, Rule
from callclf.evaluation.behaviour.direction import first_refusal, repair, second_refusal
from callclf.evaluation.behaviour.names import names_swapped
from callclf.evaluation.behaviour.noise import casing_removed, fillers_added, punctuation_removed
from callclf.evaluation.behaviour.pairs import minimal_pairs
from callclf.evaluation.behaviour.places import nationality_said, places_swapped
from callclf.evaluation.behaviour.remarks import failing_remarks, fine_remarks
from callclf.evaluation.behaviour.roles import (
    angry_customer,
    quoted_rudeness,
    roles_swapped,
    rude_customer,
)
from callclf.evaluation.behaviour.speakers import speakers_relabelled
from callclf.evaluation.behaviour.twins import bad_twins, good_twins
from callclf.evaluation.behaviour.word_errors import word_errors

__all__ = ["Behaviour", "Kind", "behaviours"]

Kind = Literal["invariance", "dialect", "never blame", "direction", "pairs"]


@dataclass(frozen=True)
class Behaviour:
    """Something that must hold of a model.

    Parameters
    ----------
    name
        Identifier.
    kind
        What sort of behaviour it is.
    statement
        What must hold, in a sentence.
    rule
        The same for the machine.
    target
        Highest share of the decisions at stake that may break the rule.
    cases
        Makes the cases from labelled calls and a seeded generator.
    """

    name: str
    kind: Kind
    statement: str
    rule: Rule
    target: float
    cases: Callable[[Corpus, np.random.Generator], Iterator[Case]]


BEHAVIOURS = (
    Behaviour(
        "names_swapped",
        "invariance",
        "Other names of the customer and the agent, from any culture, change no decision.",
        Rule.SAME,
        0.01,
        names_swapped,
    ),
    Behaviour(
        "places_swapped",
        "invariance",
        "Other towns and countries in the call change no decision.",
        Rule.SAME,
        0.01,
        places_swapped,
    ),
    Behaviour(
        "nationality_said",
        "invariance",
        "Which nationality the customer says they have changes no decision.",
        Rule.SAME,
        0.01,
        nationality_said,
    ),
    Behaviour(
        "speakers_relabelled",
        "invariance",
        "Other display labels of agent and customer change no decision.",
        Rule.SAME,
        0.0,
        speakers_relabelled,
    ),
    Behaviour(
        "casing_removed",
        "invariance",
        "A call in lower case gets the same decisions.",
        Rule.SAME,
        0.01,
        casing_removed,
    ),
    Behaviour(
        "punctuation_removed",
        "invariance",
        "A call without punctuation gets the same decisions.",
        Rule.SAME,
        0.01,
        punctuation_removed,
    ),
    Behaviour(
        "fillers_added",
        "invariance",
        "Fillers (uh, um, you know) before one word in ten change no decision.",
        Rule.SAME,
        0.01,
        fillers_added,
    ),
    Behaviour(
        "word_errors_5",
        "invariance",
        "A recogniser's errors in 5 % of the words change few decisions.",
        Rule.SAME,
        0.01,
        word_errors(0.05),
    ),
    Behaviour(
        "word_errors_10",
        "invariance",
        "A recogniser's errors in 10 % of the words change few decisions.",
        Rule.SAME,
        0.02,
        word_errors(0.10),
    ),
    Behaviour(
        "word_errors_20",
        "invariance",
        "A recogniser's errors in 20 % of the words change few decisions.",
        Rule.SAME,
        0.05,
        word_errors(0.20),
    ),
    Behaviour(
        "opening_added",
        "invariance",
        "A greeting more at the beginning changes no decision.",
        Rule.SAME,
        0.01,
        opening_added,
    ),
    Behaviour(
        "closing_added",
        "invariance",
        "A goodbye more at the end changes no decision.",
        Rule.SAME,
        0.01,
        closing_added,
    ),
    Behaviour(
        "dialect_good",
        "dialect",
        "A good turn gets the same decisions in any variety of English.",
        Rule.SAME,
        0.01,
        good_twins,
    ),
    Behaviour(
        "dialect_bad",
        "dialect",
        "A failing turn gets the same decisions in any variety of English.",
        Rule.SAME,
        0.01,
        bad_twins,
    ),
    Behaviour(
        "rude_customer",
        "never blame",
        "A vile customer and a good agent: nothing is flagged.",
        Rule.CLEAR,
        0.0,
        rude_customer,
    ),
    Behaviour(
        "quoted_rudeness",
        "never blame",
        "An agent who quotes, or apologises for, somebody else's rudeness: nothing is flagged.",
        Rule.CLEAR,
        0.0,
        quoted_rudeness,
    ),
    Behaviour(
        "angry_customer",
        "never blame",
        "Abuse added to what the customer says raises no flag in a clean call.",
        Rule.NO_NEW_FLAG,
        0.01,
        angry_customer,
    ),
    Behaviour(
        "roles_swapped",
        "never blame",
        "The agent's rude words in the customer's mouth are not flagged as rudeness.",
        Rule.CLEAR,
        0.01,
        roles_swapped,
    ),
    Behaviour(
        "first_refusal",
        "direction",
        "A refused request for a supervisor raises the probability of escalation_refused.",
        Rule.HIGHER,
        0.02,
        first_refusal,
    ),
    Behaviour(
        "second_refusal",
        "direction",
        "A second refusal raises the probability of escalation_refused further.",
        Rule.HIGHER,
        0.05,
        second_refusal,
    ),
    Behaviour(
        "repair",
        "direction",
        "Clearing up a misunderstanding changes no decision on any other label.",
        Rule.SAME,
        0.01,
        repair,
    ),
    Behaviour(
        "failing_remark",
        "direction",
        "Something that no call excuses, said by the agent in a fine call, is flagged.",
        Rule.FLAGGED,
        0.25,
        failing_remarks,
    ),
    Behaviour(
        "fine_remark",
        "direction",
        "Something that only sounds like it, said in a fine call, raises no flag.",
        Rule.NO_NEW_FLAG,
        0.01,
        fine_remarks,
    ),
    Behaviour(
        "minimal_pairs",
        "pairs",
        "Of two calls that differ in the point, the failing one scores higher.",
        Rule.HIGHER,
        0.10,
        minimal_pairs(),
    ),
    Behaviour(
        "minimal_pairs_answers",
        "pairs",
        "The same, for pairs in which the customer says the same: one context, two answers.",
        Rule.HIGHER,
        0.10,
        minimal_pairs("answers"),
    ),
    Behaviour(
        "minimal_pairs_contexts",
        "pairs",
        "The same, for pairs in which the customer says something else: the answer fails in one.",
        Rule.HIGHER,
        0.10,
        minimal_pairs("contexts"),
    ),
)


def behaviours(names: Iterable[str] | None = None) -> list[Behaviour]:
    """Return the behaviours of these names, or all, in the registry's order.

    Raises
    ------
    CallclfError
        If there is none of a name; the message lists those that there are.
    """
    known = {behaviour.name: behaviour for behaviour in BEHAVIOURS}
    chosen = list(known) if names is None else list(names)
    for name in chosen:
        if name not in known:
            raise CallclfError(unknown_name("behaviour", name, known))
    return [behaviour for name, behaviour in known.items() if name in chosen]
