"""Train the weights of role inference, and measure them on writers that they never saw.

    python benchmarks/roles.py --save src/callclf/role_inference/weights
    python benchmarks/roles.py

The first leaves writer w6 out of the weights. The second prints the share of two-party calls whose
roles are inferred right, wrong and not at all, with roles hidden, and of speakers in calls of three
and more: in the corpus by cross-validation over writers, in the public conversations of
../shared/real with the shipped weights.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from callclf import Corpus, Role, Transcript
from callclf.role_inference.infer import infer_roles
from callclf.role_inference.model import RoleModel, load_roles
from callclf.role_inference.train import as_recognised, save_roles, train_roles, two_party

REPO = Path(__file__).resolve().parent.parent
REAL = Path(os.environ.get("CALLCLF_SHARED", REPO.parent / "shared")) / "real"
HELD_OUT = "w6"
CARD = f"""# Role inference

Weights of hashed word n-grams that tell an agent's turns from a customer's. Trained on data/corpus
(Apache-2.0) without writer {HELD_OUT}; `make roles` trains and measures them again.
"""


def main() -> None:
    """Train and save, or measure."""
    parser = argparse.ArgumentParser(description="Train or measure role inference.")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="train, and write the weights")
    folder = parser.parse_args().save
    calls = Corpus.load(REPO / "data" / "corpus").calls
    if folder:
        chosen = [call for call in calls if call.meta["writer"] != HELD_OUT]
        save_roles(folder, train_roles(chosen, _groups(chosen)), card=CARD)
        return
    print(f"{'':38} {'n':>6}    right    wrong  abstain  right of decided")
    found = list(_cross_validated(calls))
    _report("corpus", [call for call, _ in found], [model for _, model in found])
    for name in ("dev", "train"):
        if (path := REAL / f"{name}.jsonl").is_file():
            real = Corpus.load(path).calls
            _report(f"real {name}", real, [load_roles()] * len(real))


def _groups(calls: Sequence[Transcript]) -> list[str]:
    # w1, m1 and p1 are held out together, whoever wrote them.
    return [call.meta["writer"][1:] for call in calls]


def _cross_validated(calls: Sequence[Transcript]) -> Iterator[tuple[Transcript, RoleModel]]:
    groups = np.array(_groups(calls))
    for train, test in GroupKFold(4).split(groups, groups=groups):
        model = train_roles([calls[i] for i in train], list(groups[train]), folds=3)
        yield from ((calls[i], model) for i in test)


def _report(name: str, calls: Sequence[Transcript], models: Sequence[RoleModel]) -> None:
    both = list(zip(calls, models, strict=True))
    for kind, change in (("", lambda call: call), (", as recognised", as_recognised)):
        for length in ("10+ turns", "under 10"):
            outcomes = [
                _outcomes(change(call), model)[0]
                for call, model in both
                if two_party(call) and (len(call) >= 10) == (length == "10+ turns")
            ]
            _row(f"{name}{kind}, {length}", outcomes)
    more = [_outcomes(call, model) for call, model in both if not two_party(call)]
    _row(f"{name}, each of 3+ speakers", [outcome for call in more for outcome in call])


def _row(name: str, outcomes: Sequence[str]) -> None:
    if not outcomes:
        return
    counts = [outcomes.count(kind) for kind in ("right", "wrong", "abstained")]
    shares = " ".join(f"{count / len(outcomes):8.2%}" for count in counts)
    decided = f"{counts[0] / max(counts[0] + counts[1], 1):8.2%}"
    print(f"{name:38} {len(outcomes):6} {shares} {decided}")


def _outcomes(call: Transcript, model: RoleModel) -> list[str]:
    """Hide the roles; say for each speaker what was made of them."""
    truth = {
        f"{turn.role}-{turn.speaker}": str(turn.role).replace("bot", "agent")
        for turn in call.turns
        if turn.role is not Role.SYSTEM
    }
    names = {name: f"spk_{number}" for number, name in enumerate(sorted(truth))}
    hidden = [
        turn
        if turn.role is Role.SYSTEM
        else replace(turn, role=Role.UNKNOWN, speaker=names[f"{turn.role}-{turn.speaker}"])
        for turn in call.turns
    ]
    found = infer_roles(Transcript(hidden), model).meta.get("inferred_roles", {})
    return [
        "abstained"
        if names[name] not in found
        else ("right" if found[names[name]]["role"] == role else "wrong")
        for name, role in truth.items()
    ]


if __name__ == "__main__":
    main()
