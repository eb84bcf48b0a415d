"""What would be read, for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from callclf.errors import ReadError
from callclf.preview import Preview
from callclf.transcript import Role, Turn

__all__ = ["print_preview", "print_reading"]

_LONGEST = 160
"""Characters of a turn shown."""

_STYLES = {Role.AGENT: "cyan", Role.BOT: "cyan", Role.CUSTOMER: "green", Role.UNKNOWN: "yellow"}


def print_reading(
    results: Iterable[Preview | ReadError], console: Console, *, calls: int = 3, turns: int = 5
) -> int:
    """Print the first calls and every error, then a count; return the errors.

    Parameters
    ----------
    results
        Previews, and errors in the places of the calls that could not be read.
    console
        Where to print.
    calls, turns
        How many calls to show, and how many turns of each.
    """
    read = 0
    not_scored: Counter[str] = Counter()
    errors = 0
    for result in results:
        if isinstance(result, ReadError):
            errors += 1
            console.print(Text("unreadable: ", "bold red") + Text(str(result)), soft_wrap=True)
            continue
        read += 1
        if result.not_scored:
            # What comes after the colon is about this one call.
            not_scored[result.not_scored.partition(":")[0]] += 1
        if read <= calls:
            print_preview(result, console, turns=turns)
            console.print()
    parts = [f"{read - not_scored.total():,} would be scored"]
    parts += [f"{count:,} would not ({why})" for why, count in not_scored.most_common()]
    parts += [f"{errors:,} unreadable"] if errors else []
    total = f"{_count(read + errors, 'call')}: {', '.join(parts)}"
    console.print(total, highlight=False, soft_wrap=True)
    return errors


def print_preview(shown: Preview, console: Console, *, turns: int = 5) -> None:
    """Print what a call looks like once it is read.

    Parameters
    ----------
    shown
        The call's preview.
    console
        Where to print.
    turns
        How many turns to show, from the first.
    """
    call = shown.call
    channel = f", {call.channel}" if call.channel else ""
    head = f"{call.id or '(no id)'}: {shown.format}{channel}, {_count(len(call), 'turn')}"
    console.print(Text(head + _times(shown), "bold"), soft_wrap=True)
    console.print(_speakers(shown))
    for turn in call.turns[:turns]:
        console.print(_turn(turn), soft_wrap=True)
    if len(call) > turns:
        console.print(Text(f"  … and {_count(len(call) - turns, 'turn')} more", "dim"))
    for warning in shown.warnings:
        console.print(Text("warning: ", "yellow") + Text(warning), soft_wrap=True)
    if shown.not_scored:
        console.print(Text("not scored: ", "bold red") + Text(shown.not_scored), soft_wrap=True)
        console.print(Text("what to do: ", "bold") + Text(shown.advice or ""), soft_wrap=True)
    else:
        console.print(Text("would be scored", "bold green"))


def _times(shown: Preview) -> str:
    if shown.begins is None or shown.ends is None:
        return ", no times"
    partly = "" if shown.timed == len(shown.call) else f" ({shown.timed} turns have a start)"
    return f", {_clock(shown.begins)} to {_clock(shown.ends)}{partly}"


def _speakers(shown: Preview) -> Table:
    table = Table(show_edge=False, box=None, header_style="dim", pad_edge=True)
    for name in ("role", "speaker"):
        table.add_column(name)
    for name in ("turns", "words"):
        table.add_column(name, justify="right")
    for speaker in shown.speakers:
        role = Text(speaker.role.value, _STYLES.get(speaker.role, "dim"))
        counts = f"{speaker.turns:,}", f"{speaker.words:,}"
        table.add_row(role, escape(speaker.name or "-"), *counts)
    return table


def _turn(turn: Turn) -> Text:
    text = " ".join(turn.text.split())
    if len(text) > _LONGEST:
        text = text[:_LONGEST] + "…"
    when = "" if turn.start is None else f"{_clock(turn.start)} "
    role = Text(f"{turn.role.value}: ", _STYLES.get(turn.role, "dim"))
    return Text(f"  {turn.source_index} {when}", "dim") + role + Text(text)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
