"""Plots: what they draw, that they can be read, and that they stand in a real notebook page."""

import base64
import io
import subprocess
import sys

import numpy as np
import pytest

import callclf
from callclf import CallLabels, Corpus, Transcript, Turn
from callclf.drawing import ON_WHITE
from callclf.errors import LabelError
from callclf.plot.rates import Rate
from callclf.tags import Evidence, Span, Tag, Tags

matplotlib = pytest.importorskip("matplotlib", reason="needs the extra [plot]")
pytest.importorskip("matplotlib.image")

GOOD = "Of course, I will arrange that for you right now. Is there anything else?"
BAD = "There is no supervisor, they would tell you the same."
ODD = "Cash $1 & $2 <b>\n\ud83d" + "W" * 80


def call(number, answer, **meta):
    turns = [Turn("customer", "Put me through to a supervisor."), Turn("agent", answer)]
    return Transcript(turns, id=str(number), meta=meta)


@pytest.fixture(scope="module")
def model():
    return callclf.load("fast").warm_up()


@pytest.fixture(scope="module")
def tags(model):
    """30 calls: every second of the first queue and every fifth of the second are flagged."""
    calls = [
        *(
            call(i, BAD if i % 2 else GOOD, queue="a", date=f"2026-01-{i + 1:02}")
            for i in range(20)
        ),
        *(call(20 + i, GOOD if i % 5 else BAD, queue=ODD, date=None) for i in range(10)),
        Transcript([Turn("customer", "Hello?")], id="mute", meta={"queue": "a"}),
    ]
    return [tagged(each) for each in calls[:-1]] + [model.tag(calls[-1])]


def tagged(call):
    """Tags made by hand, so that the shipped model may change."""
    bad = call.turns[1].text == BAD
    words = [Span(9, 22, "no supervisor", 1.0)]
    shown = [Evidence(1, 1, BAD, 0.97, None, None, tuple(words))] if bad else []
    found = Tag("escalation_refused", "Escalation refused", 0.94 if bad else 0.02, 0.5,
                "flagged" if bad else "clear", tuple(shown))  # fmt: skip
    clear = Tag("rudeness", "Rudeness", 0.04, 0.4, "clear")
    scores = np.array([[0.01, 0.97 if bad else 0.01]])
    return Tags(call, (clear, found), None, np.array([1]), scores, "m-1")


@pytest.fixture(scope="module")
def evaluation(model):
    calls = [call(i, BAD if i % 3 == 0 else GOOD) for i in range(60)]
    labels = [CallLabels(("escalation_refused",) if i % 3 == 0 else ()) for i in range(60)]
    return callclf.evaluate(model, Corpus(tuple(calls), tuple(labels)), n_resamples=100)


@pytest.fixture
def figures(tags, evaluation, model):
    timed = [Turn("customer", "Hello?", None, 0.0, 2.0), Turn("agent", BAD, None, 3.0, 7.0)]
    return {
        "rates": callclf.plot.rates(tags, "queue"),
        "one rate": callclf.plot.rates(tags, "queue", ["escalation_refused"]),
        "over time": callclf.plot.rates_over_time(tags),
        "precision-recall": callclf.plot.precision_recall(evaluation),
        "turns": callclf.plot.precision_recall(evaluation, ["any failure"], unit="turn"),
        "calibration": callclf.plot.calibration(evaluation),
        "budget": callclf.plot.budget(evaluation, ["escalation_refused"]),
        "timeline": callclf.plot.timeline(tags[1]),
        "timeline in seconds": callclf.plot.timeline(model.tag(Transcript(timed))),
    }


def panel(figure, title):
    return next(a for a in figure.axes if a.get_visible() and a.get_title("left").startswith(title))


def points(axes, marker="o"):
    """Places of all markers of one kind."""
    lines = [line for line in axes.lines if line.get_marker() == marker]
    return [(x, y) for line in lines for x, y in zip(*line.get_data(), strict=True)]


# ---- what is drawn ----------------------------------------------------------------------------


