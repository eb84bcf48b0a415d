"""What `tag` returns: all labels of one call, or of several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

import numpy as np
import numpy.typing as npt

from callclf.errors import unknown_name
from callclf.notebook import conversation_html, table_html
from callclf.tag import Decision, Evidence, Span, Tag
from callclf.transcript import Transcript

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Decision", "Evidence", "Span", "Tag", "Tags", "TagsList"]


@dataclass(frozen=True)
class Tags:
    """All labels of one call.

    Parameters
    ----------
    call
        The transcript.
    tags
        One a label, in the taxonomy's order; empty if the call was not scored.
    not_scored
        Why the call was not scored, or None if it was.
    turns
        Indices of the scored turns in the transcript, shape (n_turns,).
    turn_scores
        Their probabilities, shape (n_turns, n_labels).
    model
        Name and version of the model.
    """

    call: Transcript
    tags: tuple[Tag, ...]
    not_scored: str | None
    turns: npt.NDArray[np.int64]
    turn_scores: npt.NDArray[np.float64]
    model: str

    @property
    def id(self) -> str | None:
        """The call's identifier."""
        return self.call.id

    @property
    def labels(self) -> list[str]:
        """Names of the flagged labels, in the taxonomy's order."""
        return [tag.label for tag in self.tags if tag.flagged]

    @property
    def scores(self) -> dict[str, float]:
        """Label to calibrated probability; empty if the call was not scored."""
        return {tag.label: tag.probability for tag in self.tags}

    def __getitem__(self, label: str) -> Tag:
        for tag in self.tags:
            if tag.label == label:
                return tag
        if self.not_scored:
            raise KeyError(f"the call was not scored: {self.not_scored}")
        raise KeyError(unknown_name("label", label, [tag.label for tag in self.tags]))

    def __iter__(self) -> Iterator[Tag]:
        return iter(self.tags)

    def __len__(self) -> int:
        return len(self.tags)

    def __bool__(self) -> bool:
        return True  # also where nothing was scored: there is a result, and it says why

    def __repr__(self) -> str:
        if self.not_scored:
            return f"Tags(id={self.id!r}, not scored: {self.not_scored})"
        flagged = [f"{tag.label} {tag.probability:.2f}" for tag in self.tags if tag.flagged]
        return f"Tags(id={self.id!r}, {', '.join(flagged) or 'nothing flagged'})"

    def _repr_html_(self) -> str:
        return conversation_html(self)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON data; turns are numbered as in the transcript."""
        return {
            "id": self.id,
            "model": self.model,
            "not_scored": self.not_scored,
            "labels": self.labels,
            "tags": [_tag_dict(tag) for tag in self.tags],
            "turns": [
                {"turn": int(turn), "scores": self._turn_scores(row)}
                for turn, row in zip(self.turns, self.turn_scores, strict=True)
            ],
        }

    def to_record(self, *, all_scores: bool = True) -> dict[str, Any]:
        """Return the machine contract of `callclf tag --output jsonl`.

        Turn numbers refer to the source's own list of turns. Without `all_scores`, only flagged
        labels are in `scores`, and `turns` is left out.
        """
        source = [self.call.turns[turn].source_index for turn in self.turns]
        scores: Mapping[str, float] = self.scores
        if not all_scores:
            scores = {label: scores[label] for label in self.labels}
        record: dict[str, Any] = {
            "id": self.id,
            "labels": self.labels,
            "scores": {label: _figure(p) for label, p in scores.items()},
            "not_scored": self.not_scored,
        }
        if all_scores:
            record["turns"] = [
                {"turn": turn, "scores": self._turn_scores(row)}
                for turn, row in zip(source, self.turn_scores, strict=True)
            ]
        record["evidence"] = {
            tag.label: [item.source_index for item in tag.evidence]
            for tag in self.tags
            if tag.flagged
        }
        if self.call.meta:
            record["meta"] = dict(self.call.meta)
        return record

    def to_frame(self) -> pd.DataFrame:
        """Return one row a label: id, label, probability, threshold, decision, evidence turns."""
        import pandas as pd  # here: 0.3 s that tagging does not need

        rows = [
            {
                "id": self.id,
                "label": tag.label,
                "probability": tag.probability,
                "threshold": tag.threshold,
                "decision": tag.decision,
                "evidence": [item.turn for item in tag.evidence],
            }
            for tag in self.tags
        ]
        columns = ["id", "label", "probability", "threshold", "decision", "evidence"]
        return pd.DataFrame(rows, columns=columns)

    def _turn_scores(self, row: npt.NDArray[np.float64]) -> dict[str, float]:
        return {tag.label: _figure(p) for tag, p in zip(self.tags, row, strict=True)}


class TagsList(list[Tags]):
    """The tags of several calls: a list that a notebook shows as a table.

    Parts of it, as in `found[:10]`, are shown as tables too.
    """

    @overload
    def __getitem__(self, index: SupportsIndex) -> Tags: ...
    @overload
    def __getitem__(self, index: slice) -> TagsList: ...

    def __getitem__(self, index: SupportsIndex | slice) -> Tags | TagsList:
        if isinstance(index, slice):
            return TagsList(super().__getitem__(index))
        return super().__getitem__(index)

    def __repr__(self) -> str:
        counts = {
            "flagged": sum(bool(tags.labels) for tags in self),
            "not scored": sum(tags.not_scored is not None for tags in self),
        }
        parts = [f"{count} {what}" for what, count in counts.items() if count or what == "flagged"]
        return f"TagsList({len(self)} call{'s' * (len(self) != 1)}: {', '.join(parts)})"

    def _repr_html_(self) -> str:
        return table_html(self)


def _figure(p: float) -> float:
    """Keep six significant digits: fewer decimals would make ties of small probabilities."""
    return float(f"{p:.6g}")


def _tag_dict(tag: Tag) -> dict[str, Any]:
    return {
        "label": tag.label,
        "probability": tag.probability,
        "threshold": tag.threshold,
        "decision": tag.decision,
        "evidence": [
            {
                "turn": item.turn,
                "source_index": item.source_index,
                "text": item.text,
                "score": item.score,
                "start": item.start,
                "end": item.end,
                "words": [
                    {"start": s.start, "end": s.end, "text": s.text, "weight": s.weight}
                    for s in item.words
                ],
            }
            for item in tag.evidence
        ],
    }
