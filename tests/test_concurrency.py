"""The model in many threads and processes: same answers, nothing opened, memory flat."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import callclf
from callclf import Transcript, Turn
from callclf.features import cues, ngrams
from callclf.pretrained import model_names

SECONDS = 600  # a hang, however slow and busy the machine
WITH_ENCODER = pytest.param(
    "base",
    marks=pytest.mark.skipif(
        "base" not in model_names(), reason="this package is built without the model base"
    ),
)
each_model = pytest.mark.parametrize("name", ["fast", WITH_ENCODER])


@pytest.fixture
def model():
    return callclf.load("fast")


@pytest.fixture(scope="module")
def calls(repo):
    return list(callclf.Corpus.load(repo / "data" / "corpus" / "calls.jsonl").calls[:60])


def run(repo, script):
    """Run a script in a process of its own; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=repo, timeout=SECONDS
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


# ---- threads ----------------------------------------------------------------------------------


def test_eight_threads_get_what_one_gets(model, calls):
    def work(start):
        mine = calls[start:] + calls[:start]
        one_by_one = np.concatenate([model.predict_proba([call]) for call in mine])
        return np.roll(one_by_one, start, axis=0), [t.to_dict() for t in model.tag(calls)]

    expected, records = work(0)
    with ThreadPoolExecutor(8) as pool:
        for probability, tagged in pool.map(work, range(8)):
            np.testing.assert_array_equal(probability, expected)
            assert tagged == records


@each_model
def test_threads_that_start_cold_together_agree(repo, name):
    script = f"""
import callclf, threading
model, barrier, found = callclf.load("{name}"), threading.Barrier(8), []
call = callclf.read("Customer: A supervisor, please.\\nAgent: There is no supervisor here.")
def work():
    barrier.wait()
    found.append(str(model.tag(call).to_dict()))
threads = [threading.Thread(target=work) for _ in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
print(len(found), len(set(found)))
"""
    assert run(repo, script) == "8 1"


def test_set_policy_while_others_predict_gives_each_answer_one_policy(model, calls):
    policies = {"strict": {"precision": 0.99}, "lax": {"recall": 0.95}}
    expected = {}
    for name, policy in policies.items():
        model.set_policy(**policy)
        tags = model.tag(calls)
        expected[name] = model.predict(calls).tobytes(), [t.to_dict() for t in tags]
    assert expected["strict"] != expected["lax"]

    def predict(_):
        return model.predict(calls).tobytes()

    def tag(_):
        return [t.to_dict() for t in model.tag(calls)]

    def switch(i):
        model.set_policy(**policies["lax" if i % 2 else "strict"])

    with ThreadPoolExecutor(8) as pool:
        predicted, tagged = pool.map(predict, range(30)), pool.map(tag, range(10))
        switched = pool.map(switch, range(60))
        assert set(predicted) <= {flags for flags, _ in expected.values()}
        assert all(found in [tags for _, tags in expected.values()] for found in tagged)
        list(switched)


def test_a_policy_changes_no_version(model):
    version = model.version
    assert model.set_policy(recall=0.9).version == version == callclf.load("fast").version


# ---- processes --------------------------------------------------------------------------------

WORK = """
import faulthandler, multiprocessing, sys, threading, warnings
import callclf
call = callclf.read("Customer: A supervisor, please.\\nAgent: There is no supervisor here.")
def work(model):
    return str(model.tag(call).to_dict()), model.predict_proba([call]).tobytes()
def send(model, to_parent):
    faulthandler.dump_traceback_later(120, exit=True)  # the work takes milliseconds
    to_parent.send(work(model))
def main(name, method, n_children):
    model = callclf.load(name).warm_up()
    here, context, stop = work(model), multiprocessing.get_context(method), threading.Event()
    def busy():
        while not stop.is_set():
            work(model)
    threads = [threading.Thread(target=busy, daemon=True) for _ in range(3)]
    [t.start() for t in threads]
    warnings.simplefilter("ignore")  # newer Pythons warn of forking beside threads: the very case
    children, pipes = [], []
    for _ in range(n_children):
        from_child, to_parent = context.Pipe(duplex=False)
        child = context.Process(target=send, args=(model, to_parent))
        child.start()
        to_parent.close()  # so that a child that dies ends the waiting for it
        children.append(child)
        pipes.append(from_child)
    there = [pipe.recv() for pipe in pipes]
    [child.join() for child in children]
    stop.set()
    print(all(one == here for one in there), {child.exitcode for child in children})
if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
"""


