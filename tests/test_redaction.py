"""Masking: what is private is found, counted and covered, and every place stays where it was."""

import subprocess
import sys

import pytest

from callclf import Corpus, Transcript, Turn
from callclf.features.ngrams import word_spans
from callclf.redaction import redact
from callclf.redaction.spoken import spoken_numbers

# What is masked is between « and ». The card and social security numbers are the issuers' own
# test numbers; telephone numbers are from the ranges kept free for fiction.
MASKED = [
    ("CREDIT_CARD", "my card is «4111 1111 1111 1111», yes"),
    ("CREDIT_CARD", "«4111-1111-1111-1111»"),
    ("CREDIT_CARD", "it's «378282246310005» thanks"),
    (
        "CREDIT_CARD",
        "it is «" + "four one one one, " + "one one one one " * 2 + "one one one one» ok",
    ),
    ("CREDIT_CARD", "«4111 one one one one um one one one one one triple one»"),
    ("PHONE_NUMBER", "call me on «+44 20 7946 0958» or so"),
    ("PHONE_NUMBER", "«(415) 555-2671» is best"),
    ("IBAN_CODE", "to «DE89 3704 0044 0532 0130 00» please"),
    ("US_SSN", "social is «219-09-9999»"),
    ("EMAIL_ADDRESS", "write to «j.o'hara+x@mail.example.co.uk»."),
    ("EMAIL_ADDRESS", "it's «john dot smith at example dot com» okay"),
    ("EMAIL_ADDRESS", "that's «j s m i t h at example dot co dot uk»"),
    ("DATE_OF_BIRTH", "I was born on «3 June 1980» in May"),
    ("DATE_OF_BIRTH", "my date of birth is «12/05/1984»"),
    ("DATE_OF_BIRTH", "dob «1984-05-12»"),
    ("DATE_OF_BIRTH", "my birthday, «the twelfth of may nineteen eighty four»"),
    ("DATE_OF_BIRTH", "born «March second, forty-four»"),
    ("NUMBER", "it's «four four one two double seven oh nine» thanks"),
    ("NUMBER", "«eight hundred five five five one two one two»"),
    ("NUMBER", "«forty-four twelve eighty-eight ninety» is it"),
    ("NUMBER", "account «123456789012»"),
]

KEPT = [
    "paid twenty five dollars in nineteen eighty four",
    "two hundred fifty, and one for you",
    "order 449120 for $1,200.50 on 12/05/2024",
    "call nine one one, or option two",
    "May I ask which one? Number one?",
    "we meet at noon, dot on the line",
    "what is your date of birth?",
    "[PII] and **** and XXXX",
    "",
]


@pytest.mark.parametrize(("kind", "text"), MASKED)
def test_private_data_is_masked_and_counted(kind, text):
    before, after = text.index("«"), text.index("»") - 1
    plain = text.replace("«", "").replace("»", "")
    call = redact(Transcript([Turn("customer", plain)]))
    assert call.turns[0].text == plain[:before] + "*" * (after - before) + plain[after:]
    assert call.meta["redacted"] == {kind: 1}


@pytest.mark.parametrize("text", KEPT)
def test_the_rest_stays(text):
    call = redact(Transcript([Turn("customer", text)]))
    assert call.turns[0].text == text
    assert call.meta["redacted"] == {}


def test_a_date_is_a_date_of_birth_if_the_turn_before_asks_for_one():
    asked = [Turn("agent", "And your date of birth?"), Turn("customer", "May 3rd, 1971.")]
    other = [Turn("agent", "When was that?"), Turn("customer", "May 3rd, 1971.")]
    assert redact(Transcript(asked)).turns[1].text == "*************."
    assert redact(Transcript(other)).turns[1].text == "May 3rd, 1971."


def test_lengths_times_roles_and_the_source_stay(repo):
    for call in Corpus.load(repo / "data" / "corpus" / "calls.jsonl").calls[:40]:
        masked = redact(call)
        assert masked.id == call.id and masked.channel == call.channel
        for old, new in zip(call.turns, masked.turns, strict=True):
            assert len(old.text) == len(new.text)
            assert all(b in (a, "*") for a, b in zip(old.text, new.text, strict=True))
            assert old.to_dict() | {"text": ""} == new.to_dict() | {"text": ""}


def test_masking_twice_changes_nothing():
    once = redact(Transcript([Turn("customer", "4111 1111 1111 1111")]))
    assert redact(once) == once


def test_a_mask_is_no_word():
    text = redact(Transcript([Turn("customer", "card 4111 1111 1111 1111 ok")])).turns[0].text
    assert [text[a:b] for a, b in word_spans(text)] == ["card", "ok"]


def test_speakers_and_meta_are_masked_too():
    number = "+44 20 7946 0958"
    call = Transcript(
        [Turn("agent", "hi", "Dana"), Turn("customer", "hello", number)],
        meta={
            "inferred_roles": {number: {"role": "customer"}},
            "warnings": [f"{number!r} is the customer", "mail a@example.com"],
            "received": 1715421234567,
            "contact": "171542123456",
        },
    )
    masked = redact(call)
    assert [t.speaker for t in masked.turns] == ["Dana", "speaker 2"]
    assert masked.meta == {
        "inferred_roles": {"speaker 2": {"role": "customer"}},
        "warnings": ["'speaker 2' is the customer", "mail *************"],
        "received": 1715421234567,
        "contact": "171542123456",
        "redacted": {"EMAIL_ADDRESS": 1, "PHONE_NUMBER": 1},
    }


def test_people_and_places_are_found_by_a_pipeline_that_the_caller_gives():
    import spacy

    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(
        [{"label": "PERSON", "pattern": "Ada Byron"}, {"label": "GPE", "pattern": "Leeds"}]
    )
    call = Transcript([Turn("customer", "Ada Byron, from Leeds")])
    assert redact(call).turns[0].text == "Ada Byron, from Leeds"
    masked = redact(call, nlp=nlp)
    assert masked.turns[0].text == "*********, from *****"
    assert masked.meta["redacted"] == {"LOCATION": 1, "PERSON": 1}


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("four four one two", ["4412"]),
        ("Double-seven, oh, nine", ["7709"]),
        ("treble eight twenty two fifteen", ["8882215"]),
        ("eight hundred five five five", ["800555"]),
        ("four um four 1 2", ["4412"]),
        ("one two three", []),
        ("4 4 1 2", []),
        ("oh oh oh oh", []),
        ("someone two three four five", ["2345"]),
    ],
)
def test_spoken_digits_are_read(text, digits):
    assert [number.digits for number in spoken_numbers(text)] == digits


def test_nothing_is_asked_on_the_network_and_importing_stays_light():
    script = (
        "import socket, sys\n"
        "def refuse(*_): raise SystemExit('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "import callclf\n"
        "from callclf.redaction import redact\n"
        "assert 'presidio_analyzer' not in sys.modules\n"
        "call = callclf.Transcript([callclf.Turn('agent', 'a@example.com +44 20 7946 0958')])\n"
        "print(redact(call).turns[0].text)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "************* ****************", done.stderr


def test_without_the_extra_the_error_says_what_to_install():
    script = (
        "import sys; sys.modules['presidio_analyzer'] = None\n"
        "import callclf\n"
        "from callclf.redaction import redact\n"
        "try: redact(callclf.Transcript([callclf.Turn('agent', 'hello')]))\n"
        "except callclf.errors.MissingExtraError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "pip install 'callclf[redact]'" in done.stdout, done.stderr
