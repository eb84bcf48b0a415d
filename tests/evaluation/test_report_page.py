import re

import numpy as np
import pytest
from evaluation_cases import System, corpus_of
from report_cases import corpus, eight_calls, evaluation

from callclf.evaluation import evaluate
from callclf.evaluation.report import write_report


@pytest.fixture(scope="module")
def data():
    return corpus()


@pytest.fixture(scope="module")
def html(tmp_path_factory, data):
    found = {"first <corpus>": evaluation(data, leaked=2), "second": evaluation(data)}
    folder = tmp_path_factory.mktemp("report")
    written = write_report(found, folder, texts={"second": data}, title="A <title>")
    return written.html.read_text()


def page(found, folder):
    return write_report(found, folder).html.read_text()


def row(html, caption, heading):
    """Text of a row's cells, without tags."""
    table = html[html.index(f"<caption>{caption}</caption>") :]
    cells = table[table.index(f">{heading}", table.index("<tbody>")) :]
    cells = cells[: cells.index("</tr>")]
    return [" ".join(re.sub("<[^>]+>", " ", c).split()) for c in cells.split("<td")[1:]]


def test_the_headline_is_said_in_plain_words_with_its_interval(tmp_path):
    html = page(eight_calls(), tmp_path)
    headline = re.search(r'<p class="headline">(.*?)</p>', html)[1]
    # three of the four failing calls stand above the first clean one
    assert headline.startswith("Finds 75 of 100 calls with a failure")
    assert headline.endswith("at 1 false alarm per 100 clean calls.")
    # flagged from 0.5: three of four right ones, and one of the four clean
    assert "finds 75 of 100" in html and "raises 25.0 false alarms per 100 clean calls" in html
    assert "There are only 4 clean calls, so 1 false alarm per 100 means none at all here." in html


def test_the_worst_fifth_is_held_against_random_listening(html):
    assert re.search(r"Of the worst 20 % of the calls, \d+ of 100 .* have a failure, ", html)
    assert "against 48 of 100 at random" in html  # 28 of the 58 calls that were scored
    assert "80 % precision at 50 % recall" in html


def test_whatever_comes_from_data_is_escaped(html):
    assert html.count("<script") == 1
    assert "<img" not in html and "<b>" not in html and "<i>" not in html
    for text in (
        "&lt;script&gt;document.title",
        "first &lt;corpus&gt;",
        "A &lt;title&gt;",
        "Inattention &lt;b&gt;&amp; $x$",
        "&lt;i&gt;north",
        "system &lt;1&gt;",
    ):
        assert text in html


def test_the_page_refers_to_nothing_outside_itself(html):
    references = re.findall(r'(?:src|href)="([^"]*)"', html)
    assert [ref for ref in references if not ref.startswith("#") and ref != "data:,"] == []
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_a_leak_is_warned_of_at_the_top_and_in_its_part(html):
    warning = "LEAK: 2 of the 60 calls were in the training data."
    assert html.count(f'<p class="leak"><strong>first &lt;corpus&gt;: {warning}') == 1
    assert html.count(f'<p class="leak"><strong>{warning}') == 1
    assert "first &lt;corpus&gt; (LEAK)" in html
    assert "second (LEAK)" not in html


def test_a_label_without_positives_says_so_beside_its_false_alarms(html):
    cells = row(html, "Failures found, in calls", "Never there")
    assert cells[0].endswith("0 of 58")
    assert cells[1].endswith("no positives")
    assert re.search(r"\d+\.\d .* to ", cells[6])


def test_slices_of_few_calls_are_grey_and_never_named(html):
    part = html[html.index("<caption>By team") :]
    small = re.search(r'<tr class="muted">.*?</tr>', part, re.DOTALL)[0]
    assert "south" in small and "few calls" in small
    assert re.search(r'<td class="words">\s*</td>\s*</tr>$', small)


def test_calls_that_were_not_scored_are_listed_with_the_reason(html):
    assert "58 of 60 calls were scored" in html
    assert re.search(r"<summary>2 not scored: too short</summary>\s*<p>c7, c8</p>", html)


def test_a_mistake_opens_to_its_call_with_the_turns_marked(html):
    mistake = re.search(r'<details class="mistake">.*?</details>', html, re.DOTALL)[0]
    turns = re.findall(r'<li class="turn ([a-z ]+)">', mistake)
    assert [turn.split()[0] for turn in turns] == ["customer", "company", "nobody", "company"]
    assert re.search(r"0 · customer · [12]:\d\d<", mistake)
    shown = re.search(r'<li class="turn company[^"]* shown.*?</li>', html, re.DOTALL)[0]
    assert "shown by the system" in shown
    marked = re.search(r'<li class="turn company[^"]* marked.*?</li>', html, re.DOTALL)[0]
    assert "marked by annotators" in marked


def test_every_plot_says_what_it_shows_and_ids_are_unique(html):
    plots = re.findall(r"<svg [^>]*>", html)
    assert len(plots) == 2 * (4 + 4 + 3 * 4)  # bars of calls and turns, three curves of 3 + 1
    assert all(re.search(r'role="img" aria-label="[^"]{10,}"', plot) for plot in plots)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    links = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', html)
    assert {a or b for a, b in links} <= set(ids)


def test_plots_have_the_colours_of_the_page_and_no_fonts_of_their_own(html):
    drawn = "".join(re.findall(r"<svg .*?</svg>", html, re.DOTALL))
    assert set(re.findall(r"(?:fill|stroke): ([^;\"]+)", drawn)) <= {
        "none",
        *(f"var(--{name})" for name in ("ink", "muted", "line", "accent", "second", "bar")),
    }
    assert "font-family" not in drawn and "DejaVu" not in drawn


def test_a_system_that_scores_calls_only_gets_a_page_too(tmp_path):
    y = np.array([[1, 0, 0], [0, 0, np.nan], [0, 1, np.nan], [0, 0, np.nan]])
    html = page(evaluate(System(0.3 + 0.4 * np.nan_to_num(y)), corpus_of(y)), tmp_path)
    assert "Turn by turn" not in html
    assert "leaks not checked" in html
    assert "None: nothing was flagged wrongly, and nothing missed." in html


def test_a_system_that_scores_nothing_gets_a_page_that_says_so(tmp_path):
    y = np.zeros((3, 3))
    html = page(evaluate(System(np.full((3, 3), np.nan)), corpus_of(y)), tmp_path)
    assert "How many calls with a failure it finds cannot be said" in html
    assert "3 not scored" in html
