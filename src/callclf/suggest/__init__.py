"""Labels in and out: which calls to review, files for reviewers' tools, and their corrections."""

from callclf.suggest.registry import annotation_formats
from callclf.suggest.suggest import read_corrections, suggest, write_labels, write_tasks
from callclf.suggest.task import AnnotationFormat, Corrections, Reviewed, Task

__all__ = [
    "AnnotationFormat",
    "Corrections",
    "Reviewed",
    "Task",
    "annotation_formats",
    "read_corrections",
    "suggest",
    "write_labels",
    "write_tasks",
]
