"""Scored turns as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from callclf.scoring import CallScores
from callclf.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["turn_table"]


def turn_table(
    scored: Iterable[tuple[Transcript, CallScores]], names: Sequence[str]
) -> pd.DataFrame:
    """Return one row a scored turn: call, id, turn, role, speaker, text, a column a label.

    Parameters
    ----------
    scored
        Calls and their scores.
    names
        The label set, in order.
    """
    import pandas as pd  # here: 0.3 s that tagging does not need

    columns: dict[str, list[Any]] = {
        key: [] for key in ("call", "id", "turn", "role", "speaker", "text")
    }
    scores = [np.empty((0, len(names)))]
    for number, (call, result) in enumerate(scored):
        for i in result.turns:
            turn = call.turns[i]
            row = (number, call.id, int(i), turn.role.value, turn.speaker, turn.text)
            for values, value in zip(columns.values(), row, strict=True):
                values.append(value)
        scores.append(result.turn_probability)
    return pd.concat(
        [pd.DataFrame(columns), pd.DataFrame(np.concatenate(scores), columns=list(names))],
        axis=1,
    )
