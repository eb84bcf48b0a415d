"""Plain text, WebVTT and SubRip."""

import pytest

from callclf.errors import ReadError, UnknownFormatError
from callclf.readers import read
from callclf.readers.labels import split_label


def said(call):
    return [(turn.speaker, turn.text) for turn in call.turns]


class TestPlainText:
    def test_wrapped_lines_belong_to_the_turn_before(self):
        call = read("A title\n\nAgent: one\n  two\n\nthree\nCustomer: four: five\nAgent:\nsix\n")
        assert said(call) == [
            ("Agent", "one two three"),
            ("Customer", "four: five"),
            ("Agent", "six"),
        ]

    @pytest.mark.parametrize(
        "line",
        [
            "[00:01:02] Agent: Hi",
            "00:01:02 Agent: Hi",
            "[01:02] Agent: Hi",
            "(1:02) Agent: Hi",
            "[00:01:02 - 00:01:09] Agent: Hi",
            "[00:01:02,000] **Agent:** Hi",
            "( 1m 2s ) Agent: Hi",
            "Agent (01:02): Hi",
            "Agent [00:01:02]: Hi",
            "Agent: (01:02) Hi",
            "Agent  1:02\nHi",
        ],
    )
    def test_time_stamps(self, line):
        call = read(f"{line}\nCustomer: Hello\n")
        assert said(call)[0] == ("Agent", "Hi")
        assert call.turns[0].start == 62.0

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("10:15:02 AM Agent: Hi", "10:16:04 AM Customer: Yes"),
            ("11:59:58 AM - Agent: Hi", "12:01:00 PM - Customer: Yes"),
            ("2026-05-01 10:15:02 Agent: Hi", "2026-05-01 10:16:04 Customer: Yes"),
            ("[2026-05-01T23:59:58Z] | Agent: Hi", "[2026-05-02T00:01:00Z] | Customer: Yes"),
            ("5/1/2026 10:15:02 Agent: Hi", "5/1/2026 10:16:04 Customer: Yes"),
        ],
    )
    def test_dates_and_times_of_day_are_counted_from_the_first(self, first, second):
        call = read(f"{first}\n{second}\n", "plain_text")
        assert [(turn.text, turn.start) for turn in call.turns] == [("Hi", 0.0), ("Yes", 62.0)]

    def test_which_of_two_days_came_first_is_not_guessed(self):
        call = read("5/1/2026 10:15:02 Agent: Hi\n6/1/2026 10:16:04 Customer: Yes\n", "plain_text")
        assert [turn.start for turn in call.turns] == [None, None]

    def test_a_head_is_not_said_by_anybody(self):
        call = read("Call ID: 12\nAgent: Kim\nQueue: sales\n\nAgent: Hi.\nCustomer: Yes.\n")
        assert said(call) == [("Agent", "Hi."), ("Customer", "Yes.")]

    def test_names_are_labels_where_they_keep_coming_back(self):
        call = read("Mike: Hi.\nSarah: Hello.\nMike: Well?\nSarah: Well.\n")
        assert [turn.role.value for turn in call.turns] == ["unknown"] * 4
        mapped = read("mike: Hi.\nsarah: Hello.\n", "plain_text", speakers={"Mike": "agent"})
        assert said(mapped) == [("mike", "Hi. sarah: Hello.")]

    @pytest.mark.parametrize(
        "text",
        [
            "INFO: started\nERROR: failed\nINFO: stopped\nERROR: again\n",
            "2026-01-05 10:00:00 Server: started\n2026-01-05 10:00:01 Worker: x\n",
            "From: a@b.example\nTo: c@d.example\nSubject: Hello\n\nDear all,\nthe end.\n",
            "name: x\nage: 3\nname: y\nage: 4\n",
            "It was late.\nThe agent: tired.\nThe customer: asleep.\nNobody spoke any more.\n" * 3,
            "# Heading\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
            "Agent: one speaker\nAgent: alone\nAgent: talks\n",
            "def agent():\n    return 1\n\nclass Customer:\n    pass\n",
        ],
    )
    def test_prose_logs_and_forms_are_refused(self, text):
        with pytest.raises(UnknownFormatError):
            read(text)

    def test_nothing_to_read_even_if_asked(self):
        with pytest.raises(ReadError, match="no turns"):
            read("Once upon a time\nthere was a queue.\n", "plain_text")


