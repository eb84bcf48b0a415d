"""Transcripts in the `analysis` of a vCon, in all the shapes that are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from callclf.errors import ReadError
from callclf.readers import (
    assemblyai,
    azure_batch,
    azure_fast,
    deepgram,
    rev_ai,
    utterances,
    whisperx,
    wtf,
)
from callclf.readers._speech import objects
from callclf.readers._vcon_parts import Party, body
from callclf.readers._whole_text import text_rows
from callclf.readers.assemble import Row
from callclf.readers.fields import string
from callclf.readers.reader import ReadOptions
from callclf.readers.roles import fold

__all__ = ["analysis_rows"]

_TRANSCRIPTS = ("transcript", "transcription", "wtf_transcription", "wtf", "diarized")
"""Types of analysis; "diarized" comes beside a transcript that names nobody."""

_VENDORS: tuple[tuple[Callable[[Any], bool], Callable[[dict[str, Any]], list[Row]]], ...] = (
    (deepgram.READER.sniff, deepgram.rows),
    (assemblyai.READER.sniff, assemblyai.rows),
    (rev_ai.READER.sniff, rev_ai.rows),
    (azure_batch.READER.sniff, azure_batch.rows),
    (azure_fast.READER.sniff, azure_fast.rows),
    (wtf.READER.sniff, wtf.rows),
    (whisperx.READER.sniff, whisperx.rows),
    (utterances.READER.sniff, utterances.rows),
)


def analysis_rows(record: dict[str, Any], people: list[Party], options: ReadOptions) -> list[Row]:
    """Return the turns of the transcripts in `analysis`; none if there is no transcript.

    Of several transcripts of one dialog, the first that names speakers is read, else the first.
    Those of different dialogs follow each other.

    Parameters
    ----------
    record
        The whole vCon.
    people
        All parties.
    options
        The caller's.

    Raises
    ------
    ReadError
        If a transcript cannot be read, with its path.
    """
    best: dict[str, list[Row]] = {}
    for dialog, rows in _transcripts(record, options):
        if rows and not any(row.speaker for row in best.get(dialog, [])):
            named = any(row.speaker for row in rows)
            best[dialog] = rows if named or dialog not in best else best[dialog]
    known = {fold(party.name): party for party in people if party.name}
    found: list[Row] = []
    for rows in best.values():
        # Times of one recording say nothing about those of the next.
        timeless = len(best) > 1
        for row in rows:
            party = known.get(fold(row.speaker)) if row.speaker else None
            if party is not None:
                row = row._replace(role=party.role or row.role, speaker=party.name)
            if timeless:
                row = row._replace(start=None, end=None)
            found.append(row._replace(source_index=len(found) if timeless else row.source_index))
    return found


def _transcripts(record: dict[str, Any], options: ReadOptions) -> Iterator[tuple[str, list[Row]]]:
    """Give (dialog, turns) of each transcript, those that say who speaks by rule first."""
    listed = objects(record.get("analysis") or [], "analysis")
    for kind in _TRANSCRIPTS:
        for where, analysis in listed:
            if (string(analysis.get("type"), f"{where}.type") or "").casefold() != kind:
                continue
            content = body(analysis, where)
            if content is None and analysis.get("url"):
                raise ReadError(
                    "the transcript is behind a URL, which is never fetched; put it into body",
                    where=f"{where}.url",
                )
            try:
                yield str(analysis.get("dialog")), _rows(content, options)
            except ReadError as error:
                place = f"{where}.body.{error.where}" if error.where else f"{where}.body"
                raise ReadError(error.problem, where=place) from None


def _rows(content: Any, options: ReadOptions) -> list[Row]:
    if content is None:
        return []
    if isinstance(content, str):
        return text_rows(content, options)
    if isinstance(content, list) and utterances.READER.sniff(content):
        return utterances.rows({"utterances": content})
    if isinstance(content, dict):
        for sniff, rows in _VENDORS:
            if sniff(content):
                return rows(content)
        if isinstance(content.get("words"), list) and content["words"]:
            # One alternative of Deepgram's response, as vCon servers keep it.
            return deepgram.rows({"results": {"channels": [{"alternatives": [content]}]}})
        for name in ("transcript", "text"):
            if isinstance(content.get(name), str):
                return text_rows(content[name], options)
    raise ReadError(
        "a transcript in no known shape; expected a string, a list of speaker and message, World "
        "Transcription Format, or the JSON of a known recogniser"
    )
