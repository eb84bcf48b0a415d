"""A label that the shipped model does not have, learned from 60 labelled calls.

`identity_check` (see `data/labels`) is learned beside the eight labels of the shipped model, from
60 calls by five writers, and tested on 110 calls by a sixth, whom the model has never seen.
Figures per call and per turn, with 95 % intervals from resampling calls.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from callclf import CallLabels, Corpus, Taxonomy, TrainConfig, evaluate, load, train
from callclf.evaluation import compare
from callclf.training import LabelFile, Source

LABEL = "identity_check"
FILE = "data/labels/identity_check.jsonl"
CALLS = "data/corpus/calls.jsonl"


def main() -> None:
    """Train twice, print a line each, and what became of the other labels."""
    taxonomy = Taxonomy.of_names([*Taxonomy.default().names, LABEL])
    tested = Corpus.load(CALLS).where(lambda call: call.meta["writer"] == "w6")
    records = map(json.loads, Path(FILE).read_text().splitlines())
    by_id = {record["id"]: CallLabels.from_dict(record) for record in records}
    new = Corpus(tested.calls, tuple(by_id[str(call.id)] for call in tested.calls))
    for start in ("fast", None):
        config = TrainConfig(
            name=LABEL,
            sources=(Source(path=CALLS),),
            labels=(LabelFile(path=FILE),),
            hold_out={"writer": ("w6",)},
            start=start,
            taxonomy=taxonomy if start else Taxonomy.of_names([LABEL]),
        )
        with tempfile.TemporaryDirectory() as folder:
            model = train(config, Path(folder) / "model")
        print(f"from {start or 'nothing'}:")
        for unit in ("call", "turn"):
            result = evaluate(model, new).units[unit].labels[LABEL]
            figures = {name: result.figures[name] for name in ("average_precision", "recall")}
            print(f"  {unit}: " + ", ".join(f"{name} {f}" for name, f in figures.items()))
        if start:
            print(f"  the other labels: {compare(load(start), model, tested).verdict}")


if __name__ == "__main__":
    main()
