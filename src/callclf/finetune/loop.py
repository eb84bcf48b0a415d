"""The training loop: steps with a rising and falling rate, checkpoints, a log with time left."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from callclf.errors import ModelError
from callclf.finetune.items import Group, Item
from callclf.finetune.network import TurnNetwork, collate

__all__ = ["Loss", "Trainer"]

logger = logging.getLogger(__name__)

Loss = Callable[[Tensor, Sequence[Group]], Tensor]
"""From log-odds of the turns of a batch, and the batch, to what is made small."""

WARM_UP, LOWEST = 0.06, 0.02
HEAD_RATE = 1e-3
SAVE_EVERY = 200
LOG_EVERY = 50


class Trainer:
    """Trains a network through a number of epochs; started again, it goes on where it was.

    Parameters
    ----------
    network
        What is trained.
    loss
        What is made small.
    rate
        Highest learning rate of the encoder.
    epochs
        How many; may be a fraction.
    checkpoint
        File that holds weights, the optimiser's state and how far it is.
    seed
        Of dropout.
    judge
        Looked at after every pass, on what is not learned from: higher is better, and the weights
        of the best pass are those that stay. None keeps the last.
    """

    def __init__(
        self,
        network: TurnNetwork,
        loss: Loss,
        *,
        rate: float,
        epochs: float,
        checkpoint: Path,
        seed: int,
        judge: Callable[[], float] | None = None,
    ) -> None:
        self.judge, self.best = judge, _best(checkpoint)
        self.network, self.loss, self.rate, self.epochs = network, loss, rate, epochs
        self.checkpoint, self.seed = checkpoint, seed
        head = list(network.head.parameters())
        self.optimizer = torch.optim.AdamW(
            [{"params": list(network.bert.parameters())}, {"params": head}],
            weight_decay=0.01,
            fused=True,
        )
        self.step, self.total, self.spent = 0, 0, 0.0

    def run(self, batches_of: Callable[[int], list[list[Group]]]) -> float:
        """Train; return the seconds that all steps took, those of earlier starts included.

        Parameters
        ----------
        batches_of
            Number of the epoch to its batches; the same number must give the same batches.

        Raises
        ------
        ModelError
            If the checkpoint was begun for another number of epochs.
        """
        self._resume()
        self.network.train()
        epoch = done = 0
        first = self.step
        while not self.total or done < self.total:
            batches = batches_of(epoch)
            self.total = self.total or max(1, int(len(batches) * self.epochs))
            for batch in batches[: self.total - done]:
                done += 1
                if done > self.step:
                    self._learn(batch)
                    self._report()
            epoch += 1
            if self.judge and done >= self.step > first:
                self._judge(self.judge, epoch)
        self._save()
        learned = self.best if self.best.exists() else self.checkpoint
        self.network.load_state_dict(_weights(load_file(learned)))
        return self.spent

    def _learn(self, batch: Sequence[Group]) -> None:
        begun = time.monotonic()
        rise = min(1.0, (self.step + 1) / (WARM_UP * self.total))
        factor = rise * max(LOWEST, 1 - self.step / self.total)
        for group, rate in zip(self.optimizer.param_groups, (self.rate, HEAD_RATE), strict=True):
            group["lr"] = rate * factor
        torch.manual_seed(self.seed + self.step)
        items: list[Item] = [item for group in batch for item in group]
        loss = self.loss(self.network(collate(items)), batch)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        self._last = float(loss.detach())
        self.spent += time.monotonic() - begun

    def _judge(self, judge: Callable[[], float], epoch: int) -> None:
        so_far = float(load_file(self.best)["value"]) if self.best.exists() else -1.0
        self.network.eval()
        with torch.no_grad():
            value = judge()
        self.network.train()
        logger.info("pass %d: %.4f on held-out calls, %.4f before", epoch, value, so_far)
        if value > so_far:
            _write({**self._weights(), "value": torch.tensor(value)}, self.best)

    def _weights(self) -> dict[str, Tensor]:
        return {f"network.{name}": t for name, t in self.network.state_dict().items()}

    def _report(self) -> None:
        if self.step % SAVE_EVERY == 0:
            self._save()
        if self.step % LOG_EVERY == 0:
            left = self.spent / self.step * (self.total - self.step)
            logger.info(
                "step %d of %d, loss %.3f, %.0f min left",
                self.step, self.total, self._last, left / 60,
            )  # fmt: skip

    def _save(self) -> None:
        state = self._weights()
        for number, values in self.optimizer.state_dict()["state"].items():
            state |= {f"optimizer.{number}.{name}": value for name, value in values.items()}
        for name in ("step", "total", "spent", "epochs"):
            state[name] = torch.tensor(getattr(self, name), dtype=torch.float64)
        _write(state, self.checkpoint)

    def _resume(self) -> None:
        if not self.checkpoint.exists():
            self.best.unlink(missing_ok=True)  # of another run
            return
        state = load_file(self.checkpoint)
        self.step, self.total = int(state.pop("step")), int(state.pop("total"))
        self.spent, epochs = float(state.pop("spent")), float(state.pop("epochs"))
        if epochs != self.epochs:  # the rate has been falling towards their end
            raise ModelError(
                f"{self.checkpoint} was begun for {epochs:g} passes, not for {self.epochs:g}: "
                "go on with as many, or start in another folder"
            )
        self.network.load_state_dict(_weights(state))
        optimizer = self.optimizer.state_dict()
        for name, tensor in state.items():
            if name.startswith("optimizer."):
                _, number, key = name.split(".")
                optimizer["state"].setdefault(int(number), {})[key] = tensor
        self.optimizer.load_state_dict(optimizer)
        logger.info("%s: going on after step %d of %d", self.checkpoint, self.step, self.total)


def _best(checkpoint: Path) -> Path:
    return checkpoint.with_name(f"best-{checkpoint.name}")


def _weights(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name[8:]: t for name, t in state.items() if name.startswith("network.")}


def _write(state: dict[str, Tensor], file: Path) -> None:
    building = file.with_suffix(".new")
    save_file({name: t.contiguous() for name, t in state.items()}, building)
    building.replace(file)
