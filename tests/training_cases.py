"""Small calls with failures in known turns."""

import random

from callclf import CallLabels, Corpus, HeadConfig, Transcript, Turn

GOOD = ["I have refunded it just now", "let me look that up for you", "it ships on Monday"]
RUDE = ["stop whining about it", "are you stupid or what", "do not waste my time with this"]
SHUT = ["there is no manager for this", "a supervisor will not talk to you"]
NEW_RUDE = ["moan as much as you like", "what a dim question", "I could not care less about you"]
NEW_GOOD = ["could you spell the street", "we open at nine", "a courier comes tomorrow morning"]
ASKS = ["where is my parcel", "I want my money back", "this does not work at all"]


def make_call(rng, i, *, rude, shut=False, phrases=RUDE, fine=GOOD, **meta):
    turns = []
    for k in range(4):
        turns.append(Turn("customer", rng.choice(ASKS) + f" {rng.choice('abcdefgh')}{i}"))
        words = rng.choice(phrases) if rude and k == 2 else rng.choice(fine)
        words = rng.choice(SHUT) if shut and k == 3 else words
        turns.append(Turn("agent", f"{words}, number {rng.randrange(999)}"))
    return Transcript(turns, id=f"c{i}", meta=meta)


def make_corpus(n, seed=0, phrases=RUDE, fine=GOOD):
    """Every third call is rude in turn 5, every fifth refuses a manager in turn 7."""
    rng = random.Random(seed)
    calls, labels = [], []
    for i in range(n):
        rude, shut = i % 3 == 0, i % 5 == 0
        day = f"2026-01-{1 + i % 28:02d}"
        calls.append(
            make_call(
                rng,
                f"{seed}-{i}",
                rude=rude,
                shut=shut,
                phrases=phrases,
                fine=fine,
                customer=f"p{i // 2}",
                day=day,
            )
        )
        evidence = ({"rudeness": (5,)} if rude else {}) | (
            {"escalation_refused": (7,)} if shut else {}
        )
        labels.append(CallLabels(tuple(evidence), evidence))
    return Corpus(tuple(calls), tuple(labels))


SMALL = HeadConfig(bits=10)


def flipped(corpus, share, seed=0, names=("rudeness", "escalation_refused")):
    """Turn round a share of the labels of calls, as an unreliable batch has them."""
    rng = random.Random(seed)
    labels = []
    for item in corpus.labels:
        has = [name for name in names if (name in item.labels) != (rng.random() < share)]
        labels.append(CallLabels(tuple(has), annotated=names))
    return Corpus(corpus.calls, tuple(labels))
