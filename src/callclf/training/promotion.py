"""Whether a challenger takes the champion's place: the rules, and the verdict in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callclf.classifier import FailureModeClassifier
from callclf.corpus import Corpus
from callclf.errors import LabelError, unknown_name
from callclf.evaluation import compare
from callclf.evaluation.compare import Comparison, Difference
from callclf.evaluation.metrics import METRICS
from callclf.training.config import Promotion

__all__ = ["Verdict", "judge"]

_TARGETS = ("macro", "any", "none")


@dataclass(frozen=True)
class Verdict:
    """Promoted or kept, and why.

    Parameters
    ----------
    promoted
        Whether the challenger takes the champion's place.
    reasons
        Why, in words, one thing each.
    champion, challenger
        Versions.
    calls
        Number of untouched calls.
    comparisons
        What was compared: the untouched calls, and each gold set by its path.
    rules
        The rules, as data.
    material
        What was learned from, as data.
    """

    promoted: bool
    reasons: tuple[str, ...]
    champion: str
    challenger: str
    calls: int
    comparisons: Mapping[str, Comparison]
    rules: Mapping[str, Any]
    material: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Verdict({'promoted' if self.promoted else 'kept'}: {'; '.join(self.reasons)})"

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON data."""
        return {
            "verdict": "promoted" if self.promoted else "kept",
            "reasons": list(self.reasons),
            "champion": self.champion,
            "challenger": self.challenger,
            "calls": self.calls,
            "comparisons": {name: item.to_dict() for name, item in self.comparisons.items()},
            "rules": dict(self.rules),
            "material": dict(self.material),
        }

    def to_markdown(self) -> str:
        """Return the verdict as a page for people."""
        lines = [
            f"# {'Promoted' if self.promoted else 'Kept'}",
            "",
            f"Champion {self.champion}, challenger {self.challenger}, compared on {self.calls} "
            "calls that neither learned from.",
            "",
            *(f"- {reason}" for reason in self.reasons),
        ]
        for name, comparison in self.comparisons.items():
            lines += ["", f"## On {name}", "", *_table(comparison)]
        return "\n".join(lines) + "\n"


def judge(
    champion: FailureModeClassifier,
    challenger: FailureModeClassifier,
    untouched: Corpus,
    rules: Promotion,
    *,
    group_by: Sequence[str],
    material: Mapping[str, Any],
) -> Verdict:
    """Compare on calls that neither learned from, and decide by the rules.

    Parameters
    ----------
    champion, challenger
        The model in use, and the one to take its place.
    untouched
        Labelled calls.
    rules
        When to promote.
    group_by
        Names in `meta` that tie calls together in the bootstrap.
    material
        What was learned from, for the record.

    Raises
    ------
    LabelError
        If the target is no label that both have.
    """
    comparisons: dict[str, Comparison] = {}
    against: list[str] = []
    if len(untouched) < rules.min_calls:
        against.append(
            f"only {len(untouched)} untouched calls, and at least {rules.min_calls} are asked for"
        )
    corpora = {"the untouched calls": untouched} if len(untouched) else {}
    corpora |= {path: Corpus.load(path) for path in rules.gold}
    for name, corpus in corpora.items():
        comparison = compare(champion, challenger, corpus, metric=rules.metric, groups=group_by)
        comparisons[name] = comparison
        against += _worse(comparison, name, METRICS[rules.metric].better)
    reasons = against
    if len(untouched):
        reached, reason = _target(comparisons["the untouched calls"], rules)
        reasons = [*against, reason]
        if not reached:
            against.append(reason)
    return Verdict(
        promoted=not against,
        reasons=tuple(reasons),
        champion=champion.version,
        challenger=challenger.version,
        calls=len(untouched),
        comparisons=comparisons,
        rules={
            "metric": rules.metric,
            "target": rules.target,
            "gain": rules.gain,
            "shown": rules.shown,
            "min_calls": rules.min_calls,
            "gold": list(rules.gold),
        },
        material=material,
    )


def _worse(comparison: Comparison, name: str, better: int) -> list[str]:
    return [
        f"{label} is significantly worse on {name}: {_change(item)}"
        for label, item in comparison.labels.items()
        if item.shown and (item.difference.value or 0.0) * better < 0
    ]


def _target(comparison: Comparison, rules: Promotion) -> tuple[bool, str]:
    """Return whether the target is reached, and that in words."""
    if rules.target == "none":
        return True, "nothing is significantly worse, and no target was set"
    known = {
        "macro": comparison.macro,
        "any": comparison.any_failure,
        **comparison.labels,
    }
    if rules.target not in known:
        raise LabelError(unknown_name("promotion.target", rules.target, [*known, "none"]))
    item, better = known[rules.target], METRICS[rules.metric].better
    what = f"{rules.metric} of {rules.target}: {_change(item)}"
    if item.difference.value is None:
        return False, f"{what}: not defined on these calls"
    if item.difference.value * better <= rules.gain:
        return False, f"{what}: not better by more than {rules.gain:g}"
    if rules.shown and not _certain(item, rules.gain, better):
        return False, f"{what}: better, but that may be chance"
    return True, f"{what}: better"


def _certain(item: Difference, gain: float, better: int) -> bool:
    low, high = item.difference.low, item.difference.high
    if low is None or high is None:
        return False
    return low > gain if better > 0 else -high > gain


def _change(item: Difference) -> str:
    figure = item.difference
    if figure.value is None or item.a is None or item.b is None:
        return "no figure"
    interval = "" if figure.low is None else f" ({figure.low:+.3f} to {figure.high:+.3f})"
    return f"{item.a:.3f} to {item.b:.3f}, {figure.value:+.3f}{interval}"


def _table(comparison: Comparison) -> list[str]:
    rows = {
        **comparison.labels,
        "any failure": comparison.any_failure,
        "mean over labels": comparison.macro,
    }
    lines = [
        f"| {comparison.metric} | champion, challenger, difference (95 %) | significant |",
        "|---|---|---|",
    ]
    lines += [
        f"| {name} | {_change(item)} | {'yes' if item.shown else 'no'} |"
        for name, item in rows.items()
    ]
    return [*lines, "", *(f"- {note}" for note in comparison.notes)]
