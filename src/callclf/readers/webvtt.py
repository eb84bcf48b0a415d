"""WebVTT captions (.vtt).

Written by: Zoom, Microsoft Teams, Webex and Google Meet beside a cloud recording ("Download audio
transcript" or "Download as .vtt"), and most speech-to-text services as a caption export.

Recognised by: WEBVTT in the first line, perhaps after a Markdown code fence.

Roles: the name in `<v Name>`, closed or not, or before a colon as Zoom writes it ("Name: words").
A class of the voice that is a role word is the role: `<v.agent Name>`. Names that are no role words
need `speakers=`. A cue that names nobody stays unknown. Neighbouring cues of one named speaker
become one turn, unless a line says "NOTE callclf: one cue is one turn", as in files that callclf
wrote.

Times: `hh:mm:ss.mmm` or `mm:ss.mmm` from the start of the recording. An end before its start (some
converters write the duration there) is dropped; a damaged time is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from callclf.errors import ReadError
from callclf.readers._captions import Cue, check_times, cue_rows
from callclf.readers.assemble import assemble
from callclf.readers.reader import Reader, ReadOptions
from callclf.transcript import Transcript

__all__ = ["ONE_CUE_ONE_TURN", "READER"]

ONE_CUE_ONE_TURN = "NOTE callclf: one cue is one turn"
"""A comment in files whose cues are whole turns, so that two turns of one speaker stay two."""

_HEADER = re.compile(r"\s*(?:```\w*\s*)?WEBVTT(?=\s|$)")
_TIME = re.compile(r"(?:\d+:)?[0-5]?\d:[0-5]\d\.\d{1,3}")
_FENCE_END = re.compile(r"```\s*$")


def _sniff(beginning: str) -> bool:
    return _HEADER.match(beginning) is not None


def _read(text: str, options: ReadOptions) -> Iterator[Transcript]:
    # Imported here: it takes 40 ms, and most sources are something else.
    import webvtt.errors

    header = _HEADER.match(text)
    if header is None:
        raise ReadError("expected WEBVTT in the first line", where="line 1")
    check_times(text, _TIME)
    # The parser wants WEBVTT at the very start, and would take a closing fence for words.
    body = _FENCE_END.sub("", text[header.end() :])
    try:
        captions = webvtt.from_string("WEBVTT" + body)
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError) as error:
        raise ReadError(f"not well-formed as WebVTT: {error}") from None
    # raw_text: its plain text keeps one voice a cue.
    cues = [Cue(caption.start, caption.end, caption.raw_text) for caption in captions.captions]
    merge = f"\n{ONE_CUE_ONE_TURN}\n" not in text
    yield assemble(cue_rows(cues, options), options, format=READER.name, merge=merge)


READER = Reader(
    name="webvtt",
    title="WebVTT captions",
    kind="text",
    sniff=_sniff,
    read=_read,
    suffixes=(".vtt",),
)
