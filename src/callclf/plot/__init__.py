"""Plots of tags and evaluations, each a matplotlib `Figure` that a notebook shows by itself.

They need `pip install 'callclf[plot]'`. Change a figure as you like (`figure.axes`), keep it with
`figure.savefig("rates.svg")`.
"""

from callclf.plot.curves import budget, calibration, precision_recall
from callclf.plot.rates import rates, rates_over_time
from callclf.plot.timeline import timeline

__all__ = [
    "rates",
    "rates_over_time",
    "precision_recall",
    "calibration",
    "budget",
    "timeline",
]
