"""Numbers as people read them."""

from __future__ import annotations

__all__ = ["clock", "counted", "percent"]

_SPACE = "\N{NO-BREAK SPACE}"


def percent(share: float) -> str:
    r"""Write a share in per cent; never 0 or 100 for what is only near them.

    >>> percent(0.937), percent(0.9991), percent(0.0002), percent(1.0)
    ('94\xa0%', 'over\xa099\xa0%', 'under\xa01\xa0%', '100\xa0%')
    """
    if 0 < share < 0.005:
        return f"under{_SPACE}1{_SPACE}%"
    if 0.995 <= share < 1:
        return f"over{_SPACE}99{_SPACE}%"
    return f"{100 * share:.0f}{_SPACE}%"


def clock(seconds: float) -> str:
    """Write seconds from the start of a call as a clock does.

    >>> clock(65.4), clock(3661)
    ('1:05', '1:01:01')
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def counted(number: int, what: str) -> str:
    """Write how many there are.

    >>> counted(1, "turn"), counted(1200, "turn")
    ('1 turn', '1,200 turns')
    """
    return f"{number:,} {what}{'s' * (number != 1)}"
