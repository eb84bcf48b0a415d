"""Where private data stands in a text. Written forms by presidio's recognisers, spoken ones ours.

Presidio's analyser as a whole wants a trained spaCy pipeline, which it would download; its single
recognisers want nothing, and only those are used. Its recogniser of e-mail addresses is not: it
asks a list on the internet which top-level domains there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from callclf.errors import MissingExtraError
from callclf.redaction.spoken import spoken_numbers

if TYPE_CHECKING:
    from presidio_analyzer import PatternRecognizer
    from presidio_analyzer.predefined_recognizers import PhoneRecognizer
    from spacy.language import Language

__all__ = ["ASKS_BIRTH", "Private", "find_private"]

_LEAST_SCORE = 0.4
"""Presidio's score from which a match counts: a phone number's, and a pattern's without support."""

_ENTITIES = {"PERSON": "PERSON", "PER": "PERSON", "GPE": "LOCATION", "LOC": "LOCATION"} | {
    "FAC": "LOCATION"
}
"""Entities of a spaCy pipeline that are private."""

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
_SPOKEN_EMAIL = re.compile(
    r"(?<![\w'])(?:\w\s+){0,30}[\w.]{1,64}(?:\s+(?:dot|underscore|dash|hyphen|plus)\s+\w{1,64}){0,4}"
    r"\s+at\s+\w{1,64}(?:\s+dot\s+\w{1,64}){0,3}"
    r"\s+dot\s+(?:com|net|org|edu|gov|info|io|biz|uk|ie|in|au|nz|ca|us|de|fr|es|it|nl)(?!\w)",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"(?<![\w.,])\d(?:[ -]?\d){8,}(?!\w)")

ASKS_BIRTH = re.compile(r"\b(?:date of birth|birth ?date|birthday|born|d\.?o\.?b)\b", re.IGNORECASE)
"""Words that make a date near them a date of birth."""

_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_ORDINAL = (
    r"(?:\d{1,2}(?:st|nd|rd|th)?|(?:(?:twenty|thirty)[\s-])?(?:first|second|third|fourth|fifth|sixth"
    "|seventh|eighth|ninth)|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth"
    "|twentieth|thirtieth)"
)
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_YEAR = (
    rf"(?:\d{{4}}|'?\d{{2}}|nineteen[\s-]+\w+|two\s+thousand(?:\s+and)?|{_TENS})"
    r"(?:[\s-]+(?:one|two|three|four|five|six|seven|eight|nine)\b)?"
)
_DATE = re.compile(
    rf"\b(?:(?:the\s+)?{_ORDINAL}(?:\s+of)?[\s-]+{_MONTH}|{_MONTH}\s+(?:the\s+)?{_ORDINAL})"
    rf"(?:[\s,-]+(?:of\s+)?{_YEAR})?(?!\w)|{_MONTH}[\s,]+\d{{4}}(?!\w)"
    r"|\b\d{1,4}([/.-])\d{1,2}\1\d{1,4}\b",
    re.IGNORECASE,
)


class Private(NamedTuple):
    """Private data in a text: first and past-the-last character, kind, and how sure that is."""

    start: int
    end: int
    kind: str
    score: float


def find_private(text: str, *, birth: bool = False, nlp: Language | None = None) -> list[Private]:
    """Return private data in order, without overlaps.

    Parameters
    ----------
    text
        A turn's text.
    birth
        Whether dates are dates of birth even if the text does not say so.
    nlp
        A spaCy pipeline that finds people and places, or None to leave them.
    """
    found = sorted(_matches(text, birth=birth or bool(ASKS_BIRTH.search(text)), nlp=nlp))
    joined: list[Private] = []
    for match in found:
        if joined and match.start < joined[-1].end:
            last = joined.pop()
            surer = max(last, match, key=lambda m: m.score)
            match = surer._replace(start=last.start, end=max(last.end, match.end))
        joined.append(match)
    return joined


def _matches(text: str, *, birth: bool, nlp: Language | None) -> Iterator[Private]:
    recognisers = _recognisers()
    if sum(map(str.isdigit, text)) >= 7:
        for recogniser in recognisers:
            kinds = recogniser.supported_entities
            for hit in recogniser.analyze(text, kinds):
                if hit.score >= _LEAST_SCORE:
                    yield Private(hit.start, hit.end, hit.entity_type, hit.score)
        for match in _LONG_NUMBER.finditer(text):
            yield Private(*match.span(), "NUMBER", 0.3)
    for start, end, digits in spoken_numbers(text, least=3 if birth else 4):
        card = recognisers[0].analyze(digits, recognisers[0].supported_entities)
        sure = any(hit.score >= _LEAST_SCORE for hit in card)
        yield Private(start, end, "CREDIT_CARD" if sure else "NUMBER", 0.9 if sure else 0.3)
    for pattern in (_EMAIL, _SPOKEN_EMAIL):
        for match in pattern.finditer(text):
            yield Private(*match.span(), "EMAIL_ADDRESS", 0.9)
    if birth:
        for match in _DATE.finditer(text):
            yield Private(*match.span(), "DATE_OF_BIRTH", 0.95)
    if nlp is not None:
        for entity in nlp(text).ents:
            if entity.label_ in _ENTITIES:
                yield Private(entity.start_char, entity.end_char, _ENTITIES[entity.label_], 0.35)


@cache
def _recognisers() -> tuple[PatternRecognizer | PhoneRecognizer, ...]:
    """Return presidio's recognisers that need no model and no network, cards first."""
    try:
        from presidio_analyzer import predefined_recognizers as known
    except ImportError:
        raise MissingExtraError(
            "masking private data needs presidio-analyzer, which is not installed; "
            "run: pip install 'callclf[redact]'"
        ) from None
    return (
        known.CreditCardRecognizer(),
        known.PhoneRecognizer(),
        known.IbanRecognizer(),
        known.UsSsnRecognizer(),
    )
