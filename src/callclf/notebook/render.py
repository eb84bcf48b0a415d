"""From a template and values to HTML that stands in a notebook's output.

Everything that comes from data is escaped; only our own style and script are not. Nothing is loaded
from elsewhere. The style is part of every output, since an output may be all that is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jinja2

__all__ = ["render"]

_LONE = re.compile("[\ud800-\udfff]")
"""Halves of characters, which JSON can hold and UTF-8 cannot."""


def render(template: str, values: Mapping[str, Any]) -> str:
    """Fill a template.

    Parameters
    ----------
    template
        Name of a file in `templates`.
    values
        What it names.
    """
    page = _environment().get_template(template).render(values)
    return _LONE.sub("\N{REPLACEMENT CHARACTER}", page)


@cache
def _environment() -> jinja2.Environment:
    import jinja2  # here: 0.1 s that tagging does not need
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("callclf.notebook", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["style"] = Markup(_own("style.css"))
    environment.globals["script"] = Markup(_own("sort.js"))
    return environment


def _own(name: str) -> str:
    folder = resources.files("callclf.notebook").joinpath("templates")
    return folder.joinpath(name).read_text("utf-8")