@each_model
@pytest.mark.parametrize(("method", "n_children"), [("fork", 20), ("spawn", 3)])
def test_children_of_a_busy_process_answer_the_same(repo, tmp_path, name, method, n_children):
    # A lock that a thread holds while the process forks stays held in the child for ever.
    if method == "fork" and sys.platform in ("win32", "darwin"):
        pytest.skip("forking is not safe on this system")
    script = tmp_path / "children.py"  # spawned children import it, which a command line has not
    script.write_text(WORK)
    done = subprocess.run(
        [sys.executable, script, name, method, str(n_children)],
        capture_output=True,
        text=True,
        cwd=repo,
        timeout=SECONDS,
    )
    assert done.stdout.strip() == "True {0}", done.stderr


# ---- what a warm model leaves alone -----------------------------------------------------------


@each_model
def test_a_warm_model_opens_no_file_and_no_connection_and_imports_nothing(repo, name):
    # An audit hook sees every opening, whichever way it is done, and cannot be got round.
    script = f"""
import sys, callclf
calls = list(callclf.Corpus.load("data/corpus/calls.jsonl").calls[:20])
model = callclf.load("{name}").warm_up()
modules, seen = set(sys.modules), []
FORBIDDEN = ("open", "os.", "shutil.", "socket.", "subprocess.", "tempfile.", "urllib.", "http.")
def hook(event, arguments):
    if event.startswith(FORBIDDEN):
        seen.append((event, str(arguments)))
        raise RuntimeError(f"{{event}} {{arguments}}")
sys.addaudithook(hook)
model.predict(calls); model.predict_proba(calls[:1])
model.set_policy(recall=1.0)
tagged = [tags.to_record() for tags in model.tag(calls)]
version, labels, policy = model.version, model.classes_, model.policy_
flagged = sum(len(record["labels"]) for record in tagged)
sys.stdout.write(f"{{seen}} {{sorted(set(sys.modules) - modules)}} {{flagged > 50}}")
"""
    assert run(repo, script) == "[] [] True"


def test_warming_up_changes_nothing_and_returns_the_model(model, calls):
    cold = callclf.load("fast")
    assert model.warm_up() is model
    assert model.thresholds_ == cold.thresholds_ and model.policy_ == cold.policy_
    np.testing.assert_array_equal(model.predict_proba(calls), cold.predict_proba(calls))


def test_a_model_that_is_not_fitted_cannot_be_warmed_up():
    with pytest.raises(callclf.errors.NotFittedError):
        callclf.FailureModeClassifier().warm_up()


# ---- memory -----------------------------------------------------------------------------------


def test_tables_of_one_huge_text_are_not_kept():
    word = ngrams.hash_words(["word"]).hashes
    kept = ngrams._kept_tables.cache_info().currsize
    assert set(ngrams.hash_words(["word " * 300_000]).hashes) == set(word)
    assert ngrams._kept_tables.cache_info().currsize == kept


LETTERS = str.maketrans("0123456789", "abcdefghij")  # to the features, all digits are the same


def test_spacy_keeps_no_word_of_explained_turns():
    vocab, _ = cues._matcher()
    assert cues.cue_spans("There is no supervisor here.", company=True)
    before = len(vocab), len(vocab.strings)
    for i in range(100):
        word = str(i).translate(LETTERS)
        assert cues.cue_spans(f"There is no supervisor for {word}x.", company=True)
    assert (len(vocab), len(vocab.strings)) == before


@pytest.mark.slow
def test_memory_is_flat_while_every_call_brings_new_words_and_is_explained(repo):
    psutil = pytest.importorskip("psutil")
    model = callclf.load("fast").set_policy(recall=1.0)

    def calls(first, last):
        for i in range(first, last):
            word = str(i).translate(LETTERS)
            said = f"my number is {word}x, put me through to a supervisor"
            answer = f"no supervisor for {word}y, that is not my job {word}z"
            yield Transcript([Turn("customer", said), Turn("agent", answer)], id=str(i))

    def tagged(first, last):
        return sum(len(tags.labels) > 0 for tags in model.iter_tags(calls(first, last)))

    tagged(0, 2000)
    before = psutil.Process().memory_info().rss
    assert tagged(2000, 10_000) == 8000
    assert psutil.Process().memory_info().rss - before < 10 << 20
