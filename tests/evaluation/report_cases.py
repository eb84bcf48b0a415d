"""Reports with known figures and hostile words, for the tests of the report."""

import numpy as np

from callclf import CallLabels, Corpus, Taxonomy, Transcript, Turn
from callclf.evaluation import Predictions, evaluate
from callclf.evaluation.predictions import CallPrediction
from callclf.fingerprint import call_fingerprint
from callclf.taxonomy import Label

WORD = "quokka"
"""Said in every turn of every call."""

HOSTILE = (
    "</p><script>document.title = 'owned'</script><img src=http://127.0.0.1:9/x onerror=alert(1)>"
)

TAXONOMY = Taxonomy(
    "test",
    "1",
    (
        Label("rudeness", "Rudeness"),
        Label("inattention", "Inattention <b>& $x$"),
        Label("never", "Never there"),
    ),
)


def calls(n=60):
    made = []
    for i in range(n):
        turns = [
            Turn("customer", f"{WORD} question {i}: {HOSTILE}", start=65.0 + i),
            Turn("agent", f"{WORD} answer {i}\nsecond line"),
            Turn("system", f"{WORD} on hold"),
            Turn("agent", f"{WORD} more {i}"),
        ]
        channel = "voice" if i % 2 else "chat"
        made.append(
            Transcript(turns, f"c{i}", channel, {"team": "<i>north" if i < 50 else "south"})
        )
    return made


def corpus(n=60):
    """Every third call is rude, every fifth inattentive, none ever has the third label."""
    labels = []
    for i in range(n):
        has = (*(("rudeness",) if i % 3 == 0 else ()), *(("inattention",) if i % 5 == 0 else ()))
        labels.append(CallLabels(has, dict.fromkeys(has, (1,)), annotated=TAXONOMY.names))
    return Corpus(tuple(calls(n)), tuple(labels))


def predictions(data, *, seed=0, leaked=0, name="system <1>"):
    """Scores that are right more often than not, with two calls that were not scored."""
    rng = np.random.default_rng(seed)
    rows = []
    for i, (call, labels) in enumerate(data):
        if i in (7, 8):
            rows.append(CallPrediction.nothing(call.id, "too short: 4 turns", len(TAXONOMY)))
            continue
        truth = labels.call_row(TAXONOMY.names)
        p = np.clip(0.25 + 0.4 * truth + 0.2 * rng.standard_normal(3), 0.01, 0.99)
        flagged = p >= 0.5
        shown = np.array(TAXONOMY.names)[flagged].tolist()
        rows.append(
            CallPrediction(
                call.id,
                p,
                flagged,
                np.zeros(3, dtype=bool),
                turns=np.array([1, 3]),
                turn_probability=np.array([p, p / 2]),
                evidence=dict.fromkeys(shown, (1, 3)),
            )
        )
    trained_on = frozenset(call_fingerprint(call)[:12] for call in data.calls[:leaked])
    cuts = np.full(3, 0.5)
    return Predictions(name, TAXONOMY, tuple(rows), cuts, "the test's", trained_on)


def evaluation(data, *, leaked=0, by=("channel", "team")):
    return evaluate(predictions(data, leaked=leaked), data, by=by, n_resamples=50)


def eight_calls():
    """Four calls with a failure; without a false alarm, a cut-off of 0.7 finds three of them."""
    truth = [1, 1, 1, 1, 0, 0, 0, 0]
    p = [0.9, 0.8, 0.7, 0.2, 0.6, 0.1, 0.1, 0.1]
    taxonomy = Taxonomy("one", "1", (Label("rudeness", "Rudeness"),))
    data = Corpus(
        tuple(calls(8)), tuple(CallLabels(("rudeness",)) if y else CallLabels() for y in truth)
    )
    rows = tuple(
        CallPrediction(f"c{i}", np.array([x]), np.array([x >= 0.5]), np.array([False]))
        for i, x in enumerate(p)
    )
    said = Predictions("eight", taxonomy, rows, np.array([0.5]), "the test's")
    return evaluate(said, data, n_resamples=50)
