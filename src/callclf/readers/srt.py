"""SubRip captions (.srt).

Written by: nearly every speech-to-text service and video tool as "Export subtitles" or
`--output_format srt` (Whisper, Rev, Otter, Descript, YouTube).

Recognised by: a number, then a line `hh:mm:ss,mmm --> hh:mm:ss,mmm`, at the beginning.

Roles: the name before a colon ("Operator: Good evening"), where the tool writes one. Names that are
no role words need `speakers=`. A cue that names nobody stays unknown. Neighbouring cues of one
named speaker become one turn.

Times: `hh:mm:ss,mmm` from the start of the recording; a point for the comma is accepted. An end
before its start is dropped; a damaged time is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from callclf.errors import ReadError
from callclf.readers._captions import Cue, check_times, cue_rows
from callclf.readers.assemble import assemble
from callclf.readers.reader import Reader, ReadOptions
from callclf.transcript import Transcript

__all__ = ["READER"]

_FIRST_CUE = re.compile(r"\s*(?:\d+[ \t]*\n\s*)?\d+:\d+:\d+[,.]\d+[ \t]*-->")
_TIME = re.compile(r"\d+:[0-5]?\d:[0-5]?\d[,.]\d{1,3}")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+(?=\n|\Z)")


def _sniff(beginning: str) -> bool:
    return _FIRST_CUE.match(beginning) is not None


def _read(text: str, options: ReadOptions) -> Iterator[Transcript]:
    # Imported here: it takes 20 ms, and most sources are something else.
    import srt

    check_times(text, _TIME)
    # Runs of blank lines cost the parser time that grows with the square of their length.
    text = _BLANK_LINES.sub("\n", text.strip())
    try:
        found = list(srt.parse(text))
    except srt.SRTParseError as error:
        raise ReadError(
            "expected a number, a line 'hh:mm:ss,mmm --> hh:mm:ss,mmm' and the words, got "
            f"{error.unmatched_content.strip()[:60]!r}"
        ) from None
    except (srt.TimestampParseError, OverflowError) as error:
        raise ReadError(f"a time is none: {error}") from None
    written = srt.timedelta_to_srt_timestamp
    cues = [Cue(written(cue.start), written(cue.end), cue.content) for cue in found]
    yield assemble(cue_rows(cues, options), options, format=READER.name, merge=True)


READER = Reader(
    name="srt",
    title="SubRip captions",
    kind="text",
    sniff=_sniff,
    read=_read,
    suffixes=(".srt",),
)
