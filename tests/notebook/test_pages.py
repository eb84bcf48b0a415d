"""Tags, lists of tags and models in a real browser, with calls that try to break the page."""

import pytest
from hostile import IMAGE, LONG, SCRIPT, TITLES, hostile_call, hostile_tags

import callclf
from callclf import Transcript, Turn
from callclf.tags import TagsList

SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture(scope="module")
def model():
    return callclf.load("fast")


@pytest.fixture
def outputs(model):
    """Everything that has an HTML of its own, hostile where it can be."""
    unscored = model.tag(Transcript([Turn("customer", IMAGE)], id=SCRIPT))
    several = TagsList([hostile_tags(), unscored, model.tag(hostile_call())])
    things = [hostile_tags(12), several, unscored, model]
    return [thing._repr_html_() for thing in things]


@SCHEMES
def test_nothing_in_a_call_runs_loads_or_breaks_the_page(show, outputs, scheme):
    with show(*outputs, scheme=scheme) as shown:
        page = shown.page
        page.mouse.move(300, 60)
        for summary in page.locator("summary").all():
            summary.click()
        assert page.evaluate("window.broken") is None
        assert (shown.errors, shown.requests) == ([], [])
        assert page.locator("img, iframe, main b, main i").count() == 0
        # What tried to be markup is read as text: in its turn, and quoted by what it carried.
        for text in (SCRIPT, IMAGE, TITLES["odd"]):
            assert page.get_by_text(text, exact=False).first.is_visible()
        assert page.locator("body").is_visible()


@SCHEMES
@pytest.mark.filterwarnings("default")
def test_everybody_can_read_and_use_it(show, outputs, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe")
    with show(*outputs, scheme=scheme) as shown:
        for summary in shown.page.locator("summary").all():
            summary.click()
        # Headings and the names of parts are the notebook's own.
        rules = ("landmark-unique", "page-has-heading-one", "region")
        options = {"rules": {rule: {"enabled": False} for rule in rules}}
        found = axe.Axe().run(shown.page, options=options).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []


@pytest.mark.parametrize("width", [390, 1000])
def test_nothing_is_wider_than_the_page(show, outputs, width):
    with show(*outputs, width=width) as shown:
        for summary in shown.page.locator("summary").all():
            summary.click()
        assert shown.page.get_by_text(LONG[:40], exact=False).first.is_visible()
        assert shown.fits()


def colour(page, selector, what):
    return page.evaluate(
        f"getComputedStyle(document.querySelector({selector!r})).getPropertyValue({what!r})"
    )


def test_a_notebooks_theme_goes_before_the_systems(show, outputs):
    seen = {}
    for theme in ("true", "false"):
        with show(*outputs, scheme="light", body=f"data-jp-theme-light={theme}") as shown:
            seen[theme] = colour(shown.page, ".callclf", "background-color")
    assert seen == {"true": "rgb(255, 255, 255)", "false": "rgb(20, 23, 26)"}


def test_sides_times_flags_and_shading_of_a_conversation(show):
    with show(hostile_tags(12)._repr_html_()) as shown:
        page = shown.page
        customer = page.locator(".turn.customer").first.bounding_box()
        agent = page.locator(".turn.company").first.bounding_box()
        assert customer["x"] < agent["x"]
        evidence = page.locator(".turn.evidence", has_text="that is final")
        assert evidence.locator("time").inner_text() == "1:10"
        said = evidence.locator(".flag").first.inner_text().replace("\u00a0", " ")
        assert said.startswith("Escalation refused 97 %")
        marks = evidence.locator("mark")
        assert "".join(marks.all_inner_texts()) == "There is no<b>manager</b> for this &final"
        assert marks.first.get_attribute("title") == "Escalation refused"
        shade = marks.first.evaluate("mark => getComputedStyle(mark).backgroundColor")
        assert shade != colour(page, ".turn.evidence", "background-color")


def test_long_calls_fold_and_open_by_the_keyboard_without_script(show):
    with show(hostile_tags(40)._repr_html_(), script=False) as shown:
        fold = shown.page.locator(".fold", has_text="without evidence").last
        inside = fold.get_by_text("filler 30")
        assert not inside.is_visible()
        fold.locator("summary").focus()
        shown.page.keyboard.press("Enter")
        assert inside.is_visible()


def test_the_table_sorts_by_numbers_both_ways_and_keeps_what_is_missing_last(show, model, repo):
    calls = callclf.Corpus.load(repo / "data" / "corpus" / "calls.jsonl").calls[:40]
    tags = TagsList([*model.tag(calls), model.tag(Transcript([Turn("customer", "hi")], id="mute"))])
    with show(tags._repr_html_()) as shown:
        head = shown.page.locator("thead th", has_text="Inattention")
        names = shown.page.locator("tbody th bdi")
        by_score = sorted(tags[:-1], key=lambda each: -each["inattention"].probability)
        for order, expected in [("descending", by_score), ("ascending", by_score[::-1])]:
            head.locator("button").click()
            assert head.get_attribute("aria-sort") == order
            assert names.all_inner_texts() == [*(each.id for each in expected), "mute"]


def test_a_long_table_scrolls_in_its_own_frame_under_its_headings(show, model, repo):
    calls = callclf.Corpus.load(repo / "data" / "corpus" / "calls.jsonl").calls[:60]
    with show(model.tag(calls)._repr_html_()) as shown:
        frame, head = shown.page.locator(".tall"), shown.page.locator("thead th").first
        assert frame.evaluate("frame => frame.scrollTop = 1000") == 1000
        inside = frame.bounding_box()
        assert inside["height"] < 700
        assert abs(head.bounding_box()["y"] - inside["y"]) < 3
