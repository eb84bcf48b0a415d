"""report.json: everything that the page and every figure in the documentation is drawn from.

Schema, version `SCHEMA`; no word of any call is in it, only ids and turn numbers:

    schema       int
    title        of the report
    evaluations  name -> `Evaluation.to_dict`, see `callclf.evaluation.results`
    behaviour    null, or `BehaviourReport.to_dict`: {"model", "seed", "passed", "behaviours":
                   [{"name", "kind", "statement", "rule", "target", "verdict", "n_cases", "n_calls",
                   "n_left_out", "calls_changed": figure, "overall": measured,
                   "labels": label -> measured, "worst": [{"group", "label", "before",
                   "after", "flagged_before", "flagged_after"}]}]}
                 measured: {"n_decisions", "n_flagged", "flip_rate", "broken_rate", "shift"}

Numbers have six significant digits.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callclf.errors import ReadError
from callclf.evaluation.behaviour import BehaviourReport
from callclf.evaluation.results import Evaluation

__all__ = ["SCHEMA", "as_document", "as_json", "read_report"]

SCHEMA = 1
"""Raised by one when a key goes or changes its meaning."""

_TEXTS = ("original", "changed")


def as_document(
    evaluations: Mapping[str, Evaluation], behaviour: BehaviourReport | None, title: str
) -> dict[str, Any]:
    """Bring everything that a report says into plain JSON data.

    Parameters
    ----------
    evaluations
        Name of the corpus -> what was found on it.
    behaviour
        What the behaviour tests found.
    title
        Of the report.
    """
    document = {
        "schema": SCHEMA,
        "title": title,
        "evaluations": {name: found.to_dict() for name, found in evaluations.items()},
        "behaviour": None if behaviour is None else _without_texts(behaviour.to_dict()),
    }
    rounded: dict[str, Any] = _rounded(document)
    return rounded


def as_json(document: Mapping[str, Any]) -> str:
    """Return the text of report.json: an innermost object or list takes one line."""
    return _text(document, "") + "\n"


def read_report(path: str | Path) -> dict[str, Any]:
    """Read a report.json.

    Raises
    ------
    ReadError
        If the file is missing, no JSON, or not a report of this version.
    """
    path = Path(path)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReadError(f"cannot be read: {error.strerror}", source=str(path)) from None
    except ValueError as error:
        raise ReadError(f"not a JSON file: {error}", source=str(path)) from None
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA or "evaluations" not in document:
        raise ReadError(
            f"expected a report of schema {SCHEMA}, got {schema!r}; write it again with "
            "`callclf evaluate`",
            source=str(path),
        )
    return dict(document)


def _without_texts(behaviour: dict[str, Any]) -> dict[str, Any]:
    for result in behaviour["behaviours"]:
        result["worst"] = [
            {key: item for key, item in example.items() if key not in _TEXTS}
            for example in result["worst"]
        ]
    return behaviour


def _rounded(data: Any) -> Any:
    if isinstance(data, float):
        # JSON has no NaN; a figure that is not defined is None before it comes here.
        return float(f"{data:.6g}") if math.isfinite(data) else None
    if isinstance(data, Mapping):
        return {key: _rounded(item) for key, item in data.items()}
    if isinstance(data, list | tuple):
        return [_rounded(item) for item in data]
    return data


def _text(data: Any, indent: str) -> str:
    items = data.values() if isinstance(data, Mapping) else data if isinstance(data, list) else ()
    if not any(isinstance(item, Mapping | list) for item in items):
        return json.dumps(data, ensure_ascii=False)
    deeper = f"{indent} "
    if isinstance(data, Mapping):
        lines = [
            f"{json.dumps(key, ensure_ascii=False)}: {_text(item, deeper)}"
            for key, item in data.items()
        ]
        opened, closed = "{", "}"
    else:
        lines = [_text(item, deeper) for item in data]
        opened, closed = "[", "]"
    inner = f",\n{deeper}".join(lines)
    return f"{opened}\n{deeper}{inner}\n{indent}{closed}"
