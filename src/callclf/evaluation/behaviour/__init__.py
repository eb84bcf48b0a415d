"""Behaviour tests: what must hold of a model on changed calls, like unit tests for it.

>>> import callclf
>>> from callclf.evaluation import behaviour
>>> report = behaviour.run(callclf.load("fast"), names=["casing_removed"])
>>> report["casing_removed"].n_cases
184
"""

from callclf.evaluation.behaviour.case import Case, Rule
from callclf.evaluation.behaviour.registry import Behaviour, behaviours
from callclf.evaluation.behaviour.report import BehaviourReport, BehaviourResult, Example, Measured
from callclf.evaluation.behaviour.run import run

__all__ = [
    "run",
    "behaviours",
    "Behaviour",
    "BehaviourReport",
    "BehaviourResult",
    "Case",
    "Example",
    "Measured",
    "Rule",
]
