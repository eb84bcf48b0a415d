"""What a notebook shows of tags and models: HTML that stands alone, in a real browser too."""

import re
import shutil

import pytest

import callclf
from callclf import Corpus, FailureModeClassifier, Transcript, Turn

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
    return callclf.load()


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


def test_what_the_model_shows_of_held_out_calls_is_counted_right(model):
    from callclf.model_view import held_out

    fitted = model.fitted_
    for j, counts in enumerate(held_out(fitted)):
        flagged = fitted.probability[:, j] >= fitted.thresholds[j]
        assert counts.hits == sum(flagged & (fitted.y[:, j] == 1))
        assert counts.positives == sum(fitted.y[:, j] == 1)
        assert counts.false_alarms / counts.clean <= 0.011


# ---- in a browser -----------------------------------------------------------------------------

CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs callclf[browser]")
    if CHROMIUM is None:
        pytest.skip("needs chromium (apt install chromium)")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def opened(browser, tmp_path):
    contexts, trouble = [], []

    def opened(html, **options):
        file = tmp_path / "output.html"
        file.write_text(f"<!doctype html><meta charset=utf-8><title>output</title>{html}")
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda request: trouble.append(request.url))
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert all(entry.startswith("file:") and entry.endswith("output.html") for entry in trouble)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_conversation_opens_without_errors_and_unfolds(model, opened, scheme):
    page = opened(model.tag(CALL)._repr_html_(), color_scheme=scheme)
    assert page.evaluate("window.hacked") is None
    fold = page.locator("details", has_text="without evidence").first
    assert fold.get_attribute("open") is None
    fold.locator("summary").click()
    assert fold.get_attribute("open") is not None
    assert page.get_by_text("and another thing 3", exact=False).first.is_visible()


def test_the_table_sorts_by_a_column(model, opened, repo):
    calls = Corpus.load(repo / "data" / "corpus" / "calls.jsonl").calls[:12]
    page = opened(model.tag(calls)._repr_html_())
    rows = page.locator("tbody tr")
    before = rows.all_inner_texts()
    header = page.locator("thead th", has_text="Turns")
    header.locator("button").click() if header.locator("button").count() else header.click()
    after = rows.all_inner_texts()
    assert sorted(before) == sorted(after) and before != after
    assert header.get_attribute("aria-sort") in ("ascending", "descending")


def test_at_a_phones_width_nothing_overflows_the_page(model, opened):
    page = opened(model.tag(CALL)._repr_html_(), viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
