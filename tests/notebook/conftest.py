"""A real browser that shows what a notebook would show, and records what it asks for."""

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass
class Shown:
    """A page, and what went wrong on it."""

    page: object
    requests: list = field(default_factory=list)
    errors: list = field(default_factory=list)

    def fits(self):
        """Whether nothing makes the page wider than its window."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )


@pytest.fixture(scope="module")  # a running browser is in the way of other loops
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"needs a browser: one of {', '.join(NAMES)} on the path")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def show(browser):
    """Open HTML outputs below each other, as a notebook would; a context manager."""

    @contextmanager
    def opened(*outputs, scheme="light", body="", script=True, width=1000):
        context = browser.new_context(
            color_scheme=scheme,
            java_script_enabled=script,
            viewport={"width": width, "height": 900},
        )
        page = context.new_page()
        shown = Shown(page)
        page.on("request", lambda request: shown.requests.append(request.url))
        page.on("pageerror", lambda error: shown.errors.append(str(error)))
        page.on(
            "console",
            lambda said: shown.errors.append(said.text) if said.type == "error" else None,
        )
        page.set_content(
            f"<!DOCTYPE html><html lang='en'><title>notebook</title><body {body}><main>"
            f"{'<hr>'.join(outputs)}</main></body></html>"
        )
        try:
            yield shown
        finally:
            context.close()

    return opened
