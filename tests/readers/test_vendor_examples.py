"""Our own examples of speech vendors, containers and tickets: counted by eye."""

import re

import pytest

from callclf.readers import iter_read, read

# File, roles of each call, and the speakers that the file cannot say.
EXAMPLES = [
    ("deepgram.json", ["acacaca"], {"channel 0": "agent", "channel 1": "customer"}),
    ("assemblyai.json", ["acacaca"], {"A": "agent", "B": "customer"}),
    ("rev_ai.json", ["acacac"], {0: "agent", 1: "customer"}),
    ("whisperx.json", ["acacac"], {"SPEAKER_01": "agent", "SPEAKER_00": "customer"}),
    ("azure_batch.json", ["acacaca"], {"channel 0": "agent", "channel 1": "customer"}),
    ("azure_fast.json", ["acacaca"], {"1": "agent", "2": "customer"}),
    ("azure_realtime.jsonl", ["acacac"], {"Guest-1": "agent", "Guest-2": "customer"}),
    ("azure_content_understanding.json", ["acacac"], {}),
    ("azure_conversations.json", ["acacac"], {}),
    ("wtf.json", ["acacac"], {"Speaker 2": "customer"}),
    ("intercom_call.json", ["acacaca"], {}),
    ("vcon.json", ["bcbacac"], {}),
    ("vcon_analysis.json", ["acacac"], {"Speaker 2": "customer"}),
    ("whatsapp.txt", ["scacaca"], {"Mara K": "customer", "haus & holz support": "agent"}),
    ("single_text.json", ["acacacac"], {}),
    ("messages_display.jsonl", ["cacaca", "cac"], {}),
    ("zendesk_ticket.json", ["csacac"], {}),
    ("zendesk_tables.csv", ["sacac", "bcac"], {}),
    ("intercom_conversation.json", ["cbcsac"], {}),
    ("intercom_tables.csv", ["casca", "ca"], {}),
    ("utterances.json", ["cacaca"], {}),
    ("speaker_text_pairs.json", ["acacsacsa"], {}),
    ("convokit", ["cacac", "cac"], {}),
]


@pytest.mark.parametrize(("name", "expected", "speakers"), EXAMPLES, ids=lambda v: str(v)[:20])
def test_example(examples, name, expected, speakers):
    calls = list(iter_read(examples / "formats" / name, speakers=speakers))
    assert ["".join(turn.role[0] for turn in call.turns) for call in calls] == expected
    format = {"vcon_analysis": "vcon"}.get(name.partition(".")[0], name.partition(".")[0])
    for call in calls:
        assert call.meta["format"] == format
        starts = [turn.start for turn in call.turns if turn.start is not None]
        assert starts == sorted(starts)
        assert "warnings" not in call.meta


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        ("deepgram.json", 2, (9.94, 14.4)),
        ("assemblyai.json", 1, (2.5, 7.62)),
        ("rev_ai.json", 2, (8.02, 12.8)),
        ("whisperx.json", 1, (2.82, 8.9)),
        ("azure_batch.json", 1, (2.82, 6.34)),
        ("azure_fast.json", 1, (2.18, 5.7)),
        ("azure_realtime.jsonl", 1, (2.18, 6.98)),
        ("azure_content_understanding.json", 1, (3.46, 7.94)),
        ("wtf.json", 1, (2.18, 6.34)),
        ("intercom_call.json", 1, (2.18, 5.7)),
        ("vcon.json", 3, (75.0, None)),
        ("zendesk_ticket.json", 1, (3600.0, None)),
        ("intercom_conversation.json", 2, (60.0, None)),
        ("whatsapp.txt", 2, (143.0, None)),
    ],
)
def test_times_are_in_seconds(examples, name, start, end):
    turn = read(examples / "formats" / name).turns[start]
    assert (turn.start, turn.end) == end


def test_the_readme_lists_every_file(examples):
    folder = examples / "formats"
    listed = re.findall(r"^\| `([^`]+?)/?` \|", (folder / "README.md").read_text("utf-8"), re.M)
    there = sorted(path.name for path in folder.iterdir() if path.name != "README.md")
    assert sorted(listed) == there
