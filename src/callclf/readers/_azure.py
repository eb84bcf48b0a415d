"""What the speech services of Azure write alike: times in three units, alternatives, languages."""

from __future__ import annotations

import math
import re
from typing import Any

from callclf.readers.fields import string
from callclf.readers.times import scaled

__all__ = ["TICKS", "best_text", "locale", "span"]

TICKS = 10_000_000
"""Ticks a second: one is 100 ns."""

_DURATION = re.compile(r"P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?")


def span(part: dict[str, Any]) -> tuple[float | None, float | None]:
    """Return start and end in seconds, from ticks, milliseconds or ISO 8601 durations.

    >>> span({"offset": "PT1M3.5S", "duration": "PT2S"})
    (63.5, 65.5)
    >>> span({"offsetInTicks": 1100000.0, "durationInTicks": 31600000.0})
    (0.11, 3.27)
    """
    start, length = _seconds(part, "offset"), _seconds(part, "duration")
    if start is None or length is None:
        return start, None
    return start, round(start + length, 7)


def _seconds(part: dict[str, Any], name: str) -> float | None:
    if part.get(f"{name}InTicks") is not None:
        return scaled(part[f"{name}InTicks"], TICKS)
    if part.get(f"{name}Milliseconds") is not None:
        return scaled(part[f"{name}Milliseconds"], 1000)
    value = part.get(name)
    if not isinstance(value, str):
        return scaled(value, TICKS)
    match = _DURATION.fullmatch(value.strip())
    if match is None or not any(match.groups()):
        return math.nan
    days, hours, minutes, seconds = (scaled(group) or 0.0 for group in match.groups())
    return days * 86400 + hours * 3600 + minutes * 60 + seconds


def best_text(part: dict[str, Any], where: str) -> str | None:
    """Return the most readable form there is: display, else with numbers, else as spoken.

    Raises
    ------
    ReadError
        If one of them is no string.
    """
    texts = [string(part.get(name), f"{where}.{name}") for name in ("display", "itn", "lexical")]
    return next((text for text in texts if text), None)


def locale(parts: list[dict[str, Any]]) -> str | None:
    """Return the first language that a part names."""
    return next((p["locale"] for p in parts if isinstance(p.get("locale"), str)), None)