@pytest.mark.parametrize(
    ("line", "label", "text"),
    [
        ("Agent: Hi", "Agent", "Hi"),
        ("**Agent:** Hi", "Agent", "Hi"),
        ("**Agent**: Hi", "Agent", "Hi"),
        ("- Sarah Johnson: Hi", "Sarah Johnson", "Hi"),
        ("Dr. Weiss: Hi", "Dr. Weiss", "Hi"),
        ("SPEAKER_00: Hi", "SPEAKER_00", "Hi"),
        ("spk_0: Hi", "spk_0", "Hi"),
        ("Agent 2: Hi", "Agent 2", "Hi"),
        ("O'Neill-Smith: Hi", "O'Neill-Smith", "Hi"),
        ("Élodie (Agent): Bonjour", "Élodie (Agent)", "Bonjour"),
        ("*Customer:* Hi", "Customer", "Hi"),
        (">> CALLER: Hi", "CALLER", "Hi"),
        ("3. Agent: Hi", "Agent", "Hi"),
        ("Agent:Hi", "Agent", "Hi"),
        ("Agent\uff1aHi", "Agent", "Hi"),
        ("Agent - Hi", "Agent", "Hi"),
        ("[SPEAKER_00]: Hi", "SPEAKER_00", "Hi"),
        ("[Agent] Hi", "Agent", "Hi"),
        ("<Customer> Hi", "Customer", "Hi"),
        ("[Sarah Johnson]: Hi", "Sarah Johnson", "Hi"),
    ],
)
def test_labels(line, label, text):
    assert split_label(line)[:2] == (label, text)


@pytest.mark.parametrize(
    "line",
    [
        "see https://example.com",
        "the price is: 5",
        "Well, Agent: hi",
        "I said. Then: no",
        "3:45 is fine",
        "Maria:hi",
        "[laughs] hi",
        "Maria - hi",
        "",
        ":",
        "A sentence of far more than Five Words: x",
    ],
)
def test_no_labels(line):
    assert split_label(line) is None


class TestWebVtt:
    def test_voices_labels_and_nobody(self):
        call = read(
            "WEBVTT\nKind: captions\n\nSTYLE\n::cue {}\n\nNOTE Agent: no words\n\n"
            "00:01.000 --> 00:02.000 align:start\n<v.loud Agent Ann>One <i>two</i></v>\n\n"
            "00:02.000 --> 00:03.000\nCustomer: Fish &amp; chips\n\n"
            "00:03.000 --> 00:04.000\nWell\n\n"
            "00:04.000 --> 00:05.000\n<v Agent Ann>Yes?\n<v Bob>No.\n"
        )
        assert said(call) == [
            ("Agent Ann", "One two"),
            ("Customer", "Fish & chips"),
            (None, "Well"),
            ("Agent Ann", "Yes?"),
            ("Bob", "No."),
        ]
        assert [turn.source_index for turn in call.turns] == [0, 1, 2, 3, 3]

    @pytest.mark.parametrize("start", ["WEBVTT", "\n\n```WEBVTT", "```vtt\nWEBVTT"])
    def test_what_may_stand_before(self, start):
        call = read(f"{start}\n\n00:01.000 --> 00:02.000\n<v Agent>Hi.\n```\n".encode())
        assert said(call) == [("Agent", "Hi.")]

    @pytest.mark.parametrize(
        "time", ["00:01,000 --> 00:02,000", "00:01.000 -->", "00:01.000 --> 00:72.000", "1 --> 2"]
    )
    def test_damaged_times(self, time):
        with pytest.raises(ReadError, match=r"line 3: .* is no time"):
            read(f"WEBVTT\n\n{time}\nHi.\n")

    def test_no_cues(self):
        with pytest.raises(ReadError, match="no turns"):
            read("WEBVTT\n\n")

    def test_the_header_is_needed(self):
        with pytest.raises(ReadError, match="line 1: expected WEBVTT"):
            read("00:01.000 --> 00:02.000\nHi.\n", "webvtt")


class TestSrt:
    def test_what_cues_may_look_like(self):
        call = read(
            "\n1\n00:00:01,000 --> 00:00:02,500\n- Agent: One\ntwo\n\n\n\n\n"
            "2\n00:00:03,000 --> 00:00:02,500\nCaller: <b>Three</b>\n\n"
            "3\n00:00:04,000 --> 00:00:05,000\n\n"
            "4\n00:00:06,000 --> 00:00:07,000\nCaller: four\n"
        )
        assert said(call) == [("Agent", "One two"), ("Caller", "Three four")]
        assert (call.turns[1].start, call.turns[1].end) == (3.0, 7.0)
        assert call.meta["warnings"] == ["end before start: end dropped (1 turn)"]

    def test_a_damaged_time(self):
        with pytest.raises(ReadError, match="line 6: '00:00:1d,000' is no time"):
            read(
                "1\n00:00:01,000 --> 00:00:02,500\nHi.\n\n"
                "2\n00:00:03,000 --> 00:00:1d,000\nHello.\n"
            )

    def test_something_else(self):
        with pytest.raises(ReadError, match="and the words, got 'Once upon"):
            read("Once upon a time\nthere was a queue.\n", "srt")
