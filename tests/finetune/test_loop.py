"""The training loop, with a network of two numbers."""

from types import SimpleNamespace

import numpy as np
import pytest

from callclf.errors import ModelError
from callclf.features.tokens import TokenWindow
from callclf.finetune.items import Item

torch = pytest.importorskip("torch", reason="needs the extra [finetune]")
pytest.importorskip("transformers", reason="needs the extra [finetune]")


@pytest.fixture
def tiny():
    """Return a function that makes a network with the parts that the loop looks at."""

    class Tiny(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.bert, self.head = torch.nn.Linear(1, 1), torch.nn.Linear(1, 1)

        def forward(self, batch):
            return self.head(self.bert(batch[0].float().mean(dim=1, keepdim=True)))

    def make():
        torch.manual_seed(3)
        return Tiny()

    return make


def batches(epoch):
    item = Item(TokenWindow([1, 2 + epoch], [0, 0], [0], [0]), np.ones((1, 1), np.float32))
    return [[(item,)], [(item,)]]


def trainer(network, folder, epochs=3, **more):
    from callclf.finetune.loop import Trainer

    loss = lambda scores, batch: (scores**2).mean()  # noqa: E731
    return Trainer(
        network, loss, rate=0.01, epochs=epochs, checkpoint=folder / "x.safetensors", seed=0, **more
    )


def weights(network):
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def same(first, second):
    return all(torch.equal(first[name], second[name]) for name in first)


def test_the_weights_of_the_pass_that_does_best_stay(tiny, tmp_path):
    network, seen = tiny(), []
    values = iter([0.3, 0.7, 0.5])

    def judge():
        seen.append(weights(network))
        return next(values)

    trainer(network, tmp_path, judge=judge).run(batches)
    assert len(seen) == 3 and not same(seen[1], seen[2])
    assert same(weights(network), seen[1])


def test_an_interrupted_run_ends_with_the_weights_of_an_undisturbed_one(
    tiny, tmp_path, monkeypatch
):
    monkeypatch.setattr("callclf.finetune.loop.SAVE_EVERY", 1)
    whole, broken, again = tiny(), tiny(), tiny()
    folders = SimpleNamespace(whole=tmp_path / "whole", broken=tmp_path / "broken")
    folders.whole.mkdir()
    folders.broken.mkdir()
    assert trainer(whole, folders.whole).run(batches) > 0

    interrupted = trainer(broken, folders.broken)
    learn = interrupted._learn

    def fail_at_the_fourth(batch):
        if interrupted.step == 3:
            raise KeyboardInterrupt
        learn(batch)

    monkeypatch.setattr(interrupted, "_learn", fail_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        interrupted.run(batches)
    resumed = trainer(again, folders.broken)
    assert resumed.run(batches) == resumed.spent > interrupted.spent > 0
    assert same(weights(whole), weights(again))


def test_a_run_is_not_resumed_for_another_number_of_passes(tiny, tmp_path):
    trainer(tiny(), tmp_path, epochs=2).run(batches)
    with pytest.raises(ModelError, match=r"begun for 2 passes, not for 3: .*another folder"):
        trainer(tiny(), tmp_path, epochs=3).run(batches)


def test_a_tiny_part_of_a_pass_is_one_step(tiny, tmp_path):
    once = trainer(tiny(), tmp_path, epochs=0.01)
    once.run(batches)
    assert once.step == once.total == 1
