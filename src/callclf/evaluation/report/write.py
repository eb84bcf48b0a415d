"""Write a report: this module only brings the parts together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from callclf.corpus import Corpus
from callclf.drawing import need_matplotlib
from callclf.errors import LabelError, unknown_name
from callclf.evaluation.behaviour import BehaviourReport
from callclf.evaluation.report.calls import check_texts
from callclf.evaluation.report.document import as_document, as_json
from callclf.evaluation.report.markdown import as_markdown
from callclf.evaluation.report.page import as_html
from callclf.evaluation.results import Evaluation

__all__ = ["Written", "write_report"]

_ONLY = "test calls"
"""Name of an evaluation that was given without one."""


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a report."""

    html: Path
    json: Path
    markdown: Path


def write_report(
    evaluations: Evaluation | Mapping[str, Evaluation],
    folder: str | Path,
    *,
    texts: Corpus | Mapping[str, Corpus] | None = None,
    behaviour: BehaviourReport | None = None,
    title: str = "How well failures are found",
) -> Written:
    """Write report.html, report.json and report.md.

    Words of calls are in report.html only, and only of the corpora given as `texts`; of others,
    mistakes are listed by id and turn number.

    Parameters
    ----------
    evaluations
        What was found; or name of a corpus -> what was found on it, in the order of the page.
    folder
        Where to write; made if need be.
    texts
        The calls that were evaluated, if their words may be shown; by the same names if there are
        several evaluations.
    behaviour
        What the behaviour tests found.
    title
        Of the report.

    Raises
    ------
    LabelError
        If there is no evaluation, or the calls are not those that were evaluated.
    CallclfError
        If matplotlib is not installed.
    """
    need_matplotlib()
    named = {_ONLY: evaluations} if isinstance(evaluations, Evaluation) else dict(evaluations)
    if not named:
        raise LabelError("there is no evaluation to report on")
    shown = {next(iter(named)): texts} if isinstance(texts, Corpus) else dict(texts or {})
    if isinstance(texts, Corpus) and len(named) > 1:
        raise LabelError("several evaluations need texts by name: texts={name: corpus}")
    document = as_document(named, behaviour, title)
    for name, corpus in shown.items():
        if name not in named:
            raise LabelError(unknown_name("evaluation in texts", name, named))
        check_texts(name, document["evaluations"][name], corpus)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = Written(folder / "report.html", folder / "report.json", folder / "report.md")
    written.html.write_text(as_html(document, shown), encoding="utf-8")
    written.json.write_text(as_json(document), encoding="utf-8")
    written.markdown.write_text(as_markdown(document), encoding="utf-8")
    return written
