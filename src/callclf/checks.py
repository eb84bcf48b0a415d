"""Measuring a model on calls that it never learned from, as a recipe lists them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callclf.classifier import FailureModeClassifier
from callclf.corpus import Corpus
from callclf.evaluation import Evaluation, behaviour, evaluate
from callclf.evaluation.report import Written, write_report
from callclf.evaluation.report.document import as_document
from callclf.transcript import Transcript

__all__ = ["Check", "Where", "checked_document", "is_meant", "report_on_checks"]

Where = Mapping[str, Sequence[str]]
"""Names in `Transcript.meta` to the values that are meant."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """Labelled calls that a model is measured on.

    Parameters
    ----------
    name
        For reports.
    path
        A JSONL file or a folder of them.
    where
        Only calls whose `meta` has one of these values; all if empty.
    by
        What to slice by.
    show_text
        Whether a report may show the calls' words.
    optional
        Whether the file may be absent.
    pairs
        Whether these are minimal pairs for the behaviour tests, and no calls to evaluate on.
    """

    name: str
    path: str
    where: Where = field(default_factory=dict)
    by: tuple[str, ...] = ()
    show_text: bool = False
    optional: bool = False
    pairs: bool = False

    def load(self) -> Corpus | None:
        """Return the calls, or None where an optional file is absent."""
        if self.optional and not Path(self.path).exists():
            return None
        corpus = Corpus.load(self.path)
        return corpus.where(lambda call: is_meant(call, self.where)) if self.where else corpus


def is_meant(call: Transcript, where: Where) -> bool:
    """Return whether a call has one of the values in its `meta`."""
    return any(str(call.meta.get(key)) in values for key, values in where.items())


def checked_document(
    model: FailureModeClassifier,
    checks: Sequence[Check],
    further: Mapping[str, Corpus] | None = None,
) -> dict[str, Any] | None:
    """Return what the checks and the behaviour tests find, as report.json holds it.

    None where there are no checks, or none of their files.

    Parameters
    ----------
    model
        What is measured.
    checks
        What on.
    further
        Name -> labelled calls to measure on as well.
    """
    evaluations, _ = _evaluated(model, checks)
    evaluations |= {name: evaluate(model, corpus) for name, corpus in (further or {}).items()}
    if not evaluations:
        return None
    return as_document(evaluations, _behaviour(model, checks), model.version)


def report_on_checks(
    model: FailureModeClassifier, checks: Sequence[Check], folder: str | Path
) -> Written:
    """Write the report of what the checks and the behaviour tests find."""
    evaluations, texts = _evaluated(model, checks)
    return write_report(
        evaluations,
        folder,
        texts=texts,
        behaviour=_behaviour(model, checks),
        title=f"How well {model.version} finds failures",
    )


def _evaluated(
    model: FailureModeClassifier, checks: Sequence[Check]
) -> tuple[dict[str, Evaluation], dict[str, Corpus]]:
    """Return the evaluation of every check whose calls are there, and the words to show."""
    evaluations, texts = {}, {}
    for check in checks:
        corpus = None if check.pairs else check.load()
        if corpus is not None:
            evaluations[check.name] = evaluate(model, corpus, by=check.by)
            if check.show_text:
                texts[check.name] = corpus
    return evaluations, texts


def _behaviour(model: FailureModeClassifier, checks: Sequence[Check]) -> behaviour.BehaviourReport:
    """Return what the behaviour tests find, on the pairs that the checks name as well."""
    found = [pairs for check in checks if check.pairs and (pairs := check.load()) is not None]
    return behaviour.run(model, pairs=sum(found[1:], found[0]) if found else None)
