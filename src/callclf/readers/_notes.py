"""Notes that colleagues leave in a conversation, and that the customer does not see."""

from __future__ import annotations

__all__ = ["NOTE", "note_by"]

NOTE = "note"
"""Role word."""


def note_by(author: str | None) -> str:
    """Name the speaker of a note: not the author alone.

    A map that makes the author an agent must not turn notes into what an agent says.

    >>> note_by("Kofi")
    'Kofi (note)'
    """
    return f"{author} ({NOTE})" if author else NOTE