def test_rates_are_shares_of_the_scored_calls_of_each_value(tags):
    figure = callclf.plot.rates(tags, "queue")
    axes = panel(figure, "Escalation refused")
    assert points(axes) == [(0.5, 0), (0.2, 1)]
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert names[0] == "a (20)" and names[1].startswith("Cash $1") and names[1].endswith("… (10)")
    assert axes.lines[0].get_xdata()[0] == pytest.approx(12 / 30)
    assert "1 not scored" in figure.get_supxlabel()


def test_the_interval_is_wilsons():
    # Newcombe, Statistics in Medicine 17 (1998), 857-872: 81 of 263.
    from types import SimpleNamespace

    calls = [SimpleNamespace(labels=["x"] if i < 81 else []) for i in range(263)]
    rate = Rate.of(calls, "x")
    assert (rate.low, rate.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_rates_over_time_are_by_period_and_break_where_there_are_no_calls():
    dates = ["2026-01-05", "2026-01-11T23:30:00Z", "2026-01-12T00:30:00+01:00", "2026-01-26"]
    found = [tagged(call(i, BAD, date=date)) for i, date in enumerate(dates)]
    axes = panel(callclf.plot.rates_over_time(found), "Escalation refused")
    weeks = [str(np.datetime64(x, "D")) for x, _ in points(axes)]
    assert weeks == ["2026-01-05", "2026-01-26"]  # in UTC the third is a Sunday
    assert np.isnan(axes.lines[0].get_ydata()).tolist() == [False, True, True, False]
    days = callclf.plot.rates_over_time(found, every="day", labels=["escalation_refused"])
    assert len(points(days.axes[0])) == 3


@pytest.mark.parametrize("date", ["2026-03-31", "2026-03-31T09:30:00Z", 1774949400, 1774949400.5])
def test_dates_are_taken_in_any_unambiguous_form(date):
    figure = callclf.plot.rates_over_time([tagged(call(1, BAD, date=date))], every="month")
    assert str(np.datetime64(points(figure.axes[0])[0][0], "D")) == "2026-03-01"


def test_curves_are_those_of_the_evaluation(evaluation):
    column = evaluation.call["escalation_refused"]
    figure = callclf.plot.precision_recall(evaluation, ["escalation_refused"])
    (axes,) = figure.axes
    assert points(axes, "D") == [(column["recall"].value, column["precision"].value)]
    assert f"{column['average_precision'].value:.2f}" in axes.get_title("left")
    shares = [(bin.probability, bin.share) for bin in column.curves.calibration]
    drawn = points(callclf.plot.calibration(evaluation, ["escalation_refused"]).axes[0])
    assert drawn == shares
    assert len(callclf.plot.budget(evaluation).axes) >= 9


def test_a_timeline_marks_the_evidence_where_it_was_said(tags):
    bad = tags[1]
    axes = panel(callclf.plot.timeline(bad), "Escalation refused")
    item = bad["escalation_refused"].evidence[0]
    assert points(axes, "D") == [(item.turn, pytest.approx(item.score))]


# ---- what is asked for wrongly ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (lambda p, t, e: p.rates(t, "team"), "unknown key 'team'.*queue"),
        (lambda p, t, e: p.rates(t, "queue", ["rudness"]), "did you mean 'rudeness'"),
        (lambda p, t, e: p.rates([], "queue"), "none of the 0 calls was scored"),
        (lambda p, t, e: p.rates(t[-1:], "queue"), "none of the 1 calls was scored"),
        (lambda p, t, e: p.rates_over_time(t, "queue"), "'a', which is no date.*ISO 8601"),
        (lambda p, t, e: p.rates_over_time(t, every="year"), "unknown period 'year'"),
        (lambda p, t, e: p.precision_recall(e, ["x"]), "unknown label 'x'"),
        (lambda p, t, e: p.calibration(e, unit="word"), "unknown unit 'word'"),
        (lambda p, t, e: p.timeline(t[-1]), "not scored: no agent turn"),
        (lambda p, t, e: p.timeline(t[0], ["x"]), "unknown label 'x'"),
    ],
)
def test_what_cannot_be_drawn_is_said(tags, evaluation, ask, problem):
    with pytest.raises(LabelError, match=problem):
        ask(callclf.plot, tags, evaluation)


