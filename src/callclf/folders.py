"""Putting a folder in another's place at once, so that no kill can leave half of either."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

__all__ = ["replace_folder"]

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # Linux, renameat2(2)
_RENAME_SWAP = 2  # macOS, renamex_np(2)


def replace_folder(new: Path, folder: Path) -> None:
    """Put a complete folder in the place of another, which is removed.

    On Linux and macOS the two change places in one step of the file system. Where that cannot be
    done, the old one is moved aside first, beside it; a kill between the two steps leaves both
    there, complete, under other names.

    Parameters
    ----------
    new
        Beside the other, on the same file system. Gone afterwards.
    folder
        May be absent.
    """
    if not folder.exists():
        new.replace(folder)
    elif _exchanged(new, folder):
        shutil.rmtree(new)
    else:
        old = folder.with_name(f"{new.name}-old")
        folder.replace(old)
        new.replace(folder)
        shutil.rmtree(old)


def _exchanged(a: Path, b: Path) -> bool:
    """Let two folders change places, if the system can; say whether it did."""
    first, second = os.fsencode(a), os.fsencode(b)
    try:
        libc = ctypes.CDLL(None)
        if sys.platform == "darwin":
            return bool(libc.renamex_np(first, second, _RENAME_SWAP) == 0)
        if sys.platform == "linux":
            done = libc.renameat2(_AT_FDCWD, first, _AT_FDCWD, second, _RENAME_EXCHANGE)
            return bool(done == 0)
    except (OSError, AttributeError, TypeError):  # no such function in an old C library
        return False
    return False
