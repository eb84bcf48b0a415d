"""The page in a real browser: headless Chromium, offline."""

import shutil

import pytest
from report_cases import corpus, evaluation

from callclf.evaluation.report import write_report

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright: callclf[dev]")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs callclf[dev]")

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (apt install chromium)")

# No sandbox: tests may run as root. The others keep the browser from calling its makers.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    data = corpus()
    found = {"closed": evaluation(data, leaked=1), "open": evaluation(data)}
    folder = tmp_path_factory.mktemp("report")
    return write_report(found, folder, texts={"open": data}).html.as_uri()


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def opened(browser, address):
    """Open the page as somebody would; complain of errors and requests when done."""
    contexts, trouble = [], []

    def opened(**options):
        context = browser.new_context(**{"viewport": DESKTOP, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: trouble.append(dialog.message))
        page.on("request", lambda request: trouble.append(request.url))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [text for text in trouble if text not in (address, "data:,")] == []


def test_it_opens_without_errors_requests_or_foreign_scripts(opened):
    page = opened()
    assert page.title() == "How well failures are found"
    assert page.locator("h2").first.inner_text() == "In short"
    assert page.locator("svg").first.is_visible()


def test_the_leak_warning_is_red(opened):
    warning = opened().locator(".leak").first
    assert "LEAK" in warning.inner_text()
    red, green, blue = map(
        int, warning.evaluate("e => getComputedStyle(e).color").strip("rgb()").split(",")
    )
    assert red > 150 > green + blue


def test_a_heading_sorts_its_table_down_then_up_with_missing_values_last(opened):
    page = opened()
    table = page.locator("table", has_text="Failures found, in calls").first
    heading = table.get_by_role("columnheader", name="Average precision")

    def order():
        cells = table.locator("tbody tr td:nth-child(3)")
        shown = [cells.nth(i).get_attribute("data-sort") for i in range(cells.count())]
        return [None if text is None else float(text) for text in shown]

    before = order()
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "descending"
    known = sorted((x for x in before if x is not None), reverse=True)
    assert order() == [*known, None]
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert order() == [*reversed(known), None]
    assert table.locator("tfoot tr th").first.inner_text().startswith("Mean over labels")


def test_a_table_sorts_by_words_from_the_keyboard(opened):
    page = opened()
    table = page.locator("table", has_text="Failures found, in calls").first
    table.get_by_role("button", name="Failure", exact=True).focus()
    page.keyboard.press("Enter")
    heading = table.locator("thead th").first
    assert heading.get_attribute("aria-sort") == "ascending"
    names = table.locator("tbody th").all_inner_texts()
    assert names == sorted(names)
    table.get_by_role("button", name="Recall", exact=True).press("Space")
    assert heading.get_attribute("aria-sort") is None
    assert table.locator("th[aria-sort]").count() == 1


def test_a_mistake_opens_and_shows_hostile_words_as_text(opened):
    page = opened()
    mistake = page.locator("details.mistake").first
    assert not mistake.locator(".call").is_visible()
    mistake.locator("summary").click()
    assert mistake.locator(".call").is_visible()
    assert "<script>document.title = 'owned'</script>" in mistake.inner_text()
    assert page.title() != "owned"
    customer = mistake.locator(".customer").first.bounding_box()
    agent = mistake.locator(".company").first.bounding_box()
    assert customer["x"] < agent["x"]


def test_a_phone_scrolls_tables_in_their_boxes_and_never_the_page(opened):
    page = opened(viewport=PHONE, is_mobile=True, device_scale_factor=2)
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator(".scroll").first.evaluate("e => e.scrollWidth > e.clientWidth")


def test_dark_is_dark_and_light_is_light(opened):
    brightness = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]"
    assert opened(color_scheme="dark").evaluate(brightness) < 50
    assert opened(color_scheme="light").evaluate(brightness) > 200


def test_paper_is_white_has_no_buttons_and_tables_are_not_cut(opened):
    page = opened(color_scheme="dark")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 within its margins
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible()
    assert not page.locator("thead button").first.is_visible()
    cut = page.locator(".scroll").evaluate_all(
        "boxes => boxes.filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_accessibility_check_finds_nothing(opened, scheme):
    page = opened(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    found = axe.Axe().run(page).response["violations"]
    assert [(item["impact"], item["id"], item["nodes"][0]["html"]) for item in found] == []
