"""From a call to the same call without private data."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from callclf.redaction.find import ASKS_BIRTH, find_private
from callclf.transcript import Transcript, Turn

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = ["redact"]

MASK = "*"


def redact(call: Transcript, *, nlp: Language | None = None) -> Transcript:
    """Mask private data in a call's turns, speakers and `meta`.

    Found are card numbers, phone numbers, IBANs, US social security numbers, e-mail addresses,
    dates of birth (where a turn or the one before it speaks of birth), other long numbers, and
    numbers said digit by digit, four digits and more. Names and addresses are found only by a
    pipeline that the caller gives. The call's id stays as it is. Patterns miss things: a masked
    call is safer, not anonymous.

    Every masked character becomes "*", spaces too, so that the texts keep their lengths and every
    place in them stays where it was. How often what was masked stands in `meta["redacted"]`.

    Parameters
    ----------
    call
        A transcript.
    nlp
        A spaCy pipeline whose entities PERSON, GPE, LOC and FAC are masked as well.

    Raises
    ------
    MissingExtraError
        If presidio-analyzer is not installed.

    Examples
    --------
    >>> from callclf.transcript import Turn
    >>> call = redact(Transcript([Turn("customer", "My card is 4111 1111 1111 1111.")]))
    >>> call.turns[0].text, call.meta["redacted"]
    ('My card is *******************.', {'CREDIT_CARD': 1})
    """
    masker = _Masker(nlp)
    names = dict.fromkeys(turn.speaker for turn in call.turns if turn.speaker)
    for number, name in enumerate(names, 1):
        if masker.masked(name) != name:
            masker.renamed[name] = f"speaker {number}"
    turns: list[Turn] = []
    for turn in call.turns:
        asked = bool(turns) and bool(ASKS_BIRTH.search(turns[-1].text))
        speaker = masker.renamed.get(turn.speaker or "", turn.speaker)
        turns.append(replace(turn, text=masker.masked(turn.text, birth=asked), speaker=speaker))
    meta = {key: masker.cleaned(value) for key, value in call.meta.items() if key != "redacted"}
    counts = Counter(call.meta.get("redacted", {})) + masker.counts
    return Transcript(
        turns, call.id, call.channel, meta | {"redacted": dict(sorted(counts.items()))}
    )


class _Masker:
    """Masks texts and counts what it masked, by kind."""

    def __init__(self, nlp: Language | None) -> None:
        self.nlp = nlp
        self.counts: Counter[str] = Counter()
        self.renamed: dict[str, str] = {}

    def masked(self, text: str, *, birth: bool = False, numbers: bool = True) -> str:
        parts, done = [], 0
        for start, end, kind, _ in find_private(text, birth=birth, nlp=self.nlp):
            if numbers or kind != "NUMBER":
                self.counts[kind] += 1
                parts += [text[done:start], MASK * (end - start)]
                done = end
        return "".join([*parts, text[done:]])

    def cleaned(self, value: Any) -> Any:
        """Return plain JSON data with its texts masked; long numbers there are ids and times."""
        if isinstance(value, str):
            for name, other in self.renamed.items():
                value = value.replace(name, other)
            return self.masked(value, numbers=False)
        if isinstance(value, dict):
            return {self.cleaned(key): self.cleaned(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.cleaned(item) for item in value]
        return value
