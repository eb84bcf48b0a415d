"""The weights that an earlier run ended with: kept in full, or read back from what it exported."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from safetensors.torch import load_file
from torch import Tensor

from callclf.features.encoder import ENCODER_FILES

__all__ = ["WEIGHTS_FILE", "earlier_weights"]

WEIGHTS_FILE = "weights.safetensors"
"""File with the weights that a run ended with."""


def earlier_weights(folder: Path) -> dict[str, Tensor]:
    """Return the weights that fine-tuning goes on from.

    Parameters
    ----------
    folder
        Of a run, or of a model with an encoder, whose weights have eight bits each.
    """
    if (folder / WEIGHTS_FILE).is_file():
        full: dict[str, Tensor] = load_file(folder / WEIGHTS_FILE)
        return full
    return _exported((folder / ENCODER_FILES[0]).read_bytes())


def _exported(network: bytes) -> dict[str, Tensor]:
    """Return the weights of a network as `export.encoder_files` writes it, by their names there."""
    graph = onnx.load_from_string(network).graph
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    found: dict[str, npt.NDArray[Any]] = {}
    for name, array in held.items():
        own = name.removeprefix("network.")
        if own.endswith(".weight_quantized"):
            stem = name.removesuffix("_quantized")
            found[own.removesuffix("_quantized")] = _full(held, stem)
        elif own != name and own.endswith((".weight", ".bias")):
            found[own] = array
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.input[1] in held:
            layer = node.name.strip("/").rpartition("/")[0].replace("/", ".")
            stem = node.input[1].removesuffix("_quantized")
            found[f"{layer}.weight"] = _full(held, stem).T
    return {name: torch.tensor(np.ascontiguousarray(array)) for name, array in found.items()}


def _full(held: Mapping[str, npt.NDArray[Any]], stem: str) -> npt.NDArray[np.float32]:
    """Return the numbers that whole ones, a zero point and a scale stand for."""
    whole, zero, scale = (held[f"{stem}_{n}"] for n in ("quantized", "zero_point", "scale"))
    full: npt.NDArray[np.float32] = (whole.astype(np.float32) - zero.astype(np.float32)) * scale
    return full
