"""How fast large sources are read, and in how much memory.

`python benchmarks/streaming.py` writes 1 GB of JSON lines (the corpus, over and over, each call
with an id of its own) and a Call Analytics file of 37,000 turns with their word items into a
temporary folder, then reads each in a process of its own, on one core. It prints megabytes (of a
million bytes) a second of processor time, and the peak of resident memory, which is asked of Linux.
`--megabytes 100` for a smaller run.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

CORPUS = sorted(Path("data/corpus").glob("*.jsonl"))
CALL_TURNS = 37_000
WORDS_A_TURN = 8

READ = """
import json, re, sys, time
from pathlib import Path
import callclf

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

path, how = sys.argv[1:]
callclf.read(b'{"turns": []}')
before, begun, walled = peak(), time.process_time(), time.perf_counter()
calls = turns = 0
if how == "json.loads":
    json.loads(Path(path).read_bytes())
else:
    for call in callclf.iter_read(path):
        calls += 1
        turns += len(call)
times = time.process_time() - begun, time.perf_counter() - walled
print(calls, turns, *times, before, peak())
"""


def main() -> None:
    """Write the files, read them, and print one line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000, help="size of the JSON lines")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder, "calls.jsonl")
        write_lines(lines, arguments.megabytes * 1_000_000)
        report("JSON lines", lines)
        document = Path(folder, "analytics.json")
        write_call_analytics(document)
        report("Call Analytics", document)
        report("Call Analytics", document, "json.loads")


def write_lines(path: Path, size: int) -> None:
    """Write the corpus until the file has the size in bytes."""
    records = [json.loads(line) for file in CORPUS for line in file.open(encoding="utf-8")]
    written = 0
    with path.open("w", encoding="utf-8") as file:
        for number, record in enumerate(itertools.cycle(records)):
            line = json.dumps({**record, "id": f"c{number}"}, ensure_ascii=False) + "\n"
            written += file.write(line)
            if written >= size:
                return


def write_call_analytics(path: Path) -> None:
    """Write one call as Amazon Transcribe Call Analytics does: every word is an item."""
    turns = []
    for i in range(CALL_TURNS):
        words = [f"word{(i + k) % 997}" for k in range(WORDS_A_TURN)]
        start = i * 2000
        items = [
            {
                "Type": "pronunciation",
                "Confidence": "0.9981",
                "Content": word,
                "BeginOffsetMillis": start + 200 * k,
                "EndOffsetMillis": start + 200 * k + 180,
                "VocabularyFilterMatch": False,
                "Redaction": None,
            }
            for k, word in enumerate(words)
        ]
        turns.append(
            {
                "LoudnessScores": [71.5, 72.25, 70.0],
                "Content": " ".join(words),
                "Items": items,
                "Id": f"{i:08x}-0000-4000-8000-000000000000",
                "BeginOffsetMillis": start,
                "EndOffsetMillis": start + 1800,
                "Sentiment": "NEUTRAL",
                "ParticipantRole": "AGENT" if i % 2 else "CUSTOMER",
            }
        )
    document = {
        "JobStatus": "COMPLETED",
        "LanguageCode": "en-US",
        "Transcript": turns,
        "AccountId": "",
        "Participants": [{"ParticipantRole": "AGENT"}, {"ParticipantRole": "CUSTOMER"}],
        "JobName": "large",
        "ConversationCharacteristics": {"TotalConversationDurationMillis": CALL_TURNS * 2000},
    }
    path.write_text(json.dumps(document), encoding="utf-8")


def report(name: str, path: Path, how: str = "iter_read") -> None:
    """Read a file in a fresh process and print the figures."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), how], capture_output=True, text=True, check=True
    )
    calls, turns, seconds, walled, before, after = map(float, done.stdout.split())
    megabytes = path.stat().st_size / 1e6
    print(
        f"{name}, {how}: {megabytes:,.0f} MB, {calls:,.0f} calls, {turns:,.0f} turns in "
        f"{seconds:.1f} s ({walled:.1f} s by the clock): {megabytes / seconds:.0f} MB/s; "
        f"resident {before:.0f} MB before, {after:.0f} MB at most",
        flush=True,
    )


if __name__ == "__main__":
    main()
