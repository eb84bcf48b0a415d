import pytest

from callclf.corpus import Corpus
from callclf.errors import LabelError
from callclf.grouping import group_calls
from callclf.labels import CallLabels
from callclf.splicing import check_remarks, spliced
from callclf.taxonomy import Taxonomy
from callclf.transcript import Transcript, Turn

NAMES = Taxonomy.default().names
CLEAN = CallLabels()
RUDE = CallLabels(("rudeness",), {"rudeness": (0,)})


def remark(place, *turns, labels=CLEAN):
    calls = (Transcript([Turn(*turn) for turn in turns], id="r1", meta={"place": place}),)
    return Corpus(calls, (labels,))


def call(**meta):
    turns = [
        Turn("agent", "Hello."),
        Turn("customer", "I would like a table for two.", "Jo"),
        Turn("bot", "For what time?", "B1"),
        Turn("customer", "Eight."),
    ]
    return Transcript(turns, id="c1", channel="chat", meta=meta)


def splice(remarks, host=None, known=CLEAN, share=1.0):
    return spliced([host or call()], [known], remarks, NAMES, share, 0)


def only(copies):
    ((position, copy, labels),) = copies
    assert position == 0
    labels.check(copy)
    return copy, labels


def texts(copy):
    return [turn.text for turn in copy.turns]


def test_before_an_answer_that_goes_on_with_the_sentence():
    copy, labels = only(splice(remark("before", ("agent", "As I said,"), labels=RUDE)))
    assert texts(copy)[2] == "As I said, for what time?"
    assert labels == CallLabels(("rudeness",), {"rudeness": (2,)})


def test_after_an_answer():
    copy, labels = only(splice(remark("after", ("agent", "Take your time."))))
    assert texts(copy)[2] == "For what time? Take your time."
    assert labels == CallLabels()


def test_instead_of_an_answer_leaves_open_what_else_is_wrong_with_it():
    known = CallLabels(("inattention",), {"inattention": (2,)})
    copy, labels = only(splice(remark("instead", ("agent", "Whatever."), labels=RUDE), known=known))
    assert texts(copy)[2] == "Whatever."
    assert labels.labels == ("rudeness",)
    assert set(labels.borderline) == set(NAMES) - {"rudeness"}


def test_nothing_stands_instead_of_an_answer_to_what_may_be_no_request():
    turns = [Turn("customer", "Thanks, bye."), Turn("agent", "Goodbye.")]
    host = Transcript(turns, id="c1")
    assert splice(remark("instead", ("agent", "Whatever."), labels=RUDE), host) == []


def test_an_exchange_is_put_behind_an_answer_and_moves_the_marks_after_it(monkeypatch):
    for limit in ("BEFORE", "AFTER"):
        monkeypatch.setattr(f"callclf.splicing.{limit}", (9, 9))  # the whole call
    host = call()
    host = Transcript([*host.turns, Turn("agent", "Done.")], id="c1")
    known = CallLabels(("privacy_breach",), {"privacy_breach": (2,)}, {"inattention": (4,)})
    said = CallLabels(("rudeness",), {"rudeness": (1,)}, {"lack_of_ownership": (1,)})
    remarks = remark("insert", ("customer", "Pardon?"), ("agent", "Listen!"), labels=said)
    seen = set()
    for seed in range(20):
        copy, labels = only(spliced([host], [known], remarks, NAMES, 1.0, seed))
        at = texts(copy).index("Pardon?")
        seen.add(at)
        assert labels.evidence["rudeness"] == (at + 1,)
        assert labels.borderline["lack_of_ownership"] == (at + 1,)
        assert [texts(copy)[k] for k in labels.evidence["privacy_breach"]] == ["For what time?"]
        assert [texts(copy)[k] for k in labels.borderline["inattention"]] == ["Done."]
    assert seen == {3, 5}


def test_the_remark_is_said_by_those_who_speak_in_the_call():
    remarks = remark("insert", ("customer", "Pardon?"), ("agent", "Listen!"))
    copy, _ = only(splice(remarks))
    assert [(turn.role, turn.speaker) for turn in copy.turns[3:5]] == [
        ("customer", "Jo"),
        ("bot", "B1"),
    ]


def test_a_copy_is_tied_to_its_call_and_names_the_remark():
    host = call(writer="w1")
    copy, _ = only(splice(remark("after", ("agent", "Well.")), host))
    assert copy.meta == {"writer": "w1", "remark": "r1"}
    assert len(set(group_calls([host, copy]))) == 1


