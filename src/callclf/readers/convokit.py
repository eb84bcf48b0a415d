"""ConvoKit: the folder of a corpus.

Written by: `Corpus.dump()` of ConvoKit, and its downloads once unpacked. Pass the folder itself.

Recognised by: a folder with `utterances.jsonl` and `speakers.json` (`users.json` in old ones) or
`conversations.json`.

Roles: `role`, `speaker_role`, `speaker_type` or `type` in the `meta` of the utterance, else of its
speaker; else the speaker's id, if it is a role word. There is no standard: the rest needs
`speakers=`, by id.

Times: `timestamp`, in seconds, counted from the first of the conversation; also ISO 8601.

The order is that of the replies: an utterance comes after the one that it replies to, and replies
to the same one by time, then as in the file. A conversation's `meta` is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from callclf.errors import ReadError
from callclf.readers._meta import plain
from callclf.readers.assemble import Row, assemble
from callclf.readers.fields import identifier, mapping, string
from callclf.readers.json_text import Document, open_json
from callclf.readers.reader import Reader, ReadOptions, Result
from callclf.readers.roles import role_of
from callclf.readers.sources import files_in, open_stream
from callclf.readers.times import from_first, iso, scaled
from callclf.transcript import Role, Transcript

__all__ = ["READER"]

_UTTERANCES = "utterances.jsonl"
_SPEAKERS = ("speakers.json", "users.json")
_CONVERSATIONS = "conversations.json"
_ROLES = ("role", "speaker_role", "speaker_type", "type", "user_type")

Utterance = tuple[int, str, dict[str, Any]]
"""Number in the file, place for messages, and the record."""


def _sniff(folder: Path) -> bool:
    others = (*_SPEAKERS, _CONVERSATIONS)
    return (folder / _UTTERANCES).is_file() and any((folder / n).is_file() for n in others)


def _read(folder: Path, options: ReadOptions) -> Iterator[Result]:
    # Links that lead out of the folder are not among them.
    files = {path.name: path for path in files_in(folder) if path.parent == folder}
    if _UTTERANCES not in files:
        raise ReadError(f"expected a file {_UTTERANCES} in the folder")
    speakers = _table(files, options, *_SPEAKERS)
    conversations = _table(files, options, _CONVERSATIONS)
    # Two passes, as for tables: only the conversations that are open are in memory.
    path = files[_UTTERANCES]
    left = Counter(_conversation(record) for _, _, record in _utterances(path, options))
    open_ones: dict[str | None, list[Utterance]] = {}
    for utterance in _utterances(path, options):
        key = _conversation(utterance[2])
        open_ones.setdefault(key, []).append(utterance)
        left[key] -= 1
        # In the order in which they begin: a finished one waits for those before it.
        while open_ones and not left[first := next(iter(open_ones))]:
            own = open_ones.pop(first)
            try:
                yield _call(first, own, speakers, _meta_of(conversations.get(first or "")), options)
            except ReadError as error:
                yield ReadError(error.problem, where=error.where or own[0][1])


def _table(files: dict[str, Path], options: ReadOptions, *names: str) -> dict[str, Any]:
    for name in names:
        if name in files:
            with open_stream(files[name], options) as stream:
                content = open_json(stream)
            value = content.value if isinstance(content, Document) else None
            return mapping(value, name)
    return {}


def _utterances(path: Path, options: ReadOptions) -> Iterator[Utterance]:
    with open_stream(path, options) as stream:
        content = open_json(stream)
        values = [(1, content.value)] if isinstance(content, Document) else content.values
        for i, (line, value) in enumerate(values):
            where = f"{_UTTERANCES}, line {line}"
            if isinstance(value, ReadError):
                raise ReadError(value.problem, where=where)
            yield i, where, mapping(value, where)


def _conversation(record: dict[str, Any]) -> str | None:
    return identifier(_first(record, ("conversation_id", "root")), "conversation_id")


def _first(record: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((record[name] for name in names if record.get(name) is not None), None)


def _meta_of(value: object) -> dict[str, Any]:
    """Return the metadata of a speaker or conversation: under `meta`, or bare in old corpora."""
    if not isinstance(value, dict):
        return {}
    meta = value.get("meta", value)
    return meta if isinstance(meta, dict) else {}


def _call(
    id: str | None,
    utterances: list[Utterance],
    speakers: dict[str, Any],
    meta: dict[str, Any],
    options: ReadOptions,
) -> Transcript:
    ordered = _by_reply(utterances)
    starts = from_first([_moment(record.get("timestamp")) for _, _, record in ordered])
    rows = []
    for (i, where, record), start in zip(ordered, starts, strict=True):
        speaker = identifier(_first(record, ("speaker", "user")), f"{where}, speaker")
        own = _meta_of({"meta": record.get("meta")})
        role = _role(own) or _role(_meta_of(speakers.get(speaker or "")))
        rows.append(Row(i, string(record.get("text"), f"{where}, text"), role, speaker, start))
    return assemble(rows, options, format=READER.name, id=id, meta=plain(meta))


def _moment(value: object) -> float | None:
    return iso(value) if isinstance(value, str) and "-" in value[1:] else scaled(value)


def _role(meta: dict[str, Any]) -> str | None:
    words = [word for name in _ROLES if isinstance(word := meta.get(name), str) and word]
    known = [word for word in words if role_of(word) is not Role.UNKNOWN]
    return next(iter([*known, *words]), None)


def _by_reply(utterances: list[Utterance]) -> list[Utterance]:
    """Put each utterance after the one that it replies to."""
    ids = {str(record.get("id")) for _, _, record in utterances}
    replies: dict[str, list[Utterance]] = {}
    roots = []
    for one in utterances:
        target = _first(one[2], ("reply_to", "reply-to"))
        if target is None or str(target) not in ids or target == one[2].get("id"):
            roots.append(one)
        else:
            replies.setdefault(str(target), []).append(one)
    ordered: list[Utterance] = []
    waiting = sorted(roots, key=_time, reverse=True)
    while waiting:
        one = waiting.pop()
        ordered.append(one)
        waiting += sorted(replies.pop(str(one[2].get("id")), []), key=_time, reverse=True)
    # What replies in a circle comes last, as it stands.
    placed = {i for i, _, _ in ordered}
    return ordered + [one for one in utterances if one[0] not in placed]


def _time(utterance: Utterance) -> tuple[float, int]:
    moment = _moment(utterance[2].get("timestamp"))
    return (moment if moment is not None and moment == moment else 0.0), utterance[0]


READER = Reader(
    name="convokit",
    title="ConvoKit corpus, a folder",
    kind="folder",
    sniff=_sniff,
    read=_read,
)
