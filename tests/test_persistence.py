import json
import shutil

import numpy as np
import pytest

import callclf
from callclf import FailureModeClassifier
from callclf.errors import ModelError
from callclf.persistence import FORMAT, StoredModel, read_model, write_model
from callclf.pretrained import model_folder


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(model_folder("fast"), tmp_path / "model")


def rewrite(folder, **changes):
    """Change the manifest and make its own checksum fit, as somebody who means it would."""
    stored = read_model(folder)
    manifest = {**stored.manifest, **changes}
    write_model(
        folder,
        StoredModel(
            {k: manifest[k] for k in manifest if k != "format"}, stored.arrays, stored.card
        ),
    )
    if "format" in changes:
        text = json.loads((folder / "manifest.json").read_text())
        text["format"] = changes["format"]
        (folder / "manifest.json").write_text(json.dumps(text))


def test_a_model_folder_holds_no_pickle_and_nothing_unlisted():
    folder = model_folder("fast")
    assert {file.name for file in folder.iterdir()} == {"manifest.json", "arrays.npz", "README.md"}
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "fi" for name in arrays.files)


@pytest.mark.parametrize("name", ["arrays.npz", "README.md", "manifest.json"])
def test_a_changed_byte_anywhere_is_refused(folder, name):
    data = bytearray((folder / name).read_bytes())
    at = data.index(b"training") if name == "manifest.json" else len(data) // 2
    data[at] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(ModelError, match=f"{name}.*(altered|damaged)"):
        callclf.load(folder)


@pytest.mark.parametrize("name", ["arrays.npz", "manifest.json"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        callclf.load(folder)


def test_a_newer_format_is_refused_with_both_numbers(folder):
    rewrite(folder, format=FORMAT + 1)
    with pytest.raises(ModelError, match=f"format {FORMAT + 1}, this callclf reads up to {FORMAT}"):
        callclf.load(folder)


def test_a_taxonomy_that_does_not_fit_the_weights_is_refused(folder):
    taxonomy = callclf.load(folder).taxonomy_.to_dict()
    taxonomy["labels"].pop()
    rewrite(folder, taxonomy=taxonomy)
    with pytest.raises(ModelError, match="different labels"):
        callclf.load(folder)
    thresholds = {label["name"]: 0.5 for label in taxonomy["labels"]}
    rewrite(folder, taxonomy=taxonomy, thresholds=thresholds)
    with pytest.raises(ModelError, match="7 labels, its weights 8"):
        callclf.load(folder)


def test_a_malformed_taxonomy_is_refused(folder):
    rewrite(folder, taxonomy={"name": "x"})
    with pytest.raises(ModelError, match="'version' must be given"):
        callclf.load(folder)


def test_a_model_of_other_features_is_refused(folder):
    rewrite(folder, features="0" * 16)
    with pytest.raises(ModelError, match="other features"):
        callclf.load(folder)


def test_an_array_that_would_have_to_run_code_is_refused(folder):
    stored = read_model(folder)
    arrays = {**stored.arrays, "bias": np.array([print], dtype=object)}
    with pytest.raises(ValueError, match=r"[Pp]ickle|object"):
        write_model(folder, StoredModel(stored.manifest, arrays, stored.card))
    assert callclf.load(folder)  # and the old one is still there


def test_what_is_no_model_is_said(tmp_path):
    with pytest.raises(ModelError, match="no model folder"):
        callclf.load(tmp_path)
    with pytest.raises(ModelError, match="did you mean 'fast'"):
        callclf.load("fest")
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        callclf.load(tmp_path)
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(ModelError, match="not a callclf model"):
        callclf.load(tmp_path)


def test_a_folder_of_something_else_is_never_overwritten(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ModelError, match="is no model folder"):
        callclf.load("fast").save(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_saving_over_a_model_replaces_it_and_leaves_nothing_behind(folder):
    model = callclf.load("fast")
    model.set_policy(recall=0.9).save(folder)
    assert FailureModeClassifier.load(folder).policy_ == model.policy_
    assert [entry.name for entry in folder.parent.iterdir()] == ["model"]
