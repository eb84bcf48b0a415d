"""Remarks put into fine calls: a failing one must be found, a fine one like it must not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from callclf.corpus import Corpus
from callclf.evaluation.behaviour.case import Case
from callclf.evaluation.behaviour.material import clean_calls, shipped
from callclf.splicing import fits, with_remark
from callclf.taxonomy import Taxonomy

__all__ = ["failing_remarks", "fine_remarks"]


def failing_remarks(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield clean calls in which the agent says something that no call excuses."""
    return _cases(corpus, rng, failing=True)


def fine_remarks(corpus: Corpus, rng: np.random.Generator) -> Iterator[Case]:
    """Yield clean calls in which the agent says something that only sounds like a failure."""
    return _cases(corpus, rng, failing=False)


def _cases(corpus: Corpus, rng: np.random.Generator, *, failing: bool) -> Iterator[Case]:
    """Put every remark into one clean call; what could be judged either way is not at stake."""
    calls = list(clean_calls(corpus))
    names = Taxonomy.default().names
    for remark, said in shipped("remarks"):
        if bool(said.labels) != failing or not calls:
            continue
        name, call = calls[rng.integers(len(calls))]
        places = [at for at in range(len(call)) if fits(remark, call, at)]
        if places:
            at_stake = said.labels or tuple(n for n in names if n not in said.borderline)
            changed = with_remark(call, remark, int(rng.choice(places)))
            yield Case(call, changed, name, at_stake)
