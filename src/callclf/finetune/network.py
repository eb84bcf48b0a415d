"""The network: a small BERT whose output at a turn's marker is scored by one linear head."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface, BertModel

from callclf.finetune.items import Item

__all__ = ["Batch", "SharedDropout", "TurnNetwork", "collate"]

Batch = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]
"""Tokens, sides and attention mask, shape (n_windows, width); window and position of markers."""

_MINUS_INFINITY = -1e4  # of the softmax; smaller ones do not fit every precision


def _attention(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attention as plain products: faster in training on a CPU than torch's own."""
    n, heads, width, size = query.shape
    query, key, value = (t.reshape(n * heads, width, size) for t in (query, key, value))
    scores = torch.bmm(query * size**-0.5, key.transpose(1, 2))
    if attention_mask is not None:
        mask = attention_mask
        if mask.dtype == torch.bool:
            mask = torch.zeros_like(mask, dtype=scores.dtype).masked_fill(~mask, _MINUS_INFINITY)
        mask = mask[..., :width].clamp_min(_MINUS_INFINITY).to(scores.dtype)
        scores = (scores.view(n, heads, width, width) + mask).view(n * heads, width, width)
    mixed = torch.bmm(torch.softmax(scores, -1).to(value.dtype), value)
    return mixed.view(n, heads, width, size).transpose(1, 2).contiguous(), None


AttentionInterface.register("callclf", _attention)


def _has_bfloat16(device: torch.device) -> bool:
    """Return whether a device computes in two bytes a number.

    A processor that can only imitate it takes three times as long as in four.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    ask = getattr(torch.cpu, "get_capabilities", None)
    told = ask() if ask else {}  # older torch does not know
    return not told or any(told.get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))


class SharedDropout(nn.Module):
    """Dropout that hides the same outputs at all tokens of a window.

    To draw a mask for each token takes long on a CPU. Gal and Ghahramani (2016), "A theoretically
    grounded application of dropout in recurrent neural networks".

    Parameters
    ----------
    share
        Of the outputs that it hides.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, hidden: Tensor) -> Tensor:
        """Hide outputs while learning, shape (n_windows, width, size)."""
        if not self.training or not self.share:
            return hidden
        shape = (len(hidden), 1, hidden.shape[-1])
        kept = torch.rand(shape, device=hidden.device) >= self.share
        return hidden * (kept / (1 - self.share)).to(hidden.dtype)


class TurnNetwork(nn.Module):
    """Encoder and head.

    Parameters
    ----------
    start
        Folder of the start weights.
    n_targets
        Outputs a turn.
    dropout
        Share of each layer's outputs that learning hides, the same at all tokens of a window.
    """

    def __init__(self, start: Path, n_targets: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(
            start,
            add_pooling_layer=False,
            attn_implementation="eager",
            attention_probs_dropout_prob=0.0,  # drawing masks takes longer than all the rest
            hidden_dropout_prob=0.0,
        )
        self.bert.config._attn_implementation = "callclf"
        for layer in self.bert.encoder.layer:
            layer.attention.output.dropout = layer.output.dropout = SharedDropout(dropout)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(self.bert.config.hidden_size, n_targets)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def widen_head(self, n_targets: int) -> None:
        """Put so many new outputs before those that there are."""
        old = self.head
        self.head = nn.Linear(old.in_features, n_targets + old.out_features).to(old.weight.device)
        with torch.no_grad():
            nn.init.normal_(self.head.weight, std=0.02)
            nn.init.zeros_(self.head.bias)
            self.head.weight[n_targets:] = old.weight
            self.head.bias[n_targets:] = old.bias

    def vectors(self, batch: Batch) -> Tensor:
        """Return the encoder's output at the markers, shape (n_turns, width)."""
        ids, sides, mask, row, mark = batch
        hidden = self.bert(ids, attention_mask=mask, token_type_ids=sides).last_hidden_state
        vectors: Tensor = hidden[row, mark]
        return vectors

    def forward(self, batch: Batch) -> Tensor:
        """Return log-odds, shape (n_turns, n_targets), on the CPU wherever the network is."""
        device = self.head.weight.device
        ids, sides, mask, row, mark = (tensor.to(device) for tensor in batch)
        with torch.autocast(device.type, torch.bfloat16, enabled=_has_bfloat16(device)):
            vectors = self.vectors((ids, sides, mask, row, mark))
        scores: Tensor = self.head(self.drop(vectors.float()))
        return scores.cpu()


def collate(items: Sequence[Item]) -> Batch:
    """Pad windows to the longest of them."""
    width = max(len(item.window.ids) for item in items)
    ids = torch.zeros((len(items), width), dtype=torch.long)
    sides, mask = torch.zeros_like(ids), torch.zeros_like(ids)
    for i, item in enumerate(items):
        length = len(item.window.ids)
        ids[i, :length] = torch.tensor(item.window.ids)
        sides[i, :length] = torch.tensor(item.window.sides)
        mask[i, :length] = 1
    row = torch.tensor([i for i, item in enumerate(items) for _ in item.window.marks])
    mark = torch.tensor([m for item in items for m in item.window.marks])
    return ids, sides, mask, row, mark
