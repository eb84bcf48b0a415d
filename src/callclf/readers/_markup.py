"""Words out of HTML, as help desks keep messages."""

from __future__ import annotations

import html
import re

__all__ = ["plain_text"]

_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h\d|/blockquote)\b[^<>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(?:(script|style)\b[^<>]*>|!--)", re.IGNORECASE)
_ENDS = {
    None: re.compile("-->"),
    "script": re.compile(r"</script\s*>", re.IGNORECASE),
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
}
# By name, so that "<redacted>" and "a <b" stay words.
_TAG = re.compile(
    r"</?(?:a|abbr|b|blockquote|body|br|button|center|code|div|em|font|h[1-6]|head|hr|html|i|img|li"
    r"|link|meta|ol|p|pre|q|s|section|small|span|strong|sub|sup|table|tbody|td|tfoot|th|thead|title"
    r"|tr|u|ul|video)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def plain_text(markup: str) -> str:
    r"""Return the words of a piece of HTML, a line for each block; entities become characters.

    >>> plain_text("<p>Tom &amp; I<br>wait.</p><p>5 < 6</p>")
    'Tom & I\nwait.\n5 < 6'
    """
    text = _TAG.sub("", _BREAK.sub("\n", _shown(markup)))
    lines = (" ".join(line.split()) for line in html.unescape(text).split("\n"))
    return "\n".join(line for line in lines if line)


def _shown(markup: str) -> str:
    """Return the markup without comments, scripts and styles, which may end with it unclosed.

    Searched from one to the next: a single pattern takes time that grows with the square of the
    length where many are opened and none is closed.
    """
    shown, place = [], 0
    while (begin := _HIDDEN.search(markup, place)) is not None:
        shown.append(markup[place : begin.start()])
        kind = begin[1]
        end = _ENDS[kind.lower() if kind else None].search(markup, begin.end())
        place = end.end() if end else len(markup)
    return "".join([*shown, markup[place:]])
