"""Calls that try to break a page, with tags made by hand so that every part of a page is shown."""

import numpy as np

from callclf import Transcript, Turn
from callclf.tag import Evidence, Span, Tag
from callclf.tags import Tags

SCRIPT = "<script>window.broken = 1</script>"
IMAGE = '<img src="https://example.org/x.png" onerror="window.broken = 2">'
CLOSING = "</p></li></ol></article></div><style>body{display:none}</style></style>"
ATTRIBUTE = '" onmouseover="window.broken = 3" x="'
TEMPLATE = "{{ 7 * 7 }} {% raw %} ${1} &lt;b&gt; &amp;"
LONG = "W" * 600
ARABIC = "مرحبا، أريد التحدث إلى المدير من فضلك."
EMOJI = "👩‍👩‍👧‍👦 🇨🇭 e\u0301 ✅"
OVERRIDE = "\u202etxet desrever\u202c \u2066 left open"
BROKEN = "half a character \ud83d, a bell \x07, and a zero \x00."
REFUSAL = "There is no <b>manager</b> for this & that is final."

TEXTS = [SCRIPT, IMAGE, CLOSING, ATTRIBUTE, TEMPLATE, LONG, ARABIC, EMOJI, OVERRIDE, BROKEN]
TITLES = {
    "rudeness": "Rudeness",
    "escalation_refused": "Escalation refused",
    "odd": "<i>Odd</i> & 'quoted' \"label\"",
}


def hostile_call(n_filler=0):
    """A call of hostile texts, the customer's and the agent's in turn, with filler at the end."""
    texts = [*TEXTS, REFUSAL, *(f"filler {i}" for i in range(n_filler))]
    roles = ["customer", "agent"]
    turns = [
        Turn(
            roles[i % 2] if i != 10 else "agent",
            text,
            f"{ATTRIBUTE}{i}" if i < 2 else None,
            i * 7.0,
        )
        for i, text in enumerate(texts)
    ]
    return Transcript(turns, id=f"{SCRIPT}{ATTRIBUTE}", channel=IMAGE)


def span(text, words, weight=1.0):
    start = text.index(words)
    return Span(start, start + len(words), words, weight)


def evidence(call, turn, score, *words):
    item = call.turns[turn]
    spans = tuple(span(item.text, each) for each in words)
    return Evidence(turn, item.source_index, item.text, score, item.start, item.end, spans)


def tagged(call, tags):
    turns = np.array(call.scored_turns())
    return Tags(call, tuple(tags), None, turns, np.full((len(turns), len(tags)), 0.1), "m-1")


def hostile_tags(n_filler=0):
    """All of the hostile call's labels: one flagged, one clear, one unsure."""
    call = hostile_call(n_filler)
    return tagged(
        call,
        [
            Tag("rudeness", TITLES["rudeness"], 0.04, 0.42, "clear"),
            Tag(
                "escalation_refused",
                TITLES["escalation_refused"],
                0.94,
                0.31,
                "flagged",
                (
                    evidence(call, 10, 0.97, "There is no", "<b>manager</b>", "final"),
                    evidence(call, 1, 0.52),
                ),
            ),
            Tag(
                "odd",
                TITLES["odd"],
                0.48,
                0.5,
                "unsure",
                (evidence(call, 10, 0.6, "<b>manager</b> for this &"),),
            ),
        ],
    )
