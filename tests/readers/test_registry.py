import io
import json

import pytest

from callclf.errors import AmbiguousFormatError, ReadError, UnknownFormatError
from callclf.readers import Reader, formats, iter_read, read, register, registry
from callclf.readers.assemble import Row, assemble

TEXT = "Agent: Hello.\nCustomer: Hi, my parcel is lost.\nAgent: Let me look.\n"
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>Hello.\n"
NATIVE = {"turns": [{"role": "agent", "text": "Hello."}]}


@pytest.fixture
def registered(monkeypatch):
    """Registering in a test ends with the test."""
    monkeypatch.setattr(registry, "_registered", [])
    return register


def reader(name, sniff=lambda value: True, kind="json", **options):
    def read_it(value, read_options):
        yield assemble([Row(0, f"read by {name}", "agent")], read_options, format=name)

    return Reader(name, name.title(), kind, sniff, read_it, **options)


def test_the_first_formats_are_there():
    names = {one.name for one in formats()}
    assert names >= {
        "callclf",
        "chat_messages",
        "contact_lens_chat",
        "contact_lens_voice",
        "plain_text",
        "srt",
        "table",
        "webvtt",
    }
    assert len(names) == len(formats())


def test_the_content_decides_and_not_the_file_name(tmp_path):
    path = tmp_path / "call.csv"
    path.write_text(VTT)
    assert read(path).meta["format"] == "webvtt"


def test_no_reader_fits():
    with pytest.raises(UnknownFormatError, match=r"keys 'foo'.*pass format=.*chat_messages"):
        read({"foo": 1})
    with pytest.raises(UnknownFormatError, match=r"text beginning with 'Once upon a time'"):
        read("Once upon a time\nthere was a queue.\n")


def test_two_readers_fit(registered):
    registered(reader("mine", lambda value: "turns" in value))
    with pytest.raises(AmbiguousFormatError, match=r"'callclf' and 'mine'.*format='callclf'"):
        read(NATIVE)
    assert read(NATIVE, "mine").turns[0].text == "read by mine"


def test_a_generic_reader_is_asked_last(registered):
    registered(reader("generic", fallback=True))
    assert read(NATIVE).turns[0].text == "Hello."
    assert read({"foo": 1}).turns[0].text == "read by generic"


def test_a_name_can_be_registered_once(registered):
    registered(reader("mine"))
    with pytest.raises(ReadError, match="'mine' already"):
        registered(reader("mine"))


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(UnknownFormatError, match="unknown format 'webvt'; did you mean 'webvtt'"):
        iter_read(VTT, "webvt")


def test_a_format_of_another_kind_than_the_content():
    with pytest.raises(ReadError, match="'webvtt' reads text"):
        read(NATIVE, "webvtt")
    with pytest.raises(ReadError, match="not valid JSON"):
        read(TEXT, "callclf")
    with pytest.raises(ReadError, match="no table"):
        read("no columns\nhere\n", "table")


def test_a_given_format_reads_what_it_would_not_recognise():
    assert len(read("Mike: Hello.\n", "plain_text")) == 1


def test_events_of_a_whole_file_are_read_together(registered):
    def read_events(events, options):
        for call in sorted({event["call"] for event in events}):
            rows = [
                Row(i, event["said"], event["by"])
                for i, event in enumerate(events)
                if event["call"] == call
            ]
            yield assemble(rows, options, format="events", id=call)

    registered(
        Reader(
            "events",
            "Events",
            "json",
            lambda events: "said" in events[0] if isinstance(events[0], dict) else False,
            read_events,
            whole_file=True,
        )
    )
    events = [
        {"call": "a", "by": "agent", "said": "Hello."},
        {"call": "b", "by": "agent", "said": "Hi."},
        {"call": "a", "by": "customer", "said": "Good day."},
    ]
    lines = "".join(json.dumps(event) + "\n" for event in events)
    for source in (lines, events, io.StringIO(lines)):
        assert [(call.id, len(call)) for call in iter_read(source)] == [("a", 2), ("b", 1)]
    assert [call.id for call in iter_read(events[0])] == ["a"]
    with_error = list(iter_read(lines + "{broken\n", on_error="yield"))
    assert [str(with_error[0].where), len(with_error)] == ["line 4, column 2", 3]
