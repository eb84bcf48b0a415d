r"""callclf finds agents' failures in customer-service transcripts.

>>> import callclf
>>> model = callclf.load()
>>> call = callclf.read(
...     "Customer: Put me through to a supervisor.\n"
...     "Agent: There is no supervisor, they would tell you the same.\n"
... )
>>> model.tag(call).labels
['escalation_refused']
"""

from pathlib import Path

from callclf import errors, plot
from callclf.classifier import FailureModeClassifier
from callclf.corpus import Corpus
from callclf.evaluation import compare, evaluate
from callclf.labels import CallLabels
from callclf.pretrained import DEFAULT, model_folder
from callclf.readers import formats, iter_read, read
from callclf.redaction import redact
from callclf.tags import Evidence, Span, Tag, Tags
from callclf.taxonomy import Label, Taxonomy
from callclf.thresholds import Policy
from callclf.training import TrainConfig, retrain, train
from callclf.transcript import Role, Transcript, Turn
from callclf.turn_model import HeadConfig
from callclf.writers import write

__version__ = "0.1.0"

__all__ = [
    "load",
    "read",
    "iter_read",
    "write",
    "redact",
    "formats",
    "Role",
    "Turn",
    "Transcript",
    "Label",
    "Taxonomy",
    "CallLabels",
    "Corpus",
    "evaluate",
    "compare",
    "TrainConfig",
    "train",
    "retrain",
    "FailureModeClassifier",
    "HeadConfig",
    "Policy",
    "Evidence",
    "Span",
    "Tag",
    "Tags",
    "plot",
    "errors",
]


def load(model: str | Path = DEFAULT) -> FailureModeClassifier:
    """Load a model: one in the package, by name, or a folder that was saved.

    Reads local files only and runs nothing that is in them.

    Raises
    ------
    ModelError
        If there is no such model, or it is damaged, altered or of a newer format.
    """
    return FailureModeClassifier.load(model_folder(model))
