"""Names of fields in Google's JSON, which its Python clients write in another way."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["camel"]

_AFTER_MARK = re.compile(r"_([a-z])")


def camel(value: Any) -> Any:
    """Return parsed JSON with all names as the interface itself has them.

    >>> camel({"transcript_segments": [{"channel_tag": 1}]})
    {'transcriptSegments': [{'channelTag': 1}]}
    """
    if isinstance(value, list):
        return [camel(part) for part in value]
    if isinstance(value, dict):
        return {_AFTER_MARK.sub(_upper, name): camel(part) for name, part in value.items()}
    return value


def _upper(match: re.Match[str]) -> str:
    return match[1].upper()
