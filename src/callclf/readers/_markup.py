"""Words out of HTML, as help desks keep messages."""

from __future__ import annotations

import html
import re

__all__ = ["plain_text"]

_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h\d|/blockquote)\b[^<>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
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
    'Tom & I\\nwait.\\n5 < 6'
    """
    text = _TAG.sub("", _BREAK.sub("\n", _HIDDEN.sub("", markup)))
    lines = (" ".join(line.split()) for line in html.unescape(text).split("\n"))
    return "\n".join(line for line in lines if line)
