"""Fine-tuning from end to end: stages, checkpoints in a folder, and the encoder's files."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from callclf.features.encoder import ENCODER_FILES, Encoder
from callclf.finetune.config import FinetuneConfig
from callclf.finetune.corrupt import TASKS
from callclf.finetune.export import encoder_files
from callclf.finetune.labelled import learn_labels
from callclf.finetune.network import TurnNetwork
from callclf.finetune.pretext import Pretext, learn_pretext
from callclf.finetune.start import START, start_folder
from callclf.finetune.text import Text
from callclf.labels import CallLabels
from callclf.transcript import Transcript

__all__ = ["finetune", "is_held_out"]

logger = logging.getLogger(__name__)


def finetune(
    labelled: Iterable[tuple[Transcript, CallLabels]],
    unlabelled: Iterable[Transcript],
    names: Sequence[str],
    config: FinetuneConfig,
    folder: Path,
) -> Encoder:
    """Fine-tune an encoder.

    Parameters
    ----------
    labelled
        Calls and their labels. Those that `is_held_out` names are not learned from.
    unlabelled
        More conversations, for the pretext stage.
    names
        The label set, in order.
    config
        How.
    folder
        Gets the checkpoints and at the end the encoder's files. Started again with the same
        folder, it goes on where it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if config.threads:
        torch.set_num_threads(config.threads)
    start = start_folder()
    tokenizer_bytes = (start / "tokenizer.json").read_bytes()
    tokenizer = Tokenizer.from_buffer(tokenizer_bytes)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    texts = [_text(call, labels, tokenizer) for call, labels in labelled]
    texts = [text for text in texts if any(turn.company for turn in text.turns)]
    train = [text for text in texts if not is_held_out(text, config)]
    held_out = [text for text in texts if is_held_out(text, config)]
    more = [_text(call, None, tokenizer) for call in unlabelled]
    logger.info("%d calls to learn from, %d held out", len(train), len(held_out))

    torch.manual_seed(config.seed)
    network = TurnNetwork(start, len(TASKS), config.dropout)
    seconds = 0.0
    known = {text.fingerprint for text in (*train, *held_out)}
    plain = [*train, *(text for text in more if text.fingerprint not in known)]
    if config.pretext.epochs:
        seconds += learn_pretext(network, plain, config, folder / "pretext.safetensors")
    network.widen_head(len(names) + 1)
    pretext = Pretext(plain, config.labelled.limits)
    seconds += learn_labels(
        network, train, held_out, pretext, names, config, folder / "labelled.safetensors"
    )
    files = encoder_files(
        network, tokenizer_bytes, names, config.labelled.limits, _about(train, config, seconds)
    )
    for name in ENCODER_FILES:
        (folder / name).write_bytes(files[name])
    return Encoder(files)


def is_held_out(text: Text, config: FinetuneConfig) -> bool:
    """Return whether a conversation is kept for blending, calibration and thresholds.

    Decided by a hash of its group, so that the same conversations are held out in every run.
    """
    if text.call.meta.get("writer") in config.held_out_writers:
        return True
    drawn = int(hashlib.md5(text.group.encode(), usedforsecurity=False).hexdigest(), 16)
    return drawn % 1000 < 1000 * config.held_out


def _text(call: Transcript, labels: CallLabels | None, tokenizer: Tokenizer) -> Text:
    group = call.meta.get("pair") or call.meta.get("scene") or call.id
    return Text(call, labels, str(group), tokenizer)


def _about(train: Sequence[Text], config: FinetuneConfig, seconds: float) -> dict[str, Any]:
    settings = asdict(config)
    del settings["threads"]
    return {
        "start": dict(START),
        "settings": settings,
        "hours": round(seconds / 3600, 2),
        "threads": torch.get_num_threads(),
        "libraries": {name: metadata.version(name) for name in ("torch", "transformers")},
        "seen": sorted(text.fingerprint for text in train),
    }