@pytest.mark.parametrize(
    "known",
    [CallLabels(("rudeness",)), CallLabels(borderline={"rudeness": ()})],
    ids=["has it", "may have it"],
)
def test_a_call_that_does_not_say_where_a_failure_is_gets_no_other_one_like_it(known):
    assert splice(remark("after", ("agent", "Duh."), labels=RUDE), known=known) == []
    assert len(splice(remark("after", ("agent", "Well.")), known=known)) == 1


def test_contrast_pairs_and_calls_without_an_answer_are_left_alone():
    remarks = remark("after", ("agent", "Well."))
    assert splice(remarks, call(pair="p1")) == []
    assert splice(remarks, Transcript([Turn("agent", "Hi."), Turn("customer", "Hi.")])) == []


def long_call():
    said = [("customer", f"Question {k}") if k % 2 == 0 else ("agent", f"Answer {k}")
            for k in range(60)]  # fmt: skip
    return Transcript([Turn(*turn) for turn in said], id="c1")


def test_a_copy_is_what_was_said_around_the_remark():
    host, remarks = long_call(), remark("after", ("agent", "As I said."), labels=RUDE)
    lengths = set()
    for seed in range(50):
        copy, labels = only(spliced([host], [CLEAN], remarks, NAMES, 1.0, seed))
        (at,) = (k for k, text in enumerate(texts(copy)) if "As I said." in text)
        assert labels.evidence == {"rudeness": (at,)}
        first = next(k for k, turn in enumerate(host.turns) if turn.text == texts(copy)[0])
        assert texts(copy)[:at] == [turn.text for turn in host.turns[first : first + at]]
        assert 4 <= at <= 8 or first == 0
        assert len(copy) - at - 1 <= 4
        lengths.add(len(copy))
    assert len(lengths) > 5


def test_a_copy_has_the_labels_of_what_it_keeps():
    marks = tuple(range(1, 60, 2))
    known = CallLabels(
        ("inattention", "knowledge_gap", "lack_of_ownership"),
        {"inattention": marks, "lack_of_ownership": (1,)},
        {"privacy_breach": marks, "miscommunication": (), "scripted_non_answer": (59,)},
    )
    remarks = remark("after", ("agent", "Well."))
    elsewhere = 0
    for seed in range(50):
        copy, labels = only(spliced([long_call()], [known], remarks, NAMES, 1.0, seed))
        spoken = tuple(copy.scored_turns())
        assert labels.evidence["inattention"] == labels.borderline["privacy_breach"] == spoken
        assert labels.borderline["knowledge_gap"] == labels.borderline["miscommunication"] == ()
        for name, text in (("lack_of_ownership", "Answer 1"), ("scripted_non_answer", "Answer 59")):
            marked = (*labels.evidence.get(name, ()), *labels.borderline.get(name, ()))
            kept = [k for k, said in enumerate(texts(copy)) if said.split(" Well")[0] == text]
            assert list(marked) == kept
            assert (name in (*labels.labels, *labels.borderline)) == bool(kept)
            elsewhere += not kept
    assert elsewhere > 50


def test_share_and_seed_decide_which_calls_come_once_more():
    calls, labels = [call() for _ in range(200)], [CallLabels()] * 200
    remarks = remark("after", ("agent", "Well."))

    def hosts(seed):
        return [i for i, _, _ in spliced(calls, labels, remarks, NAMES, 0.25, seed)]

    assert 30 < len(hosts(0)) < 70
    assert hosts(0) == hosts(0) != hosts(1)


def test_every_remark_comes_as_often_as_any_other():
    remarks = Corpus(
        tuple(
            Transcript([Turn("agent", str(i))], id=str(i), meta={"place": "after"})
            for i in range(5)
        ),
        (CallLabels(),) * 5,
    )
    copies = spliced([call()] * 10, [CallLabels()] * 10, remarks, NAMES, 1.0, 0)
    names = [copy.meta["remark"] for _, copy, _ in copies]
    assert {name: names.count(name) for name in names} == dict.fromkeys("01234", 2)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (remark("beside", ("agent", "x")), "'place' must be one of before, after"),
        (remark("insert", ("agent", "x"), ("customer", "y")), "begins with the customer"),
        (remark("after", ("agent", "x"), ("agent", "y")), "takes one turn of the agent"),
        (remark("instead", ("customer", "x")), "takes one turn of the agent"),
    ],
)
def test_a_remark_that_cannot_be_spliced_is_named(wrong, problem):
    with pytest.raises(LabelError, match=f"mine.jsonl: remark 'r1'.*{problem}"):
        check_remarks(wrong, "mine.jsonl")
