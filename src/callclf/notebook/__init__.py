"""How results look in a notebook: HTML that needs nothing but itself."""

from callclf.notebook.conversation import TaggedCall, conversation_html
from callclf.notebook.model import HeldOut, LabelView, ModelView, Source, model_html
from callclf.notebook.table import table_html

__all__ = [
    "TaggedCall",
    "conversation_html",
    "table_html",
    "HeldOut",
    "LabelView",
    "ModelView",
    "Source",
    "model_html",
]
