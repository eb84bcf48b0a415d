"""From the trained network to files that run without torch: ONNX, eight bits a weight."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from callclf.features.tokens import WindowLimits
from callclf.finetune.network import TurnNetwork

__all__ = ["encoder_files"]


class _Exported(nn.Module):
    """The network as `features.encoder` calls it: one window, no padding."""

    def __init__(self, network: TurnNetwork, n_labels: int) -> None:
        super().__init__()
        network.bert.config._attn_implementation = "eager"  # that its graph is simple
        self.network, self.n_labels = network, n_labels

    def forward(self, ids: Tensor, sides: Tensor, marks: Tensor) -> Tensor:
        hidden = self.network.bert(ids, token_type_ids=sides).last_hidden_state
        scores: Tensor = self.network.head(hidden[0, marks])[:, : self.n_labels]
        return scores


def encoder_files(
    network: TurnNetwork,
    tokenizer: bytes,
    labels: Sequence[str],
    limits: WindowLimits,
    about: Mapping[str, Any],
) -> dict[str, bytes]:
    """Return the files of an encoder, by name.

    Parameters
    ----------
    network
        Trained; its first outputs are the labels.
    tokenizer
        Content of `tokenizer.json`.
    labels
        In order.
    limits
        How much it reads at once.
    about
        Plain JSON data on where it comes from; with `seen`, the fingerprints of its calls.
    """
    network.eval()
    example = (
        torch.arange(8)[None],
        torch.tensor([[0, 0, 0, 1, 1, 0, 0, 0]]),
        torch.tensor([1, 5]),
    )
    with tempfile.TemporaryDirectory() as folder:
        full, shaped, small = (Path(folder) / f"{n}.onnx" for n in ("full", "shaped", "small"))
        torch.onnx.export(
            _Exported(network, len(labels)),
            example,
            full,
            input_names=["ids", "sides", "marks"],
            output_names=["scores"],
            dynamic_axes={
                "ids": {1: "width"},
                "sides": {1: "width"},
                "marks": {0: "turns"},
                "scores": {0: "turns"},
            },
            dynamo=False,
            opset_version=17,
        )
        quant_pre_process(full, shaped, skip_symbolic_shape=True)
        quantize_dynamic(shaped, small, per_channel=True, weight_type=QuantType.QInt8)
        network_bytes = small.read_bytes()
    info = {"labels": list(labels), "limits": asdict(limits), **about}
    return {
        "encoder.onnx": network_bytes,
        "tokenizer.json": tokenizer,
        "encoder.json": json.dumps(info, indent=1).encode() + b"\n",
    }
