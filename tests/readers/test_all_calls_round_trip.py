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
    files = sorted((repo / "data" / "corpus").glob("*.jsonl"))
    found = [call for file in files for call in callclf.iter_read(file)]
    assert len(found) == 15444
    return found


@pytest.fixture(scope="module")
def model():
    return callclf.load("fast")


@pytest.fixture(scope="module")
def native(model, calls):
    return model.predict_proba(calls)


def exported(call, write, speakers):
    turns = [
        (str(turn.role), " ".join(turn.text.split()), 9.0 * i, 9.0 * i + 8.5)
        for i, turn in enumerate(call.turns)
    ]
    there = {role for role, *_ in turns}
    written = write(turns)
    source = json.dumps(written).encode() if isinstance(written, dict | list) else written
    known = {name: role for name, role in speakers.items() if role in there}
    return callclf.read(source, speakers=known)


@pytest.mark.slow
@pytest.mark.parametrize(("write", "speakers"), FORMATS, ids=[w.__name__ for w, _ in FORMATS])
def test_tags_are_those_of_the_original(model, calls, native, write, speakers):
    again = [exported(call, write, speakers) for call in calls]
    # What a model sees: with these the same, so are the tags of any model.
    assert list(map(said, again)) == list(map(said, calls))
    np.testing.assert_allclose(model.predict_proba(again), native, atol=1e-6)
    thresholds = list(model.thresholds_.values())
    np.testing.assert_array_equal(model.predict(again), native >= thresholds)


def said(call):
    return [(turn.role, " ".join(turn.text.split())) for turn in call.turns]
