"""Times of all formats, turned into seconds.

Every function gives None for None and NaN for a value that is no time, so that `assemble` can say
how many it dropped. No function guesses a unit: each format knows its own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import SupportsFloat

__all__ = ["clock", "from_first", "iso", "scaled"]

_NUMBERS = frozenset({int, float})
_ZONE = re.compile(r" (?:UTC|GMT|([+-]\d\d:?\d\d))$")
"""As databases write it, behind a blank."""

_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,9}))?")


def scaled(value: object, per_second: float = 1.0) -> float | None:
    """Return a number in seconds.

    >>> scaled(2540, 1000)
    2.54

    Parameters
    ----------
    value
        A number, or a string that holds one ("1.25", "1,25").
    per_second
        Units a second: 1000 for milliseconds.
    """
    if type(value) in _NUMBERS:  # nearly always; the protocol below takes a hundred times longer
        return _divided(value, per_second)  # type: ignore[arg-type]
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = value.strip().replace(",", ".")
    if isinstance(value, bool) or not isinstance(value, str | SupportsFloat):
        return math.nan
    return _divided(value, per_second)


def _divided(value: str | SupportsFloat, per_second: float) -> float:
    try:
        return float(value) / per_second
    except (ValueError, OverflowError):
        return math.nan


def clock(value: str) -> float:
    """Return `hh:mm:ss`, `mm:ss`, each perhaps with a fraction, in seconds.

    >>> clock("01:02:03,500"), clock("00:02.240")
    (3723.5, 2.24)
    """
    match = _CLOCK.fullmatch(value.strip())
    if match is None:
        return math.nan
    hours, minutes, seconds, fraction = match.groups(default="0")
    whole = int(hours[:9]) * 3600 + int(minutes) * 60 + int(seconds)
    return float(f"{whole}.{fraction}")


def iso(value: object) -> float | None:
    """Return an ISO 8601 date and time in seconds since 1970; no zone is taken as UTC."""
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(_ZONE.sub(_zone, value.strip()))
        if not isinstance(value, datetime):
            return math.nan
        moment = value
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.timestamp()
    except (ValueError, OverflowError):
        return math.nan


def _zone(match: re.Match[str]) -> str:
    return match[1] or "Z"


def from_first(moments: Sequence[float | None]) -> list[float | None]:
    """Count moments from the earliest, to the microsecond.

    >>> from_first([None, 100.5, 102.0])
    [None, 0.0, 1.5]
    """
    first = min((m for m in moments if m is not None and math.isfinite(m)), default=0.0)
    return [None if moment is None else round(moment - first, 6) for moment in moments]