def test_without_matplotlib_the_error_names_the_extra(repo):
    script = (
        "import sys; sys.modules['matplotlib'] = None; import callclf\n"
        "call = callclf.read('Customer: Where is my order?\\nAgent: It left the warehouse now.')\n"
        "tags = callclf.load('fast').tag([call])\n"
        "try: callclf.plot.rates(tags, 'channel')\n"
        "except callclf.errors.MissingExtraError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=repo)
    assert "pip install 'callclf[plot]'" in done.stdout, done.stderr


def test_pyplot_is_left_alone(repo):
    script = (
        "import sys, callclf\n"
        "call = callclf.read('Customer: Where is my order?\\nAgent: It left the warehouse now.')\n"
        "tags = callclf.load('fast').tag([call])\n"
        "figure = callclf.plot.rates(tags, 'channel'); figure._repr_png_()\n"
        "import matplotlib.figure\n"
        "print('matplotlib.pyplot' in sys.modules, isinstance(figure, matplotlib.figure.Figure))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=repo)
    assert done.stdout.split() == ["False", "True"], done.stderr


# ---- how it looks -----------------------------------------------------------------------------


def words(figure):
    """All texts that are drawn, with their boxes in pixels."""
    figure.draw_without_rendering()
    texts = [figure._supxlabel]
    for axes in [axes for axes in figure.axes if axes.get_visible()]:
        texts += [*axes.texts, axes._left_title, axes.xaxis.label, axes.yaxis.label]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            texts += [tick.label1 for tick in ticks]
    drawn = [text for text in texts if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent()) for text in drawn]


def test_all_words_are_inside_the_figure_and_none_lie_on_others(figures):
    for name, figure in figures.items():
        edges, boxes = figure.bbox.padded(1), words(figure)
        assert len(boxes) >= 3, name
        for i, (text, box) in enumerate(boxes):
            assert edges.x0 <= box.x0 and box.x1 <= edges.x1, (name, text)
            assert edges.y0 <= box.y0 and box.y1 <= edges.y1, (name, text)
            assert [other for other, its in boxes[:i] if _overlap(box, its)] == [], (name, text)


def _overlap(a, b):
    return min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1


# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision
# deficiency", IEEE TVCG 15(6), 2009, severity 1.0.
VISIONS = {
    "full": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour):
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISIONS)
def test_colours_are_told_apart_by_everybody(vision):
    names = ("accent", "second", "bar", "ink")
    labs = {n: lab(np.array(VISIONS[vision]) @ linear(getattr(ON_WHITE, n))) for n in names}
    for a, b in [("accent", "second"), ("accent", "bar"), ("second", "ink"), ("accent", "ink")]:
        assert np.linalg.norm(labs[a] - labs[b]) > 20, (a, b)


def test_words_and_marks_stand_out_from_the_paper():
    for name in ("ink", "muted", "accent", "second"):
        luminance = linear(getattr(ON_WHITE, name)) @ [0.2126, 0.7152, 0.0722]
        assert 1.05 / (luminance + 0.05) > 4.5, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_notebook_page_shows_every_figure(show, figures, scheme):
    pictures = {name: figure._repr_png_() for name, figure in figures.items()}
    outputs = [
        f'<img alt="{name}" width="{meta["width"]}" '
        f'src="data:image/png;base64,{base64.b64encode(data).decode()}">'
        for name, (data, meta) in pictures.items()
    ]
    with show(*outputs, scheme=scheme, width=1100) as shown:
        sizes = shown.page.eval_on_selector_all(
            "img", "all => all.map(each => [each.naturalWidth, each.width])"
        )
        assert shown.errors == []
        assert all(natural == 2 * width and 300 < width < 1100 for natural, width in sizes)
        # Opaque: its words are dark on white also on a dark page.
        shot = shown.page.locator("img").first.screenshot()
        assert matplotlib.image.imread(io.BytesIO(shot), format="png")[2, 2, :3].min() > 0.99
