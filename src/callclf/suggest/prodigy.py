"""Prodigy's JSON lines: choices about each turn of the company, and about the call as a whole.

To annotate, in a recipe: `{"view_id": "choice", "config": {"choice_style": "multiple"}, …}` on the
stream of the file, as it is; back with `prodigy db-out`. "Accept" says that the boxes are right,
also if none is ticked; a task that is rejected or ignored stays open. Format:
https://prodi.gy/docs/api-interfaces#choice.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callclf.errors import ReadError
from callclf.labels import CallLabels
from callclf.suggest.sheet import Marks
from callclf.suggest.task import AnnotationFormat, Corrections, Reviewed, Task
from callclf.taxonomy import Taxonomy
from callclf.transcript import Transcript

__all__ = ["FORMAT"]

_UNSURE, _NOT_JUDGED = "unsure:", "not judged:"
_CONTEXT = 4
"""Turns that are shown before the one that is asked about."""


def _write(tasks: Sequence[Task], taxonomy: Taxonomy) -> Iterator[str]:
    for task in tasks:
        turns = task.call.scored_turns()
        for turn in turns:
            yield _line(_asked(task, taxonomy, turn, turns))
        yield _line(_asked(task, taxonomy, None, turns))


def _line(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


def _asked(
    task: Task, taxonomy: Taxonomy, turn: int | None, turns: Sequence[int]
) -> dict[str, Any]:
    options = [{"id": label.name, "text": label.title} for label in taxonomy]
    options += [
        {"id": _UNSURE + label.name, "text": f"unsure: {label.title}"} for label in taxonomy
    ]
    if turn is None:
        options += [
            {"id": _NOT_JUDGED + label.name, "text": f"not judged: {label.title}"}
            for label in taxonomy
        ]
    return {
        "html": _shown(task.call, turn),
        "options": options,
        "accept": [] if task.labels is None else _ticked(task.labels, taxonomy.names, turn),
        "meta": {"call": task.id, "turn": "whole call" if turn is None else turn, "why": task.why},
        # Our own: what is needed to put the call together again.
        "callclf": {"id": task.id, "turn": turn, "turns": list(turns), **task.reason()},
    }


def _ticked(labels: CallLabels, names: Sequence[str], turn: int | None) -> list[str]:
    if turn is not None:
        return [
            *(name for name, turns in labels.evidence.items() if turn in turns),
            *(_UNSURE + name for name, turns in labels.borderline.items() if turn in turns),
        ]
    judged = names if labels.annotated is None else labels.annotated
    return [
        *labels.labels,
        *(_UNSURE + name for name, turns in labels.borderline.items() if not turns),
        *(_NOT_JUDGED + name for name in names if name not in judged),
    ]


def _shown(call: Transcript, turn: int | None) -> str:
    """Return what is asked about as HTML, every word of it escaped."""
    first, last = (0, len(call) - 1) if turn is None else (max(0, turn - _CONTEXT), turn)
    lines = []
    for i in range(first, last + 1):
        said = call.turns[i]
        text = f"{said.role.value}: {said.text}"
        escaped = html.escape(text).replace("\n", "<br>")
        lines.append(f"<p><strong>{escaped}</strong></p>" if i == turn else f"<p>{escaped}</p>")
    return f'<div style="text-align: left; font-size: 16px">{"".join(lines)}</div>'


def _sniff(beginning: str) -> bool:
    first = beginning.lstrip("\ufeff \t\r\n").partition("\n")[0]
    return first.startswith("{") and '"callclf"' in first and '"options"' in first


def _read(text: str) -> Corrections:
    calls: dict[tuple[str, str | None], dict[int | None, Mapping[str, Any]]] = {}
    seen: dict[str, None] = {}
    for number, line in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            own = record["callclf"]
            id, turn = str(own["id"]), own["turn"]
            seen[id] = None
            if record.get("answer") == "accept":
                by_turn = calls.setdefault((id, _reviewer(record)), {})
                by_turn[turn] = record  # a later answer corrects an earlier one
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ReadError(
                f"not a task of `callclf suggest` from `prodigy db-out` ({error!r})",
                where=f"line {number}",
            ) from None
    reviewed = [
        Reviewed(id, reviewer, _labels(answers)) for (id, reviewer), answers in calls.items()
    ]
    done = {item.id for item in reviewed}
    return Corrections(tuple(reviewed), tuple(id for id in seen if id not in done))


def _reviewer(record: Mapping[str, Any]) -> str | None:
    value = record.get("_annotator_id") or record.get("_session_id")
    return None if value is None else str(value)


def _labels(answers: Mapping[int | None, Mapping[str, Any]]) -> CallLabels:
    first = next(iter(answers.values()))
    names = [option["id"] for option in first["options"] if ":" not in option["id"]]
    turns: list[int] = first["callclf"]["turns"]
    marks = Marks(names)
    for turn, record in answers.items():
        for chosen in record.get("accept", ()):
            kind, _, name = chosen.rpartition(":")
            if name not in names:
                raise ReadError(f"option {chosen!r} was not on offer")
            if turn is not None:
                marks.mark(name, turn, unsure=bool(kind))
            elif kind:
                (marks.unsure_call if f"{kind}:" == _UNSURE else marks.not_judged).add(name)
            else:
                marks.call.add(name)
    for name in names:
        # A turn that nobody judged is a gap; but a "no" for the whole call is one for its turns.
        if None not in answers or (name in marks.call and name in marks.turns):
            for turn in set(turns).difference(turn for turn in answers if turn is not None):
                marks.mark(name, turn, unsure=True)
    return marks.to_labels(turns)


FORMAT = AnnotationFormat(
    name="prodigy",
    title="Prodigy, choices a turn and a call",
    suffix=".jsonl",
    write=_write,
    sniff=_sniff,
    read=_read,
)
