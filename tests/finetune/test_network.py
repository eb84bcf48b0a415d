"""The parts of the network that are our own."""

import pytest

torch = pytest.importorskip("torch", reason="needs the extra [finetune]")
transformers = pytest.importorskip("transformers", reason="needs the extra [finetune]")


def test_dropout_hides_the_same_outputs_at_all_tokens_and_nothing_when_not_learning():
    from callclf.finetune.network import SharedDropout

    torch.manual_seed(0)
    dropout, hidden = SharedDropout(0.25), torch.ones(4, 7, 200)
    noisy = dropout(hidden)
    assert torch.equal(noisy, noisy[:, :1].expand_as(noisy))
    assert 0.15 < (noisy == 0).float().mean() < 0.35
    assert noisy.mean() == pytest.approx(1, abs=0.05)
    assert torch.equal(dropout.eval()(hidden), hidden)


def test_new_outputs_come_before_those_that_there_are(tmp_path):
    from callclf.finetune.network import TurnNetwork

    size = {"hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 2}
    config = transformers.BertConfig(vocab_size=9, num_hidden_layers=1, **size)
    transformers.BertModel(config, add_pooling_layer=False).save_pretrained(tmp_path)
    network = TurnNetwork(tmp_path, 3)
    before = network.head.weight.clone()
    network.widen_head(5)
    assert network.head.out_features == 8
    assert torch.equal(network.head.weight[5:], before)
