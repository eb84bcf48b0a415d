"""What a notebook shows of a fitted model, put together from its parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from callclf.artifact import FittedModel
from callclf.notebook import HeldOut, LabelView, ModelView, Source
from callclf.thresholds import Policy

__all__ = ["held_out", "model_view"]

_AIMS = {
    "false_alarms": "at most {number:g} of 100 clean calls flagged a label",
    "precision": "{percent:g} % of the flags right",
    "recall": "{percent:g} % of the failures found",
    "budget": "{percent:g} % of the calls flagged a label",
    "f1": "the highest F1",
}
"""Target of a policy in words; false alarms are a number of calls, the others shares."""

_SHOWN = 16
"""Characters of a digest shown."""


def model_view(fitted: FittedModel) -> ModelView:
    """Return the labels and thresholds of a model, what they give, and its data."""
    labels = tuple(
        LabelView(label.name, label.title, label.definition, float(fitted.thresholds[j]), got)
        for j, (label, got) in enumerate(zip(fitted.taxonomy, held_out(fitted), strict=True))
    )
    return ModelView(
        version=fitted.version,
        policy=_policy_words(fitted.policy),
        labels=labels,
        sources=tuple(map(_source, fitted.training.get("sources", ()))),
        facts=tuple(_facts(fitted)),
    )


def held_out(fitted: FittedModel) -> list[HeldOut]:
    """Count what each threshold gives on the calls that thresholds are chosen from."""
    y = fitted.y
    clean = np.all((y == 0) | np.isnan(y), axis=1)
    counts = []
    for j, threshold in enumerate(fitted.thresholds):
        known = ~np.isnan(y[:, j])
        flagged = known & (fitted.probability[:, j] >= threshold)
        counts.append(
            HeldOut(
                calls=int(known.sum()),
                positives=int((y[:, j] == 1).sum()),
                flagged=int(flagged.sum()),
                hits=int((flagged & (y[:, j] == 1)).sum()),
                clean=int((known & clean).sum()),
                false_alarms=int((flagged & clean).sum()),
            )
        )
    return counts


def _policy_words(policy: Policy) -> str:
    value = float(policy.to_dict()[policy.target])
    words = _AIMS[policy.target].format(number=value, percent=100 * value)
    return f"{words}, unsure within {100 * policy.unsure:g} %" if policy.unsure else words


def _source(item: Mapping[str, Any]) -> Source:
    return Source(
        str(item.get("title") or item.get("path") or "?"),
        int(item.get("calls", 0)),
        str(item.get("licence") or ""),
        str(item.get("sha256") or "")[:_SHOWN],
    )


def _facts(fitted: FittedModel) -> list[str]:
    bots = "scored as agents" if fitted.scorer.bots else "not scored"
    facts = [
        f"Taxonomy: {fitted.taxonomy.name}, version {fitted.taxonomy.version}.",
        f"Bots that speak for the company are {bots}.",
        f"Thresholds rest on {len(fitted.y):,} calls.",
    ]
    for key, values in fitted.training.get("hold_out", {}).items():
        facts.append(f"Left out of training: {key} {', '.join(map(str, values))}.")
    if "seed" in fitted.training:
        facts.append(f"Seed: {fitted.training['seed']}.")
    return facts
