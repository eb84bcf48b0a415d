import json

import numpy as np
import pytest

from callclf import CallLabels, Corpus, Taxonomy, Transcript, Turn
from callclf.errors import LabelError, ReadError

NAMES = Taxonomy.default().names


@pytest.fixture(scope="module")
def corpus(repo):
    return Corpus.load(repo / "data" / "corpus")


def call(id, words="hello there", **meta):
    return Transcript([Turn("customer", "hi"), Turn("agent", words)], id=id, meta=meta)


def test_the_shipped_corpus_has_what_its_card_says(corpus, repo):
    counts = {
        "calls": (1613, 29344, 14682),
        "everyday": (6015, 61991, 30674),
        "pairs": (7816, 38819, 20418),
    }
    for name, expected in counts.items():
        part = Corpus.load(repo / "data" / "corpus" / f"{name}.jsonl")
        agent = sum(1 for c in part.calls for t in c.turns if t.role == "agent")
        assert (len(part), sum(len(c) for c in part.calls), agent) == expected
    card = (repo / "data/corpus/README.md").read_text()
    for row in counts.values():
        assert " | ".join(f"{number:,}" for number in row) in card
    assert len(corpus) == 1613 + 6015 + 7816
    assert f"{len(corpus):,} labelled conversations" in (repo / "README.md").read_text()


def test_saving_and_loading_changes_nothing(corpus, tmp_path):
    corpus.save(tmp_path / "c.jsonl")
    assert Corpus.load(tmp_path / "c.jsonl") == corpus


def test_hugging_face_datasets_and_back_changes_nothing(corpus):
    part = corpus[::40]
    assert Corpus.from_dataset(part.to_dataset()) == part


def test_load_dataset_reads_the_folder_offline(repo, tmp_path, monkeypatch):
    import datasets

    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    for name in ("calls", "everyday", "pairs"):
        rows = datasets.load_dataset(str(repo / "data/corpus"), name, cache_dir=str(tmp_path))[
            "train"
        ]
        assert Corpus.from_dataset(rows) == Corpus.load(repo / f"data/corpus/{name}.jsonl")


def test_a_table_of_turns_and_back_keeps_turns_and_labels(corpus):
    part = corpus[:200]
    back = Corpus.from_pandas(part.to_pandas(NAMES), NAMES)
    assert [c.turns for c in back.calls] == [c.turns for c in part.calls]
    for ours, theirs, c in zip(part.labels, back.labels, part.calls, strict=True):
        np.testing.assert_array_equal(ours.turn_rows(NAMES, c), theirs.turn_rows(NAMES, c))
        np.testing.assert_array_equal(ours.call_row(NAMES), theirs.call_row(NAMES))


def test_a_split_by_writer_and_pair_shares_neither(corpus):
    split = corpus.split(0.25, by=("pair", "writer"), seed=1)
    for key in ("pair", "writer"):
        train, test = (
            {c.meta.get(key) for c in part.calls} - {None} for part in (split.train, split.test)
        )
        assert train and test and not train & test
    assert len(split.train) + len(split.test) == len(corpus)
    assert 0.15 < len(split.test) / len(corpus) < 0.35


def test_a_split_by_pair_is_close_to_the_asked_size_and_seeded(corpus):
    one, same, other = (corpus.split(0.2, seed=seed).test for seed in (0, 0, 1))
    assert abs(len(one) - 0.2 * len(corpus)) < 3
    assert one == same != other


def test_calls_with_the_same_id_or_words_stay_together():
    calls = (
        call("a", writer="w1"),
        call("b", writer="w2"),
        call("c", "other words"),
        call("c", "x y"),
    )
    corpus = Corpus(calls, (CallLabels(),) * 4)
    assert corpus.groups().tolist() == [0, 0, 1, 1]


def test_groups_that_share_a_call_are_one():
    calls = (
        call("a", "one", p="1"),
        call("b", "two", p="1", q="9"),
        call("c", "three", q="9"),
        call("d", "4"),
    )
    assert Corpus(calls, (CallLabels(),) * 4).groups("p", "q").tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("size", [0, 1, -1, 2])
def test_a_share_that_is_none_is_refused(corpus, size):
    with pytest.raises(ValueError, match="between 0 and 1"):
        corpus.split(size)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"turns": [', "line 2: not JSON"),
        ("[1]", "line 2: expected a JSON object"),
        ('{"id": "x"}', "line 2: expected an object with 'turns'"),
        (
            '{"turns": [{"role": "customer", "text": "a"}], '
            '"labels": ["rudeness"], "evidence": {"rudeness": [0]}}',
            "line 2: .*no agent turn",
        ),
        ('{"turns": [], "labels": "rudeness"}', "line 2: 'labels' must be a list"),
    ],
)
def test_a_bad_line_is_named(tmp_path, line, problem):
    file = tmp_path / "c.jsonl"
    file.write_text('{"turns": [], "labels": []}\n' + line + "\n")
    with pytest.raises(ReadError, match=problem):
        Corpus.load(file)


def test_a_missing_file_and_an_empty_folder_are_named(tmp_path):
    with pytest.raises(ReadError, match=r"gone\.jsonl.*cannot be read"):
        Corpus.load(tmp_path / "gone.jsonl")
    with pytest.raises(ReadError, match=r"no \.jsonl"):
        Corpus.load(tmp_path)


def test_labels_outside_the_shipped_set_count_as_looked_for_in_their_own_file_only(tmp_path):
    turns = [{"role": "agent", "text": "a"}]
    own = [{"turns": turns, "labels": ["long_hold"]}, {"turns": turns, "labels": []}]
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, own)))
    (tmp_path / "shipped.jsonl").write_text(json.dumps({"turns": turns, "labels": []}))
    corpus = Corpus.load(tmp_path / "own.jsonl", tmp_path / "shipped.jsonl")
    rows = [labels.call_row(("long_hold", "rudeness")) for labels in corpus.labels]
    np.testing.assert_array_equal(rows, [[1, np.nan], [0, np.nan], [np.nan, 0]])


def test_calls_and_labels_must_be_as_many():
    with pytest.raises(LabelError, match="1 calls but labels for 0"):
        Corpus((call("a"),), ())


def test_the_fingerprint_ignores_order_and_sees_every_word(corpus):
    part = corpus[:20]
    assert part[::-1].fingerprint() == part.fingerprint() != corpus[:21].fingerprint()
