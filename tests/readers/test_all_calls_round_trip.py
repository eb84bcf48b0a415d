"""Every call of the corpus, exported in the biggest formats, gets the tags of the original."""

import json

import numpy as np
import pytest
from test_cloud_round_trip import call_analytics, genesys, google_export, lca, pca, realtime
from test_vendor_round_trip import (
    NUMBERS,
    assemblyai,
    azure_batch,
    deepgram_utterances,
    intercom_conversation,
    vcon_texts,
    whisperx,
)

import callclf
from callclf import Transcript, Turn

CHANNELS = {f"channel {n}": role for n, role in NUMBERS.items()}
SPEAKERS = {f"SPEAKER_0{n}": role for n, role in NUMBERS.items()}
LETTERS = {"_ABC"[int(n)]: role for n, role in NUMBERS.items()}

FORMATS = [
    (call_analytics, {}),
    (realtime, {}),
    (pca, {}),
    (lca, {}),
    (genesys, {}),
    (google_export, {}),
    (deepgram_utterances, NUMBERS),
    (assemblyai, LETTERS),
    (azure_batch, CHANNELS),
    (whisperx, SPEAKERS),
    (vcon_texts, {}),
    (intercom_conversation, {}),
]


@pytest.fixture(scope="module")
def calls(repo):
    """All calls, as (role, text, start, end)."""
    lines = (repo / "data" / "corpus" / "calls.jsonl").read_text("utf-8").splitlines()
    return [
        [
            (turn["role"], " ".join(turn["text"].split()), 9.0 * i, 9.0 * i + 8.5)
            for i, turn in enumerate(json.loads(line)["turns"])
        ]
        for line in lines
    ]


@pytest.fixture(scope="module")
def model():
    return callclf.load()


@pytest.fixture(scope="module")
def native(model, calls):
    transcripts = [Transcript([Turn(role, text) for role, text, *_ in turns]) for turns in calls]
    return model.predict_proba(transcripts)


@pytest.mark.slow
@pytest.mark.parametrize(("write", "speakers"), FORMATS, ids=[w.__name__ for w, _ in FORMATS])
def test_tags_are_those_of_the_original(model, calls, native, write, speakers):
    read = []
    for turns in calls:
        there = {role for role, *_ in turns}
        known = {name: role for name, role in speakers.items() if role in there}
        written = write(turns)
        source = json.dumps(written).encode() if isinstance(written, dict | list) else written
        read.append(callclf.read(source, speakers=known))
    assert len(read) == 660
    np.testing.assert_allclose(model.predict_proba(read), native, atol=1e-6)
    thresholds = list(model.thresholds_.values())
    np.testing.assert_array_equal(model.predict(read), native >= thresholds)
