"""A small sentence encoder, fine-tuned on calls: an ONNX file that runs on a plain CPU.

It reads a call whole and gives each scored turn a score for every label it was fine-tuned on.
`finetune` makes it; nothing here needs torch.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from callclf.cached import cached_property
from callclf.errors import ModelError
from callclf.features.tokens import WindowLimits, cut_windows, marks_of, token_turns
from callclf.transcript import Transcript

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

__all__ = ["ENCODER_FILES", "Encoder"]

FloatArray = npt.NDArray[np.float64]

ENCODER_FILES = ("encoder.onnx", "tokenizer.json", "encoder.json")
"""Files of an encoder in a model folder: the network, its vocabulary, and what it is."""


@dataclass(frozen=True, repr=False)
class Encoder:
    """A loaded encoder.

    Windows go through it one by one: int8 scales depend on all that goes in together, so this way
    a turn's score never depends on which calls are in the batch, and nothing is padded.

    Parameters
    ----------
    files
        File name to content, those of `ENCODER_FILES`.
    threads
        Of the runtime. One thread a process is the fastest for many calls.
    """

    files: Mapping[str, bytes]
    threads: int = 1
    _info: Mapping[str, Any] = field(init=False, repr=False, compare=False)
    _tokenizer: Tokenizer = field(init=False, repr=False, compare=False)
    _session: InferenceSession = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        missing = [name for name in ENCODER_FILES if name not in self.files]
        if missing:
            raise ModelError(f"the encoder lacks {', '.join(missing)}: not a complete model")
        import onnxruntime  # here: 0.3 s that models without an encoder do not need
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it would keep the longest window's memory for ever
        try:
            session = onnxruntime.InferenceSession(
                self.files["encoder.onnx"], options, providers=["CPUExecutionProvider"]
            )
            tokenizer = Tokenizer.from_buffer(self.files["tokenizer.json"])
            info = json.loads(self.files["encoder.json"])
        except Exception as error:  # both libraries raise bare Exceptions of their own making
            raise ModelError(f"the encoder cannot be loaded: {error}") from None
        tokenizer.no_padding()
        tokenizer.no_truncation()
        for name, value in (("_info", info), ("_tokenizer", tokenizer), ("_session", session)):
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"Encoder({self.digest[:10]})"

    def __reduce__(self) -> tuple[Any, ...]:
        # As arrays, which joblib lets its processes share instead of sending them with each batch.
        arrays = {name: np.frombuffer(data, np.uint8) for name, data in self.files.items()}
        return _revived, (self.digest, self.threads, arrays)

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels that it was fine-tuned on, in the order of its scores."""
        return tuple(self._info["labels"])

    @property
    def seen(self) -> frozenset[str]:
        """Fingerprints of the calls that it was fine-tuned on."""
        return frozenset(self._info["seen"])

    @property
    def limits(self) -> WindowLimits:
        """How much it reads at once."""
        return WindowLimits(**self._info["limits"])

    @property
    def info(self) -> Mapping[str, Any]:
        """All that `encoder.json` says: labels, limits, start weights, training."""
        return self._info

    @cached_property
    def digest(self) -> str:
        """SHA-256 over its files."""
        digest = hashlib.sha256()
        for name in ENCODER_FILES:
            digest.update(name.encode() + self.files[name])
        return digest.hexdigest()

    def __call__(self, calls: Sequence[Transcript], *, bots: bool = True) -> FloatArray:
        """Read calls.

        Parameters
        ----------
        calls
            Transcripts.
        bots
            Whether a bot counts as an agent.

        Returns
        -------
        array of shape (n_turns, n_labels of the encoder)
            Log-odds, not calibrated, of the scored turns of all calls, in the order of
            `windows.build_windows`.
        """
        scores = [np.empty((0, len(self.labels)))]
        marks, limits = marks_of(self._tokenizer), self.limits
        for call in calls:
            turns = token_turns(call, self._tokenizer, bots=bots)
            for window in cut_windows(turns, marks, limits):
                inputs = {
                    "ids": np.array([window.ids]),
                    "sides": np.array([window.sides]),
                    "marks": np.array(window.marks),
                }
                scores += self._session.run(None, inputs)
        return np.concatenate(scores)


_latest: dict[tuple[str, int], Encoder] = {}
"""The encoder that came to this process last: every batch brings it along."""


def _revived(digest: str, threads: int, files: Mapping[str, npt.NDArray[np.uint8]]) -> Encoder:
    key = (digest, threads)
    if key not in _latest:
        _latest.clear()
        _latest[key] = Encoder({name: data.tobytes() for name, data in files.items()}, threads)
    return _latest[key]
