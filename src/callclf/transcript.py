"""What a conversation is: turns in order, each said by somebody in a role. No I/O here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from callclf.errors import TranscriptError, unknown_name

__all__ = ["Role", "Turn", "Transcript"]


class Role(StrEnum):
    """Who speaks. A role is a string: `Role.AGENT == "agent"`."""

    AGENT = "agent"
    CUSTOMER = "customer"
    BOT = "bot"
    """A machine that speaks for the company; scored like an agent unless that is turned off."""
    SYSTEM = "system"
    """Queue messages, announcements, notes, supervisors' whispers: context, never scored."""
    UNKNOWN = "unknown"
    """Nobody said who it is. Never guessed, never scored."""


_ROLES: dict[str, Role] = {role.value: role for role in Role}


@dataclass(frozen=True, slots=True, init=False)
class Turn:
    """One uninterrupted contribution of one speaker.

    Parameters
    ----------
    role
        A `Role` or its name.
    text
        What was said or written. May be empty.
    speaker
        Whatever the source calls the speaker ("A2", "spk_0", a display name); tells two agents
        apart. Never used as a feature.
    start, end
        Seconds from the start of the call, or None where the source has no usable time.
    source_index
        Position in the source's own list of turns, 0-based. `Transcript` fills it in where it is
        None, so that evidence can always be found again in the original file.

    Raises
    ------
    TranscriptError
        If the role is unknown, the text is no string, or a time is not a finite number or ends
        before it starts.
    """

    role: Role
    text: str
    speaker: str | None = None
    start: float | None = None
    end: float | None = None
    source_index: int | None = None

    def __init__(
        self,
        role: Role | str,
        text: str,
        speaker: str | None = None,
        start: float | None = None,
        end: float | None = None,
        source_index: int | None = None,
    ) -> None:
        if type(role) is not Role:
            known = _ROLES.get(role)
            if known is None:
                raise TranscriptError(unknown_name("role", role, _ROLES))
            role = known
        if not isinstance(text, str):
            raise TranscriptError(
                f"a turn's text must be a string, got {type(text).__name__}; "
                "use '' for a turn without words"
            )
        if start is not None or end is not None:
            _check_times(start, end)
        # Large files have millions of turns: the slots take half the time of object.__setattr__.
        _set_role(self, role)
        _set_text(self, text)
        _set_speaker(self, speaker)
        _set_start(self, start)
        _set_end(self, end)
        _set_source_index(self, source_index)

    def to_dict(self) -> dict[str, Any]:
        """Return the turn as plain JSON data; fields that are None are left out."""
        fields = {
            "role": self.role.value,
            "text": self.text,
            "speaker": self.speaker,
            "start": self.start,
            "end": self.end,
            "source_index": self.source_index,
        }
        return {key: value for key, value in fields.items() if value is not None}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Turn:
        """Build a turn from what `to_dict` returned.

        Raises
        ------
        TranscriptError
            If `role` or `text` is missing or wrong. Keys that a turn does not have are ignored.
        """
        if not isinstance(data, Mapping):
            raise TranscriptError(
                f"a turn must be an object with 'role' and 'text', got {type(data).__name__}"
            )
        if "role" not in data or "text" not in data:
            missing = [key for key in ("role", "text") if key not in data]
            raise TranscriptError(f"a turn lacks {' and '.join(map(repr, missing))}")
        return cls(
            data["role"],
            data["text"],
            data.get("speaker"),
            data.get("start"),
            data.get("end"),
            data.get("source_index"),
        )


_set_role, _set_text, _set_speaker, _set_start, _set_end, _set_source_index = (
    getattr(Turn, slot.name).__set__ for slot in fields(Turn)
)


