"""Models as folders of inert files: a manifest, arrays and a card. Nothing in them can run.

`manifest.json` names every other file with its SHA-256 and carries a SHA-256 of itself, so that
a changed byte anywhere is noticed before anything is used. Arrays are read with pickles forbidden.

`FORMAT` is raised by one whenever an older callclf could not use a newer folder rightly: an array
or a manifest key that is required, gone, or means something else. To raise it: change `FORMAT`,
add what changed to CHANGELOG.md, and, as long as that is reasonable, bring older manifests up to
date in `read_model` and keep a folder of the older format in the tests.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from callclf.errors import ModelError
from callclf.folders import replace_folder

__all__ = ["FORMAT", "StoredModel", "read_model", "write_model"]

FORMAT = 2

_MANIFEST = "manifest.json"
_ARRAYS = "arrays.npz"
_CARD = "README.md"


@dataclass(frozen=True)
class StoredModel:
    """What a model folder holds.

    Parameters
    ----------
    manifest
        Plain JSON data: taxonomy, parameters, policy, training data.
    arrays
        Name to array.
    card
        The model card, Markdown.
    files
        Name to content of whatever else belongs to the model, such as an encoder.
    """

    manifest: Mapping[str, Any]
    arrays: Mapping[str, npt.NDArray[Any]]
    card: str
    files: Mapping[str, bytes] = field(default_factory=dict)


def write_model(folder: str | Path, model: StoredModel) -> None:
    """Write a model folder; an existing one is replaced only once the new one is complete.

    Raises
    ------
    ModelError
        If the folder exists and is no model folder.
    """
    folder = Path(folder)
    if folder.exists() and not (folder / _MANIFEST).is_file() and any(folder.iterdir()):
        raise ModelError(f"{folder} exists and is no model folder; choose another place")
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **dict(sorted(model.arrays.items())))
        contents = {_ARRAYS: buffer.getvalue(), _CARD: model.card.encode(), **model.files}
        files = {}
        for name, data in contents.items():
            (building / name).write_bytes(data)
            files[name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        manifest = {"format": FORMAT, **model.manifest, "files": files}
        manifest["sha256"] = _digest(manifest)
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        (building / _MANIFEST).write_text(text, encoding="utf-8")
        building.chmod(0o755)  # mkdtemp makes folders that only their owner can read
        replace_folder(building, folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)


def read_model(folder: str | Path) -> StoredModel:
    """Read a model folder after checking every byte of it.

    Raises
    ------
    ModelError
        If the folder is no model, is of a newer format, or has been altered.
    """
    folder = Path(folder)
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        raise ModelError(f"{folder} is no model folder: {_MANIFEST}: {reason}") from None
    except ValueError as error:
        raise ModelError(f"{folder / _MANIFEST} is damaged: {error}") from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise ModelError(f"{folder / _MANIFEST} has no format number: not a callclf model")
    if manifest["format"] > FORMAT:
        raise ModelError(
            f"{folder} has model format {manifest['format']}, this callclf reads up to {FORMAT}; "
            "upgrade callclf, or save the model again with this version"
        )
    if manifest.get("sha256") != _digest(manifest):
        raise ModelError(f"{folder / _MANIFEST} has been altered: its checksum does not fit")
    listed = [name for name in manifest.get("files", {}) if name == Path(name).name]
    names = dict.fromkeys((_ARRAYS, _CARD, *listed))
    contents = {name: _checked(folder, name, manifest) for name in names}
    with np.load(io.BytesIO(contents[_ARRAYS]), allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    files = {name: data for name, data in contents.items() if name not in (_ARRAYS, _CARD)}
    return StoredModel(manifest, arrays, contents[_CARD].decode(), files)


def _checked(folder: Path, name: str, manifest: Mapping[str, Any]) -> bytes:
    entry = manifest.get("files", {}).get(name)
    if entry is None:
        raise ModelError(f"{folder / _MANIFEST} does not list {name}: not a complete model")
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        raise ModelError(f"{folder / name} cannot be read: {error.strerror}") from None
    found = hashlib.sha256(data).hexdigest()
    if found != entry["sha256"]:
        raise ModelError(
            f"{folder / name} has been altered: SHA-256 {found[:12]}…, "
            f"the manifest says {entry['sha256'][:12]}…; get the model again"
        )
    return data


def _digest(manifest: Mapping[str, Any]) -> str:
    content = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
