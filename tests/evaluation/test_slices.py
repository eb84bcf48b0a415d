"""Parts of the calls: what they are, and when they are flagged."""

import numpy as np
import pytest
from evaluation_cases import NAMES, System, call, corpus_of

from callclf import Transcript, Turn
from callclf.errors import LabelError
from callclf.evaluation import evaluate
from callclf.evaluation.slices import slice_values


def case(n=400, bad="voice", seed=0):
    """A system that is blind in one channel."""
    rng = np.random.default_rng(seed)
    y = (rng.random((n, 3)) < 0.3).astype(float)
    p = np.clip(0.3 + 0.4 * y + 0.15 * rng.standard_normal(y.shape), 0, 1)
    channel = np.where(rng.random(n) < 0.3, "voice", "chat")
    p[channel == bad] = rng.random((int((channel == bad).sum()), 3))
    calls = [call(i, channel=str(c), queue=int(i % 2)) for i, c in enumerate(channel)]
    return corpus_of(y, calls=calls), System(p), y, p, channel


def test_the_figures_of_a_slice_are_those_of_its_calls_alone():
    corpus, _, _, p, channel = case()
    whole = evaluate(System(p), corpus, by=["channel"], n_resamples=100)
    inside = channel == "voice"
    alone = evaluate(System(p[inside]), corpus[inside], n_resamples=100).call
    part = {item.value: item for item in whole.slices[0].slices}["voice"]
    assert part.calls == inside.sum()
    for name in NAMES:
        assert part.labels[name]["roc_auc"] == alone[name]["roc_auc"]
        assert part.support[name] == alone[name].support
    assert part.macro["recall"] == alone.macro["recall"]


def test_a_slice_is_flagged_where_its_interval_excludes_the_whole():
    corpus, system, *_ = case()
    result = evaluate(system, corpus, by=["channel"])
    parts = {item.value: item for item in result.slices[0].slices}
    found = {(d.label, d.metric): d.direction for d in parts["voice"].flagged}
    assert found[("rudeness", "roc_auc")] == "below"
    assert found[("macro average", "roc_auc")] == "below"
    for part in parts.values():
        for label, figures in part.labels.items():
            overall = result.call.by_column()[label]
            for metric, figure in figures.items():
                flagged = (label, metric) in {(d.label, d.metric) for d in part.flagged}
                assert flagged == figure.excludes(overall[metric].value)


def test_slices_that_do_not_differ_are_rarely_flagged():
    corpus, system, *_ = case(bad="none")
    slicing = evaluate(system, corpus, by=["queue"]).slices[0]
    flagged = sum(len(part.flagged) for part in slicing.slices)
    assert slicing.intervals == 60  # 2 slices x (3 labels, any failure, macro) x 6 metrics
    assert flagged <= 6


def test_a_small_slice_is_marked_and_never_flagged():
    corpus, system, *_ = case()
    calls = [
        Transcript(c.turns, id=c.id, meta={"site": "small" if i < 19 else "large"})
        for i, c in enumerate(corpus.calls)
    ]
    corpus = type(corpus)(tuple(calls), corpus.labels)
    slices = evaluate(system, corpus, by=["site"], n_resamples=50).slices[0].slices
    assert [(part.value, part.calls, part.small) for part in slices] == [
        ("large", 381, False),
        ("small", 19, True),
    ]
    assert slices[1].flagged == ()


def test_what_a_call_is_sliced_by():
    turns = [Turn("agent", "a", speaker="x"), Turn("agent", "b", speaker="y"), Turn("bot", "c")]
    one = Transcript(turns * 5, channel="voice", meta={"tags": ["p", "q"], "grade": {"a": 1}})
    assert slice_values(one, "channel") == ["voice"]
    assert slice_values(one, "length") == ["11-20 turns"]
    assert slice_values(one, "agents") == ["3"]
    assert slice_values(one, "tags") == ["p", "q"]
    assert slice_values(one, "grade") == ["a: 1"]
    assert slice_values(one, "domain") == ["(not given)"]
    assert slice_values(Transcript([]), "channel") == ["(not given)"]


@pytest.mark.parametrize(
    ("n", "name"),
    [(10, "1-10 turns"), (11, "11-20 turns"), (40, "21-40 turns"), (41, "over 40 turns")],
)
def test_lengths_are_binned(n, name):
    assert slice_values(Transcript([Turn("agent", "a")] * n), "length") == [name]


def test_lengths_come_in_order_and_rare_values_together():
    _, _, y, p, _ = case(n=80)
    calls = [call(i, n_turns=2 + 6 * (i % 4), store=f"s{i // 2:02}") for i in range(80)]
    result = evaluate(System(p), corpus_of(y, calls=calls), by=["length", "store"], n_resamples=10)
    lengths, stores = result.slices
    assert [part.value for part in lengths.slices] == ["1-10 turns", "11-20 turns"]
    assert len(stores.slices) == 30
    assert stores.slices[-1].value == "(11 others)"
    assert sum(part.calls for part in stores.slices) == 80


def test_an_unknown_key_lists_the_known_ones():
    corpus, system, *_ = case(n=40)
    with pytest.raises(LabelError, match=r"unknown key 'chanel'; did you mean 'channel'.*queue"):
        evaluate(system, corpus, by=["chanel"], n_resamples=10)
