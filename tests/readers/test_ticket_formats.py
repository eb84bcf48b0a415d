"""Help desks, exported chats, and calls kept as plain text or lists."""

import csv
import io
import json
import time

import pytest

from callclf.errors import ReadError, UnknownFormatError
from callclf.readers import iter_read, read
from callclf.readers._markup import plain_text
from callclf.readers.roles import role_of


def example(examples, name):
    return json.loads((examples / "formats" / f"{name}.json").read_text("utf-8"))


def said(call):
    return [(turn.role.value, turn.text) for turn in call.turns]


def roles(call):
    return "".join(turn.role[0] for turn in call.turns)


def table(*rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def test_words_of_these_systems_for_roles():
    words = {"team": "agent", "Teammate 2": "agent", "action": "system", "end-user": "customer"}
    assert {word: str(role_of(word)) for word in words} == words


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>a</p><p>b<br/>c</p>", "a\nb\nc"),
        ("a &amp;amp; b", "a &amp; b"),  # once
        ("<redacted> is [PII] &lt;b&gt;", "<redacted> is [PII] <b>"),
        ("1 <2 and b> a", "1 <2 and b> a"),
        ('<a href="x">link</a><script>x()</script>', "link"),
    ],
)
def test_words_in_markup(markup, words):
    assert plain_text(markup) == words


# Zendesk.


def test_zendesk_without_users_knows_the_requester_only(examples):
    record = example(examples, "zendesk_ticket")
    del record["users"]
    call = read(record)
    assert roles(call) == "csucuc"
    assert "'880021', '880034'" in call.meta["warnings"][0]
    agents = {"880021": "agent", "880034": "agent"}
    assert roles(read(record, speakers=agents)) == "csacac"  # the note stays a note
    bare = {**record["ticket"], "comments": record["comments"]}
    assert roles(read(bare)) == "csucuc"


def test_zendesk_comments_in_order_and_one_page_of_several(examples):
    record = example(examples, "zendesk_ticket")
    record["comments"].reverse()
    record["next_page"] = "https://example.com/2"
    call = read(record)
    assert roles(call) == "csacac"
    assert [turn.source_index for turn in call.turns] == [5, 4, 3, 2, 1, 0]
    assert call.meta["warnings"] == ["this is one page of several; the others hold more comments"]
    for comment in record["comments"]:
        del comment["plain_body"], comment["body"]
    assert read(record).turns == call.turns


def test_zendesk_comment_table_with_and_without_roles():
    head = ["id", "ticket_id", "user_id", "body", "public", "created"]
    rows = [
        ["1", "0007", "31", "Where is it?", "TRUE", "2026-01-05 10:00:00"],
        ["3", "0007", "32", "Tomorrow, sorry.", "true", "2026-01-05 10:20:00"],
        ["2", "0007", "32", "<b>late again</b>", "false", "2026-01-05 10:10:00"],
    ]
    call = read(table(head, *rows))
    assert said(call) == [
        ("unknown", "Where is it?"),
        ("system", "late again"),
        ("unknown", "Tomorrow, sorry."),
    ]
    assert (call.id, call.turns[2].start) == ("0007", 1200.0)
    with_roles = [
        [*row, role] for row, role in zip(rows, ["end-user", "agent", "agent"], strict=True)
    ]
    joined = read(table([*head, "role"], *with_roles))
    assert roles(joined) == "csa"
    assert joined.meta["format"] == "zendesk_tables"


def test_zendesk_events_with_broken_json_in_a_cell():
    head = ["chat_id", "actor_id", "created_at", "message", "original_message"]
    rows = [
        ["c", "agent:1", "2026-01-05 10:00:00", 'a, "b"\nc', "{broken"],
        ["c", "22", "2026-01-05 10:00:10", "", '{"content": {"text": 7}}'],
        ["c", "22", "2026-01-05 10:00:20", "d", "[" * 100_000],
    ]
    assert said(read(table(head, *rows))) == [("agent", 'a, "b"\nc'), ("customer", "d")]


# Intercom.


def test_intercom_conversations_in_a_list(examples):
    record = example(examples, "intercom_conversation")
    empty = {"type": "conversation", "id": "9", "source": {"body": None}}
    listed = {"type": "conversation.list", "conversations": [record, empty]}
    call, problem = iter_read(listed, on_error="yield")
    assert call.turns == read(record).turns
    assert "conversations[1]: no turns" in str(problem)


