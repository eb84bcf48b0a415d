"""What a call's `meta` may hold: plain values that are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["plain"]


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are words or numbers, and leave out the rest.

    >>> plain({"language": "en", "duration": None, "tags": []})
    {'language': 'en'}
    """
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, str | int | float) and value != ""
    }
