"""Figures in documents come from report.json: text between markers is written by this module.

A document holds `<!-- figures:NAME -->` and `<!-- /figures -->`, each alone on its line; what
stands between them is replaced. NAME is one of `markdown.FIGURES`.
"""

from __future__ import annotations

import re
from pathlib import Path

from callclf.errors import LabelError, ReadError
from callclf.evaluation.report.document import read_report
from callclf.evaluation.report.markdown import render

__all__ = ["check_markdown", "update_markdown"]

_BLOCK = re.compile(
    r"^(?P<open><!-- figures:(?P<name>.+?) -->)\n(?P<body>.*?)^(?P<close><!-- /figures -->)$",
    re.DOTALL | re.MULTILINE,
)
_OPENED = re.compile(r"^\s*<!-- figures:", re.MULTILINE)


def update_markdown(path: str | Path, report_json: str | Path) -> list[str]:
    """Write the figures of a report between the markers of a document; return what changed.

    Parameters
    ----------
    path
        The document; left alone if nothing changes.
    report_json
        A report that `write_report` wrote.

    Raises
    ------
    ReadError
        If a marker is not closed, or names what the report does not have.
    """
    path = Path(path)
    before = path.read_text(encoding="utf-8")
    after, stale = _rendered(before, path, report_json)
    if stale:
        path.write_text(after, encoding="utf-8")
    return stale


def check_markdown(path: str | Path, report_json: str | Path) -> list[str]:
    """Return the names of the markers whose figures are not those of the report.

    Parameters and errors are those of `update_markdown`; nothing is written.
    """
    path = Path(path)
    return _rendered(path.read_text(encoding="utf-8"), path, report_json)[1]


def _rendered(text: str, path: Path, report_json: str | Path) -> tuple[str, list[str]]:
    document = read_report(report_json)
    stale: list[str] = []
    blocks = list(_BLOCK.finditer(text))
    if any("<!-- figures:" in block["body"] for block in blocks) or len(blocks) != len(
        _OPENED.findall(text)
    ):
        raise ReadError(
            "a <!-- figures:NAME --> without its <!-- /figures -->; "
            "put each of the two alone on a line",
            source=str(path),
        )

    def written(block: re.Match[str]) -> str:
        try:
            body = f"\n{render(document, block['name'])}\n\n"
        except LabelError as error:
            line = text.count("\n", 0, block.start()) + 1
            raise ReadError(str(error), source=str(path), where=f"line {line}") from None
        if body != block["body"]:
            stale.append(block["name"])
        return f"{block['open']}\n{body}{block['close']}"

    return _BLOCK.sub(written, text), stale
