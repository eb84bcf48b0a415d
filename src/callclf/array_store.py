"""Arrays in a folder, by key: results that are expensive to compute and safe to lose.

Files are inert (`.npz` without pickles, unlike joblib's cache, which runs what it finds). One
appears under its name only once it is complete, so a writer may be killed at any time and several
may write at once; one that is damaged all the same counts as absent.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["ArrayStore", "content_key"]

logger = logging.getLogger(__name__)


def content_key(*parts: str | bytes) -> str:
    """Return a key for whatever is determined by the parts; no two lists of parts share one."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()


class ArrayStore:
    """A folder of arrays.

    Parameters
    ----------
    folder
        Made when the first array is put.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def get(self, key: str) -> npt.NDArray[Any] | None:
        """Return an array, or None if there is none that is whole."""
        path = self._path(key)
        try:
            # As bytes first: numpy does not close a file that turns out to be damaged.
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
                array: npt.NDArray[Any] = stored["array"]
                return array
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            logger.warning("%s is damaged and will be computed again: %s", path, error)
            return None

    def put(self, key: str, array: npt.NDArray[Any]) -> None:
        """Keep an array; what the key had before is replaced."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, building = tempfile.mkstemp(prefix=".", suffix=".npz", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez_compressed(file, allow_pickle=False, array=array)
                file.flush()
                os.fsync(file.fileno())  # or a power cut could leave the name without the content
            Path(building).replace(path)
        finally:
            Path(building).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        # Two levels, since some file systems are slow with many files in one folder.
        return self.folder / key[:2] / f"{key[2:]}.npz"
