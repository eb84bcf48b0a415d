"""Label Studio: dialogues whose turns get labels (`Paragraphs` with `ParagraphLabels`).

Import `tasks.json` into a project that has the labelling interface of `tasks.xml`; export as
"JSON" (not JSON-MIN). Every turn is a paragraph, so a region's `start` is the number of its turn.
Formats: https://labelstud.io/tags/paragraphs, https://labelstud.io/guide/predictions and
https://labelstud.io/guide/export; checked against the interface parser of label-studio-sdk 2.1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from callclf.errors import ReadError
from callclf.labels import CallLabels
from callclf.suggest.sheet import Marks
from callclf.suggest.task import AnnotationFormat, Corrections, Reviewed, Task
from callclf.taxonomy import Taxonomy
from callclf.transcript import Role

__all__ = ["FORMAT"]

_DIALOGUE = "dialogue"
_UNSURE = "unsure: "
_TURNS = {"turns": False, "unsure_turns": True}
"""Control of turns -> whether a mark of it is unsure."""

_CALLS = {
    "call": "The call shows it, but no single turn does",
    "unsure_call": "The call could be judged either way",
    "not_judged": "Not judged",
}
_COMPANY = (Role.AGENT.value, Role.BOT.value)


def _write(tasks: Sequence[Task], taxonomy: Taxonomy) -> Iterator[str]:
    # Piece by piece, since a list of all tasks may be large.
    for i, task in enumerate(tasks):
        yield "[\n" if i == 0 else ",\n"
        yield json.dumps(_task(task, taxonomy.names), ensure_ascii=False)
    yield "\n]\n" if tasks else "[]\n"


def _task(task: Task, names: Sequence[str]) -> dict[str, Any]:
    call = task.call
    dialogue = [
        {
            "author": turn.role.value + (f" ({turn.speaker})" if turn.speaker else ""),
            "text": turn.text,
            "role": turn.role.value,
        }
        for turn in call.turns
    ]
    data = {
        "id": task.id,
        "channel": call.channel,
        _DIALOGUE: dialogue,
        "labels": list(names),
        "suggested": task.reason(),
    }
    if task.labels is None:
        return {"data": data}
    result = _result(task, names)
    return {"data": data, "predictions": [{"model_version": task.version, "result": result}]}


def _result(task: Task, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return labels as regions and choices: what a reviewer would have marked."""
    labels = task.labels or CallLabels()
    result = []
    for control, marks in (("turns", labels.evidence), ("unsure_turns", labels.borderline)):
        for name, turns in marks.items():
            for turn in turns:
                result.append(_region(task, control, name, turn))
    judged = names if labels.annotated is None else labels.annotated
    whole = {
        "call": [name for name in labels.labels if not labels.evidence.get(name)],
        "unsure_call": [name for name, turns in labels.borderline.items() if not turns],
        "not_judged": [name for name in names if name not in judged],
    }
    for control, chosen in whole.items():
        if chosen:
            result.append(
                {
                    "id": control,
                    "from_name": control,
                    "to_name": _DIALOGUE,
                    "type": "choices",
                    "value": {"choices": chosen},
                }
            )
    return result


def _region(task: Task, control: str, name: str, turn: int) -> dict[str, Any]:
    text = task.call.turns[turn].text
    return {
        "id": f"{control}-{name}-{turn}",
        "from_name": control,
        "to_name": _DIALOGUE,
        "type": "paragraphlabels",
        "value": {
            "start": str(turn),
            "end": str(turn),
            "startOffset": 0,
            # The page counts UTF-16 units.
            "endOffset": len(text.encode("utf-16-le", "surrogatepass")) // 2,
            "text": text,
            "paragraphlabels": [_UNSURE + name if _TURNS[control] else name],
        },
    }


