"""Measuring a system: how well it finds each failure, and how sure that is."""

from callclf.evaluation.agreement import Agreement, agreement
from callclf.evaluation.bootstrap import Figure
from callclf.evaluation.compare import Comparison, compare
from callclf.evaluation.evaluate import evaluate
from callclf.evaluation.leakage import Leakage
from callclf.evaluation.metrics import METRICS, Metric
from callclf.evaluation.predictions import Predictions, predict_calls
from callclf.evaluation.results import Evaluation
from callclf.evaluation.score_file import read_predictions

__all__ = [
    "evaluate",
    "Evaluation",
    "Figure",
    "Leakage",
    "METRICS",
    "Metric",
    "compare",
    "Comparison",
    "agreement",
    "Agreement",
    "Predictions",
    "predict_calls",
    "read_predictions",
]
