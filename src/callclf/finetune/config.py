"""Everything that decides what encoder comes out."""

from __future__ import annotations

from dataclasses import dataclass, field

from callclf.errors import ReadError
from callclf.features.tokens import WindowLimits

__all__ = ["FinetuneConfig", "Stage"]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """How long and how fast one stage learns.

    Parameters
    ----------
    epochs
        Passes over the calls; may be a fraction.
    rate
        Highest learning rate of the encoder; it rises over the first 6 % of the steps and then
        falls linearly to 2 % of itself.
    limits
        How much is read at once.
    """

    epochs: float
    rate: float
    limits: WindowLimits = field(default_factory=WindowLimits)


@dataclass(frozen=True, kw_only=True)
class FinetuneConfig:
    """How an encoder is fine-tuned.

    Parameters
    ----------
    pretext
        The stage that learns, without labels, whether an agent's turn belongs where it stands.
    labelled
        The stage that learns the labels.
    held_out
        Share of the calls, whole groups, that no stage learns labels from; blending, calibration
        and thresholds of the model are learned on them.
    held_out_writers
        Writers whose calls are held out whole.
    tokens_per_batch
        Padded tokens that one step learns from.
    positive_weight
        What a failing turn counts against a fine one.
    pair_weight, pair_margin
        Weight of the loss that wants the failing half of a contrast pair above the fine one, in
        log-odds by at least the margin.
    clean_share
        Share of the public calls without any mark that an epoch sees, those with a remark put in
        apart: they are most of the tokens and the least of the news.
    long_call_passes
        Times that an epoch sees a long written call, each time with other noise: on those of an
        unseen writer the encoder is behind the n-grams (`make ingredients`), elsewhere it is not.
    pretext_share
        Share of all conversations that a pass of the labelled stage also sees with turns exchanged:
        the labels of the training calls are soon known by heart, what an answer is never is.
    dropout
        Share of each layer's outputs that a step hides.
    kept
        Of a run that goes on from an earlier one: weight of the earlier weights in the mean of
        both that it ends with, so that what was known before is not lost. Wortsman et al. (2022),
        "Robust fine-tuning of zero-shot models".
    seed
        Same seed, data, machine and threads: same weights.
    threads
        Of torch; None for all cores.
    """

    pretext: Stage = field(default_factory=lambda: Stage(epochs=2.0, rate=2e-4))
    labelled: Stage = field(default_factory=lambda: Stage(epochs=5, rate=1.2e-4))
    held_out: float = 0.2
    held_out_writers: tuple[str, ...] = ("w5",)
    tokens_per_batch: int = 4096
    positive_weight: float = 2.5
    pair_weight: float = 0.15
    pair_margin: float = 0.5
    clean_share: float = 0.4
    long_call_passes: int = 2
    pretext_share: float = 0.3
    dropout: float = 0.1
    kept: float = 0.5
    seed: int = 0
    threads: int | None = None

    def __post_init__(self) -> None:
        for name, value in (
            ("labelled.epochs, the passes over labelled calls,", self.labelled.epochs),
            ("long_call_passes", self.long_call_passes),
        ):
            if not value > 0:
                raise ReadError(f"{name} must be above 0, got {value!r}")
        if not 0 <= self.pretext_share <= 1:
            raise ReadError(f"pretext_share must be from 0 to 1, got {self.pretext_share!r}")
        for name, share in (("dropout", self.dropout), ("kept", self.kept)):
            if not 0 <= share < 1:
                raise ReadError(f"{name} must be from 0 to below 1, got {share!r}")