def _setup(taxonomy: Taxonomy) -> tuple[str, str]:
    """Return the labelling interface."""
    view = ElementTree.Element("View")
    for control, unsure in _TURNS.items():
        title = "Turns to be judged either way" if unsure else "Turns that show a failure"
        ElementTree.SubElement(view, "Header", value=title)
        tag = ElementTree.SubElement(view, "ParagraphLabels", name=control, toName=_DIALOGUE)
        for label in taxonomy:
            value = _UNSURE + label.name if unsure else label.name
            ElementTree.SubElement(tag, "Label", value=value, hint=label.definition)
    ElementTree.SubElement(
        view,
        "Paragraphs",
        name=_DIALOGUE,
        value=f"${_DIALOGUE}",
        layout="dialogue",
        nameKey="author",
        textKey="text",
        granularity="paragraph",
    )
    for control, title in _CALLS.items():
        ElementTree.SubElement(view, "Header", value=title)
        choices = ElementTree.SubElement(
            view, "Choices", name=control, toName=_DIALOGUE, choice="multiple", showInline="true"
        )
        for label in taxonomy:
            ElementTree.SubElement(choices, "Choice", value=label.name)
    ElementTree.indent(view)
    return ".xml", ElementTree.tostring(view, encoding="unicode") + "\n"


def _sniff(beginning: str) -> bool:
    text = beginning.lstrip("\ufeff \t\r\n")
    return text.startswith(("[", "{")) and '"data"' in text and f'"{_DIALOGUE}"' in text


def _read(text: str) -> Corrections:
    try:
        tasks = json.loads(text)
    except ValueError as error:
        raise ReadError(f"not JSON: {error}; export it from Label Studio as JSON") from None
    tasks = [tasks] if isinstance(tasks, dict) else tasks
    if not isinstance(tasks, list):
        raise ReadError(f"expected a list of tasks, got a {type(tasks).__name__}")
    reviewed: list[Reviewed] = []
    unfinished: list[str] = []
    stray: list[tuple[str, int]] = []
    for number, task in enumerate(tasks):
        try:
            found = list(_of_task(task, stray))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, ReadError):
                raise ReadError(error.problem, where=f"task {number + 1}") from None
            raise ReadError(
                f"not a task of `callclf suggest` exported as JSON ({error!r}); JSON-MIN and other "
                "exports leave out what is needed",
                where=f"task {number + 1}",
            ) from None
        reviewed += found
        if not found:
            unfinished.append(str(task["data"]["id"]))
    return Corrections(tuple(reviewed), tuple(unfinished), tuple(stray))


def _of_task(task: Mapping[str, Any], stray: list[tuple[str, int]]) -> Iterator[Reviewed]:
    data = task["data"]
    spoken = {i for i, turn in enumerate(data[_DIALOGUE]) if turn["role"] in _COMPANY}
    for annotation in task.get("annotations", ()):
        if annotation.get("was_cancelled"):
            continue
        marks = Marks(data["labels"])
        for item in annotation["result"]:
            _take(marks, item)
        labels = marks.to_labels(spoken)
        stray += [(str(data["id"]), turn) for turn in sorted(marks.stray)]
        yield Reviewed(str(data["id"]), _reviewer(annotation.get("completed_by")), labels)


def _take(marks: Marks, item: Mapping[str, Any]) -> None:
    control, value = item.get("from_name"), item["value"]
    if control in _TURNS:
        unsure = _TURNS[control]
        for label in value["paragraphlabels"]:
            name = _known(marks, label.removeprefix(_UNSURE) if unsure else label)
            for turn in range(int(value["start"]), int(value["end"]) + 1):
                marks.mark(name, turn, unsure=unsure)
    elif control in _CALLS:
        chosen: set[str] = getattr(marks, control)
        chosen.update(_known(marks, name) for name in value["choices"])
    else:
        known = ", ".join((*_TURNS, *_CALLS))
        raise ReadError(
            f"a mark of {control!r}, which the labelling interface of `callclf suggest` does not "
            f"have; it has {known}"
        )


def _known(marks: Marks, name: str) -> str:
    if name not in marks.names:
        raise ReadError(f"label {name!r} was not on offer; on offer: {', '.join(marks.names)}")
    return name


def _reviewer(value: Any) -> str | None:
    """Return a number, not a name or address, wherever there is one."""
    if isinstance(value, Mapping):
        value = value.get("id", value.get("email"))
    return None if value is None else str(value)


FORMAT = AnnotationFormat(
    name="label-studio",
    title="Label Studio, dialogues with labelled turns",
    suffix=".json",
    write=_write,
    sniff=_sniff,
    read=_read,
    setup=_setup,
)