def test_intercom_first_message_from_the_company(examples):
    record = example(examples, "intercom_conversation")
    record["source"]["author"] = {"type": "admin", "id": 5}
    call = read(record)
    assert (call.turns[0].role.value, call.turns[0].speaker) == ("agent", "5")


def test_notes_stay_notes_whoever_is_an_agent(examples):
    for name in ("intercom_conversation.json", "zendesk_ticket.json", "intercom_tables.csv"):
        speakers = {"Jules": "agent", "Kofi": "agent", "501": "agent", "admin": "agent"}
        [note] = [
            turn
            for call in iter_read(examples / "formats" / name, speakers=speakers)
            for turn in call.turns
            if turn.role == "system"
        ]
        assert note.speaker in ("Jules (note)", "Kofi (note)", "501 (note)")


def test_markup_that_does_not_end_is_read_in_good_time():
    for opened in ("<script>", "<!--", "<style>", "<p "):
        body = "seen " + opened * 20_000
        began = time.process_time()
        assert plain_text(body).startswith("seen")
        assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("author", "role"),
    [
        ("user", "customer"),
        ("lead", "customer"),
        ("contact", "customer"),
        ("admin", "agent"),
        ("team", "agent"),
        ("bot", "bot"),
        (None, "unknown"),
    ],
)
def test_intercom_authors(author, role):
    source = {"body": "<p>a</p>", "author": {"type": author, "name": "X"}}
    record = {"type": "conversation", "id": 1, "source": source}
    assert read(record).turns[0].role.value == role


def test_intercom_damaged(examples):
    record = example(examples, "intercom_conversation")
    record["conversation_parts"]["conversation_parts"][1]["body"] = 5
    path = r"conversation_parts\.conversation_parts\[1\]\.body: expected a string"
    with pytest.raises(ReadError, match=path):
        read(record)


# WhatsApp.


def whatsapp(*heads):
    return "".join(f"{head}{i}\n" for i, head in enumerate(heads))


@pytest.mark.parametrize(
    ("first", "second", "seconds"),
    [
        ("3/5/26, 11:59 PM - A: ", "3/6/26, 12:01 AM - B: ", None),
        ("05/03/2026, 23:59 - A: ", "06/03/2026, 00:01 - B: ", None),
        ("28/02/2026, 23:59 - A: ", "01/03/2026, 00:01 - B: ", 120),
        ("2/28/26, 11:59 p.\u00a0m. - A: ", "3/1/26, 12:01 a.\u00a0m. - B: ", 120),
        ("2026-02-28, 23:59 - A: ", "2026-03-01, 00:01 - B: ", 120),
        ("[05.03.26, 23:59:59] A: ", "[06.03.26, 00:00:01] B: ", 2),
        ("[3/5/26, 11:59:59\u202fPM] A: ", "\u200e[3/16/26, 12:00:01\u202fAM] B: ", 864_002),
        ("12/31/25, 23:59 - A: ", "1/1/26, 00:01 - B: ", 120),
    ],
)
def test_whatsapp_dates_of_many_phones(first, second, seconds):
    call = read(whatsapp(first, second))
    assert [t.speaker for t in call.turns] == ["A", "B"]
    assert call.meta["format"] == "whatsapp"
    ambiguous = "dates may be day/month or month/day, so there are no times"
    # Days of one month in a row are in order either way, a day or a month apart.
    assert (ambiguous in call.meta["warnings"]) == (seconds is None)
    assert call.turns[1].start == seconds


def test_whatsapp_lines_that_are_no_messages():
    text = (
        "3/5/26, 10:15 AM - Messages and calls are end-to-end encrypted.\n"
        "3/5/26, 10:15 AM - Ann: two\nlines: here\n"
        "3/5/26, 10:16 AM - Agent Bo: <Media omitted>\n"
        "3/5/26, 10:16 AM - Agent Bo: <redacted>\n"
        "3/5/26, 10:17 AM - Ann: This message was deleted\n"
    )
    call = read(text, speakers={"ann": "customer"})
    assert said(call) == [
        ("system", "Messages and calls are end-to-end encrypted."),
        ("customer", "two\nlines: here"),
        ("agent", "<redacted>"),
    ]
    assert [t.source_index for t in call.turns] == [0, 1, 3]


# Whole calls in one string.

