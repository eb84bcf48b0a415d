"""report.html: one page that needs nothing but itself.

Everything that comes from data is escaped; only our own style, script and drawings are not. The
page forbids itself the network and every script but its own, by their hash.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from callclf.corpus import Corpus
from callclf.evaluation.report.part_tables import summary_table
from callclf.evaluation.report.views import behaviour_view, section

__all__ = ["as_html"]

_TEMPLATES = "templates"


def as_html(document: Mapping[str, Any], texts: Mapping[str, Corpus]) -> str:
    """Return the page.

    Parameters
    ----------
    document
        See `report.document`.
    texts
        Name of an evaluation -> its calls, for those whose words may be shown.

    Raises
    ------
    CallclfError
        If matplotlib is not installed.
    """
    import jinja2  # here: 0.1 s that tagging does not need
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("callclf.evaluation.report", _TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = _own("sort.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    evaluations = document["evaluations"]
    page: str = environment.get_template("page.html").render(
        title=document["title"],
        style=Markup(_own("style.css")),
        script=Markup(script),
        script_hash=f"sha256-{digest}",
        drawn=Markup,
        summary=summary_table(document) if len(evaluations) > 1 else None,
        sections=[
            section(i, name, evaluation, texts.get(name))
            for i, (name, evaluation) in enumerate(evaluations.items(), 1)
        ],
        behaviour=behaviour_view(document),
    )
    return page


def _own(name: str) -> str:
    folder = resources.files("callclf.evaluation.report").joinpath(_TEMPLATES)
    return folder.joinpath(name).read_text("utf-8")
