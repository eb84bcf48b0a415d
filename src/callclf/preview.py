"""What would be read: who speaks how much, when, with which warnings, and whether it is scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callclf.eligibility import MAX_TURNS, why_not_scored
from callclf.errors import ReadError
from callclf.features.ngrams import iter_word_spans
from callclf.readers import iter_read
from callclf.transcript import Role, Transcript

__all__ = ["Preview", "Speaker", "preview", "recognised"]

_NATIVE = "callclf"


@dataclass(frozen=True, slots=True)
class Speaker:
    """One speaker in one role.

    Parameters
    ----------
    role
        The role.
    name
        What the source calls the speaker, or None.
    turns, words
        How many of each.
    """

    role: Role
    name: str | None
    turns: int
    words: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a call looks like once it is read.

    Parameters
    ----------
    call
        The call.
    format
        Name of the reader.
    speakers
        In the order in which they first speak.
    begins, ends
        First and last time in it, in seconds from the start of the call, or None.
    timed
        Turns that have a start.
    warnings
        What the reader had to leave out or could not tell.
    not_scored
        Why the call would not be scored, or None if it would.
    advice
        What to do about it, or None.
    """

    call: Transcript
    format: str
    speakers: tuple[Speaker, ...]
    begins: float | None
    ends: float | None
    timed: int
    warnings: tuple[str, ...]
    not_scored: str | None
    advice: str | None

    def to_dict(self, *, turns: int | None = 5) -> dict[str, Any]:
        """Return everything as plain JSON data.

        Parameters
        ----------
        turns
            How many turns to include, from the first; None for all.
        """
        return {
            "id": self.call.id,
            "format": self.format,
            "channel": self.call.channel,
            "turns": len(self.call),
            "speakers": [
                {"role": s.role.value, "speaker": s.name, "turns": s.turns, "words": s.words}
                for s in self.speakers
            ],
            "begins": self.begins,
            "ends": self.ends,
            "timed": self.timed,
            "warnings": list(self.warnings),
            "not_scored": self.not_scored,
            "advice": self.advice,
            "first_turns": [turn.to_dict() for turn in self.call.turns[:turns]],
        }


def preview(call: Transcript, format: str | None = None) -> Preview:
    """Summarise a call as it was read.

    Parameters
    ----------
    call
        What `read` or `iter_read` returned.
    format
        Name of the reader; None for what the reader noted in `meta`.
    """
    times = [t for turn in call.turns for t in (turn.start, turn.end) if t is not None]
    why = why_not_scored(call)
    warnings = call.meta.get("warnings", ())
    return Preview(
        call=call,
        format=format or str(call.meta.get("format", _NATIVE)),
        speakers=_speakers(call),
        begins=min(times, default=None),
        ends=max(times, default=None),
        timed=sum(turn.start is not None for turn in call.turns),
        warnings=tuple(map(str, warnings)) if isinstance(warnings, list | tuple) else (),
        not_scored=why,
        advice=_advice(call) if why else None,
    )


def recognised(source: object, call: Transcript) -> str:
    """Return the name of the reader that read a call.

    Parameters
    ----------
    source
        Where the call came from, if it can be read again.
    call
        The first call in it.
    """
    noted = call.meta.get("format")
    if noted is None or noted == _NATIVE:
        return _NATIVE
    # callclf's own files keep what the call was read from at first.
    try:
        first = next(iter_read(source, _NATIVE, on_error="yield"), None)
    except ReadError:
        return str(noted)
    return _NATIVE if isinstance(first, Transcript) else str(noted)


def _speakers(call: Transcript) -> tuple[Speaker, ...]:
    counts: dict[tuple[Role, str | None], list[int]] = {}
    for turn in call.turns:
        count = counts.setdefault((turn.role, turn.speaker), [0, 0])
        count[0] += 1
        count[1] += sum(1 for _ in iter_word_spans(turn.text))
    return tuple(
        Speaker(role, name, turns, words) for (role, name), (turns, words) in counts.items()
    )


def _advice(call: Transcript) -> str:
    roles = {turn.role for turn in call.turns}
    unknown = dict.fromkeys(t.speaker for t in call.turns if t.role is Role.UNKNOWN and t.speaker)
    if not call.turns:
        return "export the transcript of the call, not only its recording or its data"
    speaks = bool(roles & {Role.AGENT, Role.BOT})
    if unknown and not (speaks and Role.CUSTOMER in roles):
        first, role = next(iter(unknown)), "customer" if speaks else "agent"
        return (
            f"say who is who, such as speakers={{{first!r}: {role!r}}}; on the command line "
            f"--speakers '{role}={first}'"
        )
    if Role.UNKNOWN in roles and not speaks:
        return "export it again with speaker labels, or with one channel for each side"
    if not speaks:
        return "export the agent's side too, or say which speaker it is with speakers="
    if Role.CUSTOMER not in roles:
        return "export the customer's side too, or say which speaker it is with speakers="
    if len(call.turns) > MAX_TURNS:
        return "split the file into calls; for a table, name the column of the call's id"
    return "nothing: there is too little, or too much in one turn, to judge"
