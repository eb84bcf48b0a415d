"""Fine-tuning from end to end: stages, checkpoints in a folder, and the encoder's files."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import Tensor

from callclf.errors import ModelError
from callclf.features.encoder import ENCODER_FILES, Encoder
from callclf.finetune.config import FinetuneConfig
from callclf.finetune.corrupt import TASKS
from callclf.finetune.earlier import WEIGHTS_FILE, earlier_weights
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
    after: Path | None = None,
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
    after
        Folder of an earlier run that has ended, or of a model with an encoder. This encoder learns
        the labels further, with a new schedule; the pretext stage is left out, since it has had
        it. What comes out is a mean of both, as `kept` in the configuration says. To be given
        again when this run is started again: what the earlier one learned from counts as seen.

    Raises
    ------
    ModelError
        If there is no such encoder, or it knows other labels.
    """
    earlier = _ended(after, names, folder) if after else None
    if earlier:
        config = replace(config, pretext=replace(config.pretext, epochs=0))
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
    network.to("cuda" if torch.cuda.is_available() else "cpu")
    seconds = 0.0
    known = {text.fingerprint for text in (*train, *held_out)}
    plain = [*train, *(text for text in more if text.fingerprint not in known)]
    if config.pretext.epochs:
        seconds += learn_pretext(network, plain, config, folder / "pretext.safetensors")
    network.widen_head(len(names) + 1)
    before = _go_on(network, after) if after else {}
    pretext = Pretext(plain, config.labelled.limits)
    checkpoint = folder / "labelled.safetensors"
    seconds += learn_labels(network, train, held_out, pretext, names, config, checkpoint)
    network.cpu()
    if before:
        network.load_state_dict(_mean(before, network.state_dict(), config.kept))
    save_file(network.state_dict(), folder / WEIGHTS_FILE)
    about = _about(train, config, seconds, earlier.info if earlier else {})
    files = encoder_files(network, tokenizer_bytes, names, config.labelled.limits, about)
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


def _go_on(network: TurnNetwork, after: Path) -> dict[str, Tensor]:
    """Give the network the weights of an earlier run, and return them."""
    before = earlier_weights(after)
    try:
        network.load_state_dict(before)
    except RuntimeError as error:
        raise ModelError(f"{after} holds another network than this one: {error}") from None
    return before


def _mean(
    before: Mapping[str, Tensor], after: Mapping[str, Tensor], kept: float
) -> dict[str, Tensor]:
    return {name: torch.lerp(tensor, before[name], kept) for name, tensor in after.items()}


def _ended(folder: Path, names: Sequence[str], other: Path) -> Encoder:
    """Return the encoder of an earlier run, after checking that another can go on from it."""
    missing = [name for name in ENCODER_FILES if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"{folder} is neither a run of fine-tuning that has ended nor a model with an encoder: "
            f"no {missing[0]}"
        )
    if folder.resolve() == other.resolve():
        raise ModelError(f"{folder} is the earlier run itself: go on from it in another folder")
    encoder = Encoder({name: (folder / name).read_bytes() for name in ENCODER_FILES})
    if encoder.labels != tuple(names):
        raise ModelError(
            f"the encoder in {folder} knows other labels: {', '.join(encoder.labels)}, "
            f"not {', '.join(names)}"
        )
    return encoder


def _about(
    train: Sequence[Text], config: FinetuneConfig, seconds: float, earlier: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what `encoder.json` says of this run and, oldest first, of those that it went on from.

    Calls that any of them learned from are seen; copies with remarks are no calls.
    """
    settings = asdict(config)
    del settings["threads"]
    run = {
        "settings": settings,
        "hours": round(seconds / 3600, 2),
        "threads": torch.get_num_threads(),
        "libraries": {name: metadata.version(name) for name in ("torch", "transformers")},
    }
    before = [{key: earlier[key] for key in run if key in earlier}] if earlier else []
    seen = set(earlier.get("seen", ()))
    return {
        "start": dict(START),
        **run,
        "earlier": [*earlier.get("earlier", ()), *before],
        "seen": sorted({t.fingerprint for t in train if not t.has_remark} | seen),
    }