def _check_times(start: float | None, end: float | None) -> None:
    for name, value in (("start", start), ("end", end)):
        if value is not None and (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise TranscriptError(f"a turn's {name} must be seconds as a number, got {value!r}")
    if start is not None and end is not None and end < start:
        raise TranscriptError(f"a turn ends before it starts: start={start}, end={end}")


@dataclass(frozen=True, slots=True)
class Transcript:
    """A whole conversation.

    Parameters
    ----------
    turns
        The turns in the order in which they began.
    id
        Identifier of the call, unique in its collection; None where the source has none.
    channel
        "voice", "chat", "email", "social" or whatever the source says; None if it does not.
    meta
        Anything else that belongs to the call and is plain JSON data: domain, queue, date, the
        reader's warnings. Never used as a feature.

    Examples
    --------
    >>> call = Transcript([Turn("customer", "Hello?"), Turn("agent", "Good morning.")], id="c1")
    >>> call
    Transcript(id='c1', 2 turns)
    >>> Transcript.from_dict(call.to_dict()) == call
    True
    """

    turns: tuple[Turn, ...]
    id: str | None = None
    channel: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __init__(
        self,
        turns: Sequence[Turn],
        id: str | None = None,
        channel: str | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> None:
        numbered = tuple(_number(turns))
        object.__setattr__(self, "turns", numbered)
        for name, value in (("id", id), ("channel", channel)):
            if value is not None and not isinstance(value, str):
                raise TranscriptError(
                    f"a transcript's {name} must be a string or None, got {value!r}"
                )
            object.__setattr__(self, name, value)
        object.__setattr__(self, "meta", dict(meta or {}))

    def __len__(self) -> int:
        return len(self.turns)

    def __repr__(self) -> str:
        channel = f", {self.channel}" if self.channel else ""
        return f"Transcript(id={self.id!r}{channel}, {len(self.turns)} turns)"

    def scored_turns(self, *, bots: bool = True) -> list[int]:
        """Return the indices of the turns that speak for the company.

        Parameters
        ----------
        bots
            Whether a bot counts as an agent.
        """
        if bots:
            return [i for i, t in enumerate(self.turns) if t.role in (Role.AGENT, Role.BOT)]
        return [i for i, t in enumerate(self.turns) if t.role is Role.AGENT]

    def to_dict(self) -> dict[str, Any]:
        """Return the call as plain JSON data; `from_dict` gives back an equal transcript."""
        data: dict[str, Any] = {"id": self.id, "channel": self.channel}
        data["turns"] = [
            turn.to_dict() if turn.source_index != i else _without_index(turn)
            for i, turn in enumerate(self.turns)
        ]
        if self.meta:
            data["meta"] = dict(self.meta)
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Transcript:
        """Build a transcript from what `to_dict` returned.

        Raises
        ------
        TranscriptError
            With the number of the offending turn.
        """
        turns = data.get("turns")
        if not isinstance(turns, Sequence) or isinstance(turns, str):
            raise TranscriptError("a transcript needs 'turns', a list of {role, text} objects")
        built = []
        for i, turn in enumerate(turns):
            try:
                built.append(Turn.from_dict(turn))
            except TranscriptError as error:
                raise TranscriptError(f"turns[{i}]: {error}") from None
        meta = data.get("meta")
        if meta is not None and not isinstance(meta, Mapping):
            raise TranscriptError(f"'meta' must be an object, got {type(meta).__name__}")
        return cls(built, data.get("id"), data.get("channel"), meta)


def _number(turns: Sequence[Turn]) -> Sequence[Turn]:
    for i, turn in enumerate(turns):
        if not isinstance(turn, Turn):
            raise TranscriptError(f"turns[{i}] must be a Turn, got {type(turn).__name__}")
    if all(turn.source_index is not None for turn in turns):
        return turns
    return [
        Turn(t.role, t.text, t.speaker, t.start, t.end, i) if t.source_index is None else t
        for i, t in enumerate(turns)
    ]


def _without_index(turn: Turn) -> dict[str, Any]:
    data = turn.to_dict()
    del data["source_index"]
    return data
