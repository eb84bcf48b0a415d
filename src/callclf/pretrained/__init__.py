"""The models inside the package, one folder each, and how to find them by name."""

from __future__ import annotations

from pathlib import Path

from callclf.errors import ModelError, unknown_name

__all__ = ["DEFAULT", "model_folder", "model_names"]

DEFAULT = "base"
"""What `callclf.load()` loads."""

_HERE = Path(__file__).parent


def model_names() -> list[str]:
    """Return the names of the shipped models."""
    return sorted(path.parent.name for path in _HERE.glob("*/manifest.json"))


def model_folder(name_or_path: str | Path) -> Path:
    """Return the folder of a shipped model, or of one at a path.

    Raises
    ------
    ModelError
        If it is neither; the message lists the shipped models.
    """
    if isinstance(name_or_path, str) and name_or_path in model_names():
        return _HERE / name_or_path
    path = Path(name_or_path)
    if path.is_dir():
        return path
    raise ModelError(
        unknown_name("model", str(name_or_path), model_names())
        + "; or give the path of a model folder"
    )
