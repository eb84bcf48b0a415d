"""What the behaviour tests found: figures, verdicts, and the cases to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callclf.errors import unknown_name
from callclf.evaluation.behaviour.registry import Behaviour
from callclf.evaluation.bootstrap import Figure
from callclf.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BehaviourReport", "BehaviourResult", "Example", "Measured"]


@dataclass(frozen=True)
class Measured:
    """Figures of one label, or of all together.

    Parameters
    ----------
    n_decisions
        Decisions compared: cases times labels at stake, without those that were scored on neither
        side. A call judged alone counts if it was scored.
    n_flagged
        Those that are flagged on either side: where there are few, few can flip.
    flip_rate
        Share of the decisions that differ between the original and the changed call (flagged,
        clear or not scored); not defined for calls judged alone.
    broken_rate
        Share of the decisions that break the behaviour's rule; for invariance, the same as
        `flip_rate`.
    shift
        Mean of probability after minus before, over the decisions scored on both sides.
    """

    n_decisions: int
    n_flagged: int
    flip_rate: Figure
    broken_rate: Figure
    shift: Figure

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain JSON data."""
        return {
            "n_decisions": self.n_decisions,
            "n_flagged": self.n_flagged,
            "flip_rate": self.flip_rate.to_dict(),
            "broken_rate": self.broken_rate.to_dict(),
            "shift": self.shift.to_dict(),
        }


@dataclass(frozen=True)
class Example:
    """A case that broke the rule.

    Parameters
    ----------
    group
        Name of the base call or pair.
    label
        Where it broke.
    before, after
        Probabilities of the label; None if not scored.
    flagged_before, flagged_after
        Whether the label was flagged; None if not scored.
    original, changed
        The calls; the original is None where the changed call is judged alone.
    """

    group: str
    label: str
    before: float | None
    after: float | None
    flagged_before: bool | None
    flagged_after: bool | None
    original: Transcript | None
    changed: Transcript

    def to_dict(self) -> dict[str, Any]:
        """Return the example as plain JSON data."""
        return {
            "group": self.group,
            "label": self.label,
            "before": self.before,
            "after": self.after,
            "flagged_before": self.flagged_before,
            "flagged_after": self.flagged_after,
            "original": None if self.original is None else self.original.to_dict(),
            "changed": self.changed.to_dict(),
        }

    def __repr__(self) -> str:
        before = "" if self.before is None else f"{self.before:.2f} to "
        after = "not scored" if self.after is None else f"{self.after:.2f}"
        return f"Example({self.group}, {self.label} {before}{after})"


@dataclass(frozen=True)
class BehaviourResult:
    """What one behaviour's cases showed.

    Parameters
    ----------
    behaviour
        What was tested.
    n_cases
        Changed calls.
    n_calls
        Base calls or pairs that they come from; these are what the bootstrap draws.
    overall
        Figures over all labels at stake.
    calls_changed
        Share of the base calls with at least one changed decision in one of their cases; the
        figure to hold against flip rates per call that others publish.
    labels
        Label to its figures, for the labels at stake in any case.
    worst
        Cases that broke the rule, those with the largest shift first.
    n_left_out
        Base calls or pairs that are in none of this, since the model was trained on them.
    """

    behaviour: Behaviour
    n_cases: int
    n_calls: int
    overall: Measured
    calls_changed: Figure
    labels: dict[str, Measured]
    worst: tuple[Example, ...]
    n_left_out: int = 0

    @property
    def passed(self) -> bool | None:
        """Whether the share of broken decisions keeps to the target; None without decisions."""
        rate = self.overall.broken_rate.value
        return None if rate is None else rate <= self.behaviour.target

    @property
    def verdict(self) -> str:
        """The verdict in a word: "passed", "failed", or "no cases"."""
        return {True: "passed", False: "failed", None: "no cases"}[self.passed]

    def __repr__(self) -> str:
        rate = self.overall.broken_rate.value
        share = "" if rate is None else f", {rate:.1%} broken of {self.overall.n_decisions}"
        return f"BehaviourResult({self.behaviour.name}: {self.verdict}{share})"

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON data."""
        return {
            "name": self.behaviour.name,
            "kind": self.behaviour.kind,
            "statement": self.behaviour.statement,
            "rule": self.behaviour.rule.value,
            "target": self.behaviour.target,
            "verdict": self.verdict,
            "n_cases": self.n_cases,
            "n_calls": self.n_calls,
            "n_left_out": self.n_left_out,
            "calls_changed": self.calls_changed.to_dict(),
            "overall": self.overall.to_dict(),
            "labels": {label: measured.to_dict() for label, measured in self.labels.items()},
            "worst": [example.to_dict() for example in self.worst],
        }


@dataclass(frozen=True)
class BehaviourReport:
    """The results of several behaviours for one model.

    Parameters
    ----------
    model
        Name of the model.
    seed
        Same seed, model and calls: same report.
    results
        One a behaviour, in the registry's order.
    """

    model: str
    seed: int
    results: tuple[BehaviourResult, ...]

    @property
    def passed(self) -> bool:
        """Whether no behaviour failed."""
        return not any(result.passed is False for result in self.results)

    @property
    def failed(self) -> list[str]:
        """Names of the behaviours that failed."""
        return [result.behaviour.name for result in self.results if result.passed is False]

    def __getitem__(self, name: str) -> BehaviourResult:
        for result in self.results:
            if result.behaviour.name == name:
                return result
        raise KeyError(unknown_name("behaviour", name, [r.behaviour.name for r in self.results]))

    def __iter__(self) -> Iterator[BehaviourResult]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __repr__(self) -> str:
        n_passed = sum(result.passed is True for result in self.results)
        n_empty = sum(result.passed is None for result in self.results)
        failed = f", {len(self.failed)} failed: {', '.join(self.failed)}" if self.failed else ""
        empty = f"; {n_empty} without cases" if n_empty else ""
        return f"BehaviourReport({self.model}, {n_passed} passed{failed}{empty})"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON data."""
        return {
            "model": self.model,
            "seed": self.seed,
            "passed": self.passed,
            "behaviours": [result.to_dict() for result in self.results],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row a behaviour and label, "all" first; rates and shifts as shares of 1."""
        import pandas as pd  # here: 0.3 s that the tests themselves do not need

        rows = [row for result in self.results for row in _rows(result)]
        return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = (
    *(
        "behaviour",
        "kind",
        "label",
        "cases",
        "calls",
        "left_out",
        "decisions",
        "flagged",
        "flip_rate",
        "calls_changed",
    ),
    *("broken_rate", "broken_low", "broken_high", "shift", "shift_low", "shift_high"),
    *("target", "verdict"),
)


def _rows(result: BehaviourResult) -> Iterator[tuple[Any, ...]]:
    behaviour = result.behaviour
    for label, measured in {"all": result.overall, **result.labels}.items():
        whole = label == "all"
        broken, shift = measured.broken_rate, measured.shift
        yield (
            *(behaviour.name, behaviour.kind, label, result.n_cases, result.n_calls),
            *(
                result.n_left_out,
                measured.n_decisions,
                measured.n_flagged,
                measured.flip_rate.value,
            ),
            result.calls_changed.value if whole else None,
            *(broken.value, broken.low, broken.high, shift.value, shift.low, shift.high),
            *(behaviour.target, result.verdict if whole else None),
        )
