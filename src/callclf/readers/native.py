"""callclf's own JSON, one object a call: what `Transcript.to_dict` returns.

Written by: callclf itself, and whoever prepares data for it; usually as JSON lines, one call a
line: `{"id": "c1", "channel": "voice", "turns": [{"role": "agent", "text": "Hello."}]}`.

Recognised by: an object with a list `turns` of objects that have `role` and `text`.

Roles: `role` is agent, customer, bot, system or unknown; other known words for them are accepted,
anything else is an error unless `speakers=` names it. `speaker` is optional.

Times: `start` and `end`, optional, in seconds from the start of the call.

Nothing is dropped, sorted or mended, so that turn numbers mean what they mean in the file. Keys
beside `id`, `channel`, `turns` and `meta` go into `meta` too, where `meta` itself has the last
word; labels do not, they belong to a corpus and not to a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callclf.errors import ReadError, TranscriptError
from callclf.readers.assemble import well_formed
from callclf.readers.fields import identifier
from callclf.readers.reader import Reader, ReadOptions
from callclf.readers.roles import fold, role_of
from callclf.transcript import Role, Transcript, Turn

__all__ = ["LABEL_KEYS", "READER", "transcript_from_record"]

LABEL_KEYS = frozenset({"labels", "evidence", "borderline", "annotated"})
"""Keys of a labelled call, which `transcript_from_record` leaves to the caller."""

_OWN_KEYS = LABEL_KEYS | {"id", "channel", "turns", "meta"}
_ROLES: dict[Any, Role] = {role.value: role for role in Role}


def _sniff(value: object) -> bool:
    turns = value.get("turns") if isinstance(value, dict) else None
    if not isinstance(turns, list):
        return False
    return not turns or (isinstance(turns[0], dict) and {"role", "text"} <= turns[0].keys())


def _read(value: object, options: ReadOptions) -> Iterator[Transcript]:
    yield transcript_from_record(value, options.roles)


def transcript_from_record(record: object, roles: Mapping[str, Role] | None = None) -> Transcript:
    """Build the call that a record holds.

    Parameters
    ----------
    record
        One parsed JSON object.
    roles
        Folded speaker or role word -> role, which wins over the record; `ReadOptions.roles`.

    Raises
    ------
    TranscriptError
        With the path of what is wrong.
    """
    if not isinstance(record, dict) or not isinstance(record.get("turns"), list):
        raise TranscriptError("expected an object with 'turns', a list of {role, text} objects")
    turns = []
    plain = {} if roles else _ROLES
    for i, turn in enumerate(record["turns"]):
        # Most turns are a role and a text, and large files have millions of them.
        if isinstance(turn, dict) and len(turn) == 2 and "role" in turn and "text" in turn:
            word, text = turn["role"], turn["text"]
            if isinstance(word, str) and word in plain and isinstance(text, str) and text.isascii():
                turns.append(Turn(plain[word], text, None, None, None, i))
                continue
        try:
            turns.append(_turn(turn, i, roles))
        except TranscriptError as error:
            raise TranscriptError(f"turns[{i}]: {error}") from None
    meta = {key: value for key, value in record.items() if key not in _OWN_KEYS}
    own_meta = record.get("meta")
    if own_meta is not None:
        if not isinstance(own_meta, dict):
            raise TranscriptError(f"'meta' must be an object, got {type(own_meta).__name__}")
        meta.update(own_meta)
    return Transcript(turns, _identifier(record, "id"), record.get("channel"), meta)


def _identifier(record: dict[str, Any], key: str) -> str | None:
    try:
        return identifier(record.get(key), key)
    except ReadError as error:
        raise TranscriptError(str(error)) from None


def _turn(turn: object, index: int, roles: Mapping[str, Role] | None) -> Turn:
    if not isinstance(turn, dict):
        raise TranscriptError("expected an object with 'role' and 'text'")
    get = turn.get
    word, text, speaker = get("role"), get("text"), get("speaker")
    role = _ROLES.get(word) if isinstance(word, str) else None
    if roles or role is None:
        if not isinstance(word, str):
            raise TranscriptError("a turn needs a 'role', as a string")
        role = _resolve(word, speaker, roles or {})
    if speaker is not None and not isinstance(speaker, str):
        speaker = _identifier(turn, "speaker")
    if isinstance(text, str) and not text.isascii():
        text = well_formed(text)
    source_index = get("source_index", index)
    if type(source_index) is not int:
        raise TranscriptError(f"source_index must be a whole number, got {source_index!r}")
    # A missing text is None here, which `Turn` refuses.
    return Turn(role, text, speaker, get("start"), get("end"), source_index)  # type: ignore[arg-type]


def _resolve(word: str, speaker: object, roles: Mapping[str, Role]) -> Role:
    for name in (speaker, word):
        if name is not None and (role := roles.get(fold(str(name)))) is not None:
            return role
    if word in _ROLES or (role := role_of(word)) is not Role.UNKNOWN:
        return _ROLES.get(word) or role_of(word)
    raise TranscriptError(
        f"{word!r} is no role; use {', '.join(_ROLES)}, or pass speakers={{{word!r}: 'agent'}}"
    )


READER = Reader(
    name="callclf",
    title="callclf JSON",
    kind="json",
    sniff=_sniff,
    read=_read,
    suffixes=(".jsonl", ".json"),
)
