"""Labels: what was read three times is the median of its readings; how well readers agree."""

import json
from itertools import combinations
from statistics import median

import pytest

NAMES = ("first", "second", "third")


def records(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return {record["id"]: record for record in map(json.loads, lines)}


@pytest.fixture(scope="module")
def folder(repo):
    return repo / "data" / "labels"


@pytest.fixture(scope="module")
def readings(folder):
    return [records(folder / "readings" / f"{name}.jsonl") for name in NAMES]


def mark(record, label, turn=None):
    """Return 1 for a firm label, a half for a borderline one, 0 for none."""
    firm, borderline = record["evidence"].get(label), record["borderline"].get(label)
    if turn is None:
        return 1 if firm else 0.5 if borderline else 0
    return 1 if turn in (firm or ()) else 0.5 if turn in (borderline or ()) else 0


def labels_of(*read):
    return {label for r in read for label in (*r["evidence"], *r["borderline"])}


def middle(read):
    """Return the median of three readings, evidence and borderline turns of each label."""
    evidence, borderline = {}, {}
    for label in labels_of(*read):
        call = median(mark(r, label) for r in read)
        marked = [r[key].get(label, ()) for r in read for key in ("evidence", "borderline")]
        turns = sorted({turn for some in marked for turn in some})
        value = {turn: median(mark(r, label, turn) for r in read) for turn in turns}
        firm = [turn for turn in turns if value[turn] == 1]
        half = [turn for turn in turns if value[turn] == 0.5]
        if call == 1 and not firm:  # they agree on the call, on no turn
            firm = [turn for turn in turns if any(mark(r, label, turn) == 1 for r in read)]
            half = [turn for turn in half if turn not in firm]
        if call == 0.5:
            firm, half = [], half or turns
        if call and firm:
            evidence[label] = firm
        if call and half:
            borderline[label] = half
    return evidence, borderline


def agreement(first, second):
    """Return F1 of firm labels per call; a label that either calls borderline does not count."""
    both = one = 0
    for key in first:
        for label in labels_of(first[key], second[key]):
            pair = {mark(first[key], label), mark(second[key], label)}
            both += pair == {1}
            one += pair == {0, 1}
    return 2 * both / (2 * both + one)


def test_what_was_read_three_times_is_the_median(folder, readings):
    final = records(folder / "public.jsonl")
    again = {key for key, record in final.items() if record.get("readings") == 3}
    assert len(again) == 1590 and all(set(read) == again for read in readings)
    for key in again:
        evidence, borderline = middle([read[key] for read in readings])
        assert (final[key]["evidence"], final[key]["borderline"]) == (evidence, borderline), key
        assert final[key]["labels"] == sorted(evidence)


def test_readers_agree_as_the_readme_says(folder, readings):
    first, second, third = (f"{agreement(*pair):.2f}" for pair in combinations(readings, 2))
    changed = sum(
        set(record["labels"]) != set(readings[0][key]["labels"])
        for key, record in records(folder / "public.jsonl").items()
        if record.get("readings") == 3
    )
    words = " ".join((folder / "README.md").read_text().split())
    assert first == second
    assert f"agree at F1 {first} (first and second reading, first and third) and {third}" in words
    assert f"{changed} calls got other firm labels" in words


def test_a_second_reading_of_written_conversations_agrees_as_the_readme_says(folder):
    again = records(folder / "readings" / "written.jsonl")
    corpus = folder.parent / "corpus"
    written = {}
    for name in ("calls", "everyday", "pairs"):
        written |= records(corpus / f"{name}.jsonl")
    first = {key: written[key] for key in again}
    differ = [
        key
        for key, record in again.items()
        if bool(record["evidence"]) != bool(first[key]["evidence"])
        and not record["borderline"]
        and not first[key]["borderline"]
    ]
    words = " ".join((corpus / "README.md").read_text(encoding="utf-8").split())
    assert f"but for {len(again)} conversations" in words
    assert f"per call agree at F1 {agreement(again, first):.2f}" in words
    assert not differ and "none is fine to one and failing to the other" in words
