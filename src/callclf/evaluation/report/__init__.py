"""Reports: a page to look at, figures for documents, and the data that both are drawn from."""

from callclf.evaluation.report.document import read_report
from callclf.evaluation.report.figures_text import check_markdown, update_markdown
from callclf.evaluation.report.markdown import FIGURES
from callclf.evaluation.report.write import Written, write_report

__all__ = [
    "write_report",
    "Written",
    "read_report",
    "update_markdown",
    "check_markdown",
    "FIGURES",
]
