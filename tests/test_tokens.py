import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from callclf import Transcript, Turn
from callclf.features.tokens import WindowLimits, cut_windows, marks_of, token_turns
from callclf.features.windows import build_windows

WORDS = [f"w{i}" for i in range(40)]
SPECIAL = ["[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused0]", "[unused1]"]
AGENT, CUSTOMER = SPECIAL.index("[unused0]"), SPECIAL.index("[unused1]")


def tokenizer():
    vocabulary = {word: i for i, word in enumerate([*SPECIAL, *WORDS])}
    made = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made


TOKENIZER = tokenizer()
MARKS = marks_of(TOKENIZER)

turns = st.lists(
    st.tuples(
        st.sampled_from(["agent", "customer", "bot", "system", "unknown"]),
        st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join),
    ),
    max_size=30,
)


def cut(call, limits, bots=True):
    found = token_turns(call, TOKENIZER, bots=bots)
    return found, cut_windows(found, MARKS, limits)


@given(turns=turns, bots=st.booleans(), window=st.integers(4, 80), turn=st.integers(1, 30))
def test_every_scored_turn_is_scored_once_in_the_order_of_the_features(turns, bots, window, turn):
    call = Transcript([Turn(role, text) for role, text in turns])
    found, windows = cut(call, WindowLimits(window=window, turn=turn), bots)
    places = [found[k].place for w in windows for k in w.turns]
    assert places == build_windows([call], bots=bots).position.tolist()
    for w in windows:
        assert len(w.ids) == len(w.sides) <= window
        assert [w.ids[m] for m in w.marks] == [AGENT] * len(w.marks)


def test_roles_are_kept_apart_by_markers_and_sides():
    call = Transcript([Turn("customer", "w1 w2"), Turn("system", "w9"), Turn("agent", "w3")])
    _, (window,) = cut(call, WindowLimits())
    first, last = SPECIAL.index("[CLS]"), SPECIAL.index("[SEP]")
    w1, w2, w3 = (len(SPECIAL) + i for i in (1, 2, 3))
    assert window.ids == [first, CUSTOMER, w1, w2, AGENT, w3, last]
    assert window.sides == [0, 1, 1, 1, 0, 0, 0]
    assert window.marks == [4]


def test_a_turn_is_scored_where_its_reply_and_what_came_before_it_stand():
    call = Transcript(
        [Turn("customer" if i % 2 else "agent", " ".join(WORDS[:9])) for i in range(12)]
    )
    found, windows = cut(call, WindowLimits(window=52, turn=12, overlap=0.4))
    assert len(windows) > 1
    for window in windows:
        starts = [i for i, token in enumerate(window.ids) if token in (AGENT, CUSTOMER)]
        for mark, k in zip(window.marks, window.turns, strict=True):
            assert k == len(found) - 1 or mark < starts[-1], "the reply is cut off"
            assert k == 0 or mark > starts[0], "nothing stands before it"


def test_of_a_long_turn_both_ends_are_kept():
    text = " ".join(WORDS[:30])
    call = Transcript([Turn("customer", "w1"), Turn("agent", text)])
    _, (window,) = cut(call, WindowLimits(window=60, turn=9))
    kept = [token - len(SPECIAL) for token in window.ids[window.marks[0] + 1 : -1]]
    assert kept == [0, 1, 2, 3, 4, 5, 27, 28, 29]


@pytest.mark.parametrize("turns", [[], [Turn("customer", "w1")]])
def test_a_call_without_a_scored_turn_needs_no_window(turns):
    assert cut(Transcript(turns), WindowLimits())[1] == []
