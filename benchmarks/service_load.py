"""How `examples/service.py` holds up: speed, waiting times and memory, asked from another process.

`python benchmarks/service_load.py` starts the service on a free port of this machine and posts
20-turn calls to `/tag`, over 8 connections that each wait for one answer before the next question,
until 1,000,000 turns are tagged or the time is up. Every turn has a word that no other has. Then it
asks at a third of that pace, as a service that is not overloaded is asked. Server and load share
the processor.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

import callclf

ROOT = Path(__file__).resolve().parent.parent
TURNS = 20
START_SECONDS = 60
ANSWER_SECONDS = 60
SHARES = (0.01, 0.1, 0.25, 0.5, 0.75, 1)
"""Of the turns, after which memory is looked at."""

LETTERS = str.maketrans("0123456789", "abcdefghij")
"""For words that differ: to the features, all digits are the same."""


@dataclass
class Load:
    """Questions asked over some connections at once.

    Parameters
    ----------
    port
        Of the service.
    calls
        Words of every turn of some calls, with their roles.
    count
        Questions at most.
    pause
        Seconds from one question of a connection to its next; 0 for as soon as it is answered.
    until
        When to end at the latest, as `time.perf_counter` has it.
    """

    port: int
    calls: list[list[tuple[str, str]]]
    count: int
    pause: float
    until: float
    waits: list[float] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    asked: int = 0

    def run(self, connections: int) -> float:
        """Ask over so many connections; return the seconds that it took."""
        start = time.perf_counter()
        # Spread over the pause: questions that come all at once would wait for each other.
        dues = [start + self.pause * k / connections for k in range(connections)]
        threads = [threading.Thread(target=self._ask, args=[due]) for due in dues]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - start

    def quantile(self, share: float) -> float:
        """Return the wait in milliseconds that this share of the questions stayed below."""
        return 1e3 * sorted(self.waits)[int(share * (len(self.waits) - 1))]

    def _ask(self, due: float) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        while self.asked < self.count and time.perf_counter() < self.until:
            self.asked += 1
            body = varied(self.calls[self.asked % len(self.calls)], self.asked)
            time.sleep(max(due - time.perf_counter(), 0))
            # Late questions count from when they were due, or a slow answer would hide the next.
            start = due if self.pause else time.perf_counter()
            try:
                connection.request("POST", "/tag", body)
                response = connection.getresponse()
                response.read()
                self.outcomes.append(str(response.status))
            except (OSError, http.client.HTTPException) as error:
                self.outcomes.append(repr(error))
                connection.close()  # the next request opens it again
            self.waits.append(time.perf_counter() - start)
            due += self.pause
        connection.close()


def varied(call: list[tuple[str, str]], number: int) -> bytes:
    """Return a call as JSON, with a word in each turn that no other call has."""
    word = str(number).translate(LETTERS)
    turns = [
        {"role": role, "text": f"{text} {word}k{'y' * k}"} for k, (role, text) in enumerate(call)
    ]
    return json.dumps({"id": str(number), "turns": turns}).encode()


@contextmanager
def service() -> Iterator[tuple[int, psutil.Process]]:
    """Run the service; give its port and its process."""
    with tempfile.TemporaryFile("w+") as log:
        command = [sys.executable, "-m", "uvicorn", "service:app", "--port", "0", "--no-access-log"]
        command += ["--app-dir", str(ROOT / "examples")]
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT)
        try:
            yield _port(server, log.fileno()), psutil.Process(server.pid)
        finally:
            server.kill()
            server.wait()


def _port(server: subprocess.Popen[bytes], log: int) -> int:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        text = os.pread(log, 1 << 16, 0).decode()
        if found := re.search(r"running on http://127\.0\.0\.1:(\d+)", text):
            return int(found[1])
        time.sleep(0.1)
    raise RuntimeError(f"the service did not start:\n{os.pread(log, 1 << 16, 0).decode()}")


def main() -> None:
    """Ask, and print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=1_000_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=600, help="at most, for the turns")
    arguments = parser.parse_args()
    corpus = callclf.Corpus.load(ROOT / "data" / "corpus" / "calls.jsonl").calls
    calls = [[(t.role.value, t.text) for t in call.turns] for call in corpus if len(call) == TURNS]
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before")
    with service() as (port, process):

        def load(count: int, rate: float = 0, seconds: float = arguments.seconds) -> Load:
            pause = arguments.connections / rate if rate else 0
            return Load(port, calls, count, pause, time.perf_counter() + seconds)

        def resident() -> str:
            return f"{process.memory_info().rss / 2**20:.0f} MB"

        print(f"resident: {resident()} at start", end="")
        full, took = load(0), 0.0
        for share in SHARES:
            full.count = int(share * arguments.turns / TURNS)
            took += full.run(arguments.connections)
            print(f", {resident()} after {len(full.waits) * TURNS:,} turns", end="", flush=True)
        print()
        report(f"{arguments.connections} connections, always asking", full, took)
        rate = len(full.waits) / took / 3
        third = load(int(20 * rate), rate, 40)
        report("the same at a third of that pace", third, third.run(arguments.connections))
        single = load(1000, seconds=30)
        report("1 connection, always asking", single, single.run(1))
    print(f"load average {os.getloadavg()[0]:.1f} after")


def report(name: str, load: Load, seconds: float) -> None:
    """Print the figures of one load."""
    failed = [outcome for outcome in load.outcomes if outcome != "200"]
    print(
        f"{name}: {len(load.waits) / seconds:,.0f} calls/s, p50 {load.quantile(0.5):.1f} ms, "
        f"p99 {load.quantile(0.99):.1f} ms, {len(failed)} of {len(load.waits):,} failed"
        + (f", such as {failed[0]}" if failed else ""),
        flush=True,
    )


if __name__ == "__main__":
    main()
