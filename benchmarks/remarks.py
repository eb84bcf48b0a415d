"""How well models find held-out remarks in fine calls, and tell failing from fine ones.

    python benchmarks/remarks.py [MODEL ...]

A line a label: failing remarks, the share of them that is flagged, and how often one of them scores
above a fine one (area under the curve); at the end the share of fine ones that raise any flag. For
choosing between encoders: the behaviour tests have remarks of their own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

import callclf
from callclf.evaluation.behaviour.material import clean_calls, shipped
from callclf.splicing import fits, with_remark

REMARKS = Path(__file__).parent.parent / "data" / "remarks" / "held_out.jsonl"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", default=["fast", "base"], metavar="MODEL")
    remarks = callclf.Corpus.load(REMARKS)
    hosts, rng = [call for _, call in clean_calls(shipped("base"))], np.random.default_rng(0)
    calls, labels = [], []
    for remark, said in zip(remarks.calls, remarks.labels, strict=True):
        host = hosts[rng.integers(len(hosts))]
        places = [at for at in range(len(host)) if fits(remark, host, at)]
        if places:
            calls.append(with_remark(host, remark, int(rng.choice(places))))
            labels.append(said)
    fine = np.array([not said.labels for said in labels])
    for name in parser.parse_args().models:
        model = callclf.load(name)
        probability = model.predict_proba(calls)
        flagged = probability >= [model.thresholds_[label] for label in model.classes_]
        print(f"{model.version}: {len(calls)} remarks in fine calls, {(~fine).sum()} failing")
        for j, label in enumerate(model.classes_):
            shows = np.array([label in said.labels for said in labels])
            above = roc_auc_score(shows[shows | fine], probability[shows | fine, j])
            print(f"  {label:20} {shows.sum():4}  {flagged[shows, j].mean():4.0%}  {above:.2f}")
        print(f"  fine ones flagged    {fine.sum():4}  {flagged[fine].any(axis=1).mean():4.0%}")


if __name__ == "__main__":
    main()