ONE_LINE = [
    "Agent: Hello. Customer: It says: closed. Agent: Oh.",
    "**Agent:** Hello. **Customer:** It says: closed. **Agent:** Oh.",
    "**Agent**: Hello. **Customer**: It says: closed. **Agent**: Oh.",
    "Agent: Hello.\\nCustomer: It says: closed.\\nAgent: Oh.",
    "Agent: Hello. | Customer: It says: closed. | Agent: Oh.",
    "Agent: Hello.\r\nCustomer: It says: closed.\r\nAgent: Oh.",
]


@pytest.mark.parametrize("text", ONE_LINE)
@pytest.mark.parametrize("key", ["Content", "transcript", "text", "Transcription"])
def test_one_string(text, key):
    call = read({"ConversationId": 12, key: text, "StartTime": "x"})
    words = [(role, said.rstrip(" |")) for role, said in said(call)]
    assert words == [("agent", "Hello."), ("customer", "It says: closed."), ("agent", "Oh.")]
    assert (call.id, call.meta["StartTime"]) == ("12", "x")


def test_names_on_one_line_count_if_they_come_back_or_are_mapped():
    text = "Ann: Hello. Bo: Hi. Ann: The rule: none. Bo: Right."
    call = read({"transcript": text}, speakers={"Ann": "agent", "Bo": "customer"})
    assert said(call)[2] == ("agent", "The rule: none.")
    assert len(call) == 4


@pytest.mark.parametrize(
    "record",
    [
        {"text": "Hello there."},
        {"speaker": "agent", "text": "Agent: a\nCustomer: b"},
        {"role": "x", "content": "word " * 50},
        {"content": None},
        {"transcript": ["a"]},
        {"": "Agent: a\nCustomer: b"},
    ],
)
def test_single_messages_are_no_calls(record):
    with pytest.raises(UnknownFormatError):
        read(record)


def test_messages_of_tools_are_left_out(examples):
    call, _ = iter_read(examples / "formats" / "messages_display.jsonl")
    assert [t.source_index for t in call.turns] == [0, 1, 2, 5, 6, 9]
    assert call.turns[3].text.endswith("two flights:\n- 07:40\n- 15:10")
    bot = list(
        iter_read(examples / "formats" / "messages_display.jsonl", speakers={"assistant": "bot"})
    )
    assert roles(bot[0]) == "cbcbcb"
    with pytest.raises(ReadError, match="no turns"):
        read({"messages_display": "assistant: None\ntool: x"})


# Lists.

TURNS = [("customer", "Hi."), ("agent", "Hello.")]


@pytest.mark.parametrize("speaker", ["speaker", "sender", "author", "from", "role"])
@pytest.mark.parametrize("text", ["text", "utterance", "message", "value"])
def test_utterances_under_many_names(speaker, text):
    turns = [{speaker: who.upper(), text: words} for who, words in TURNS]
    for record in (turns, {"call_id": 4, "utterances": turns}, {"dialogue": turns}):
        assert said(read(record)) == TURNS
    many = [{"id": "a", "turns": turns}, {"id": "b", "turns": turns}]
    assert [call.id for call in iter_read(many)] == ["a", "b"]


def test_utterances_with_times():
    seconds = {"utterances": [{"speaker": "agent", "text": "a", "start": 1.5, "end": 2}]}
    assert (read(seconds).turns[0].start, read(seconds).turns[0].end) == (1.5, 2.0)
    millis = {"utterances": [{"speaker": "agent", "text": "a", "start_ms": 1500}]}
    assert read(millis).turns[0].start == 1.5
    stamps = ["2026-01-05T10:00:00Z", "2026-01-05T10:00:07Z", 1_767_607_200_000]
    turns = [{"speaker": "agent", "text": "a", "timestamp": stamp} for stamp in stamps]
    assert [t.start for t in read({"utterances": turns}).turns] == [0.0, 7.0, None]


def test_pairs_bare_by_split_and_damaged():
    pairs = [list(turn) for turn in TURNS]
    assert said(read(pairs)) == TURNS
    assert said(read(json.dumps(pairs) + "\n")) == TURNS
    calls = {
        "train": [{"convo_id": 1, "original": pairs}],
        "dev": [{"convo_id": 2, "original": pairs}],
    }
    assert [(c.id, c.meta["split"]) for c in iter_read(calls)] == [("1", "train"), ("2", "dev")]
    calls["dev"].append({"convo_id": 3, "original": [["agent"]]})
    problem = list(iter_read(calls, on_error="yield"))[-1]
    assert "dev[1].original[0]: expected a pair" in str(problem)
