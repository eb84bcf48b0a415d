"""What a notebook shows of tags and models: HTML that stands alone."""

import re

import pytest

import callclf
from callclf import FailureModeClassifier, Transcript, Turn

HOSTILE = "<script>window.hacked = 1</script><img src=x onerror='window.hacked=1'> & \"quotes\""
CALL = Transcript(
    [
        Turn("customer", f"Hello {HOSTILE}", start=0.0),
        Turn("agent", "Good morning, how can I help you today?", start=4.0),
        *(
            Turn(role, f"{text} {i}", start=10.0 + i)
            for i in range(12)
            for role, text in [("customer", "and another thing"), ("agent", "of course, I see")]
        ),
        Turn("customer", "Put me through to a supervisor.", start=60.0),
        Turn(
            "agent", f"There is no supervisor, they would tell you the same. {HOSTILE}", start=65.0
        ),
        Turn("customer", "مرحبا 👋🏽 " + "longword" * 60, start=70.0),
    ],
    id="<b>bold</b>",
    meta={"queue": "x"},
)


@pytest.fixture(scope="module")
def model():
    return callclf.load("fast")


def text_of(html):
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_a_tagged_call_shows_label_probability_evidence_and_folds_the_rest(model):
    html = model.tag(CALL)._repr_html_()
    text = text_of(html)
    assert "Escalation refused" in text and "over 99" in text.replace("\u00a0", " ")
    assert "<details" in html and "without evidence" in text
    marked = re.findall(r"<mark[^>]*>(.*?)</mark>", html, flags=re.DOTALL)
    assert "supervisor" in " ".join(marked)


def test_text_from_a_call_is_never_markup(model):
    for html in (model.tag(CALL)._repr_html_(), model.tag([CALL])._repr_html_()):
        assert "<script>window" not in html and "<img" not in html and "<b>bold" not in html
        assert "&lt;b&gt;bold" in html
        assert not re.search(r"(src|href)\s*=\s*[\"']?https?:", html)


def test_several_calls_are_a_list_that_shows_as_a_table(model):
    several = model.tag([CALL, Transcript([Turn("customer", "hi")], id="mute")])
    assert (
        isinstance(several, list) and repr(several) == "TagsList(2 calls: 1 flagged, 1 not scored)"
    )
    text = text_of(several._repr_html_())
    assert "no agent turn" in text and "Escalation refused" in text
    assert repr(several[:1]) == "TagsList(1 call: 1 flagged)"


def test_an_unscored_call_says_why(model):
    html = model.tag(Transcript([Turn("unknown", "hello", "spk_0")], id="u"))._repr_html_()
    assert "not scored" in text_of(html).lower() and "spk_0" in html


def test_a_model_shows_labels_thresholds_data_and_figures(model):
    text = text_of(model._repr_html_())
    assert model.version in text and "Written calls" in text and "writer w6" in text
    for label in model.taxonomy_:
        assert label.title in text
    assert FailureModeClassifier()._repr_html_() is None


def test_what_is_printed_is_short(model):
    call = model.tag(CALL)
    for thing in (CALL, call, call["rudeness"], model, model.taxonomy_, model.policy_):
        assert len(repr(thing)) < 200, repr(thing)


def test_a_speaker_who_is_called_by_the_role_is_named_once(model):
    call = Transcript([Turn("customer", "Hello?", "Customer"), Turn("agent", "Hi!", "Dana")])
    text = text_of(model.tag(call)._repr_html_())
    assert "Customer · turn 0" in text and "Agent Dana · turn 1" in text


def test_calls_without_times_have_no_column_for_lengths(model):
    timeless = Transcript([Turn(turn.role, turn.text) for turn in CALL.turns])
    assert "Length" not in text_of(model.tag([timeless])._repr_html_())
    assert "Length" in text_of(model.tag([timeless, CALL])._repr_html_())


def test_what_the_model_shows_of_held_out_calls_is_counted_right(model):
    from callclf.model_view import held_out

    fitted = model.fitted_
    for j, counts in enumerate(held_out(fitted)):
        flagged = fitted.probability[:, j] >= fitted.thresholds[j]
        assert counts.hits == sum(flagged & (fitted.y[:, j] == 1))
        assert counts.positives == sum(fitted.y[:, j] == 1)
        assert counts.false_alarms / counts.clean <= 0.011
