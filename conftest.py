"""What pytest leaves alone: the doctests of modules whose extra is not installed."""

from importlib.util import find_spec

NEED_TORCH = ["src/callclf/finetune/*", "src/callclf/cli/finetune.py"]

collect_ignore_glob = [] if find_spec("torch") else NEED_TORCH
