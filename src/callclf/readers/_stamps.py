"""Times before a line of text, in the ways in which people and programs write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from callclf.readers.times import clock, from_first, iso

__all__ = ["Stamp", "seconds", "split_stamp"]

_CLOCK = r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,3})?)?"
_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d|[ ]UTC)?"
_STAMP = re.compile(
    rf"""
    \s*[\[(]?[ ]*
    (?:(?P<moment>{_ISO})
    |(?:(?P<date>\d{{1,4}}[/.]\d{{1,2}}[/.]\d{{1,4}}),?[ ])?
     (?P<clock>{_CLOCK})(?:[ \u00a0\u202f]?(?P<half>[AaPp])\.?[Mm]\.?)?
     (?:\s*(?:-|\u2013|-->)\s*{_CLOCK})?
    |(?P<passed>(?:\d{{1,3}}h[ ])?(?:\d{{1,3}}m[ ])?\d{{1,3}}s))
    [ ]*(?P<closed>[\])])?\s*(?:[-\u2013|][ ]+)?(?=\S|$)
    """,
    re.VERBOSE,
)
_UNITS = {"h": 3600, "m": 60, "s": 1}


class Stamp(NamedTuple):
    """A time as it stands: at most one of a moment, seconds, or seconds of a day."""

    moment: float | None = None
    passed: float | None = None
    date: str | None = None
    of_day: float | None = None


def split_stamp(line: str) -> tuple[Stamp | None, str]:
    """Take the time off the beginning of a line.

    >>> split_stamp("[00:01:05] Agent: Hello")
    (Stamp(moment=None, passed=65.0, date=None, of_day=None), 'Agent: Hello')

    Parameters
    ----------
    line
        One line of text.
    """
    match = _STAMP.match(line)
    if match is None:
        return None, line
    opened = line.lstrip()[:1] in "[("
    if opened != (match["closed"] is not None):
        return None, line
    stamp = _stamp(match)
    # "10:30 Agent: ..." without brackets or seconds is more likely what is said.
    if not opened and match["clock"] and match["clock"].count(":") < 2 and stamp.of_day is None:
        return None, line
    return (stamp, line[match.end() :]) if opened or not match["passed"] else (None, line)


def _stamp(match: re.Match[str]) -> Stamp:
    if match["moment"]:
        return Stamp(moment=iso(match["moment"]))
    if match["passed"]:
        parts = match["passed"].split()
        return Stamp(passed=float(sum(int(p[:-1]) * _UNITS[p[-1]] for p in parts)))
    time = clock(match["clock"])
    if match["clock"].count(":") == 1 and (match["date"] or match["half"]):
        time *= 60  # hours and minutes, where a day is meant
    if match["half"]:
        time = time % 43_200 + (43_200 if match["half"] in "Pp" else 0)
    if match["date"] or match["half"]:
        return Stamp(date=match["date"], of_day=time)
    return Stamp(passed=time)


def seconds(stamps: Sequence[Stamp | None]) -> list[float | None]:
    """Return the times in seconds from the start of the call.

    Moments, and times of one day, are counted from the first. Which day another one is, is not
    guessed: then there are no times.
    """
    there = [stamp for stamp in stamps if stamp is not None]
    if any(stamp.moment is not None for stamp in there):
        return from_first([stamp.moment if stamp else None for stamp in stamps])
    if any(stamp.of_day is not None for stamp in there):
        if len({stamp.date for stamp in there}) > 1:
            return [None] * len(stamps)
        return from_first([stamp.of_day if stamp else None for stamp in stamps])
    return [stamp.passed if stamp else None for stamp in stamps]
