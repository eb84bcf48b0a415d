"""The model card, written by the training run: what the model is, learned from, and finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callclf.classifier import FailureModeClassifier
from callclf.evaluation.report.markdown import render

__all__ = ["model_card"]

_CARD = """\
# {version}

Finds {n_labels} failures of agents in customer-service transcripts, per call and per agent turn.
Trained by callclf {callclf}; runs on a plain CPU. Licence of the weights: Apache-2.0.

## What it learned from

| source | conversations | licence | SHA-256 of words and labels |
|---|--:|---|---|
{sources}

{held_out}Seed {seed}. The texts of public conversations are not part of the package; the weights
were trained on them under the licences named.
{encoder}
## What it finds

{figures}

## Thresholds

Chosen on held-out folds of the training calls for: {policy}.

| label | flagged from |
|---|--:|
{thresholds}

## Limits

- For finding calls to listen to, not for ranking people; read the evidence before you act.
- English only. It reads words: tone of voice and silence are not seen.
- Failures are more frequent in the training calls than in most queues, so probabilities may be too
  high for yours; measure on calls of your own.
- Written calls are easier than real ones: expect what the real conversations show, not the others.
"""


_ENCODER = """
Its encoder, an ONNX file of {size:.0f} MB with eight-bit weights (SHA-256 of its files
`{digest}`), was fine-tuned from `{package}`
({licence}; SHA-256 of the weights `{sha256}`): {pretext:g} passes over conversations
without labels, in which it learned which turns had been exchanged, and {epochs:g} over {seen:,} of
these calls{cost}. It reads windows of up to {window} tokens.
The other calls, {held_out:.0f} % of each source by a hash and all of writer {writers}, set
probabilities and thresholds.
"""

_COST = ": {hours:.1f} hours of learning steps on {threads} threads"

_FIGURES = """\
Average precision per call, with 95 % intervals from resampling calls, on calls that it never saw:

{average_precision}

{corpora}
## How it behaves on changed calls

{behaviour}"""


def model_card(model: FailureModeClassifier, document: Mapping[str, Any] | None) -> str:
    """Return the card of a trained model as Markdown.

    Parameters
    ----------
    model
        Trained by `training.train`.
    document
        What was measured, as report.json holds it (see `evaluation.report.document`), or None.
    """
    training = model.manifest["training"]
    held_out = "; ".join(f"{key} {', '.join(v)}" for key, v in training["hold_out"].items())
    return _CARD.format(
        version=model.version,
        n_labels=len(model.classes_),
        callclf=training["callclf"],
        sources="\n".join(
            f"| {s['title'] or s['path']} | {s['calls']:,} | {s['licence'] or 'not given'} "
            f"| `{s['sha256'][:16]}` |"
            for s in training["sources"]
        ),
        held_out=f"Held out: {held_out}. " if held_out else "",
        seed=training["seed"],
        encoder=_encoder(model),
        figures=_figures(document) if document else "Not measured: the recipe lists no checks.",
        policy=model.policy_,
        thresholds="\n".join(f"| {name} | {p:.2f} |" for name, p in model.thresholds_.items()),
    )


def _encoder(model: FailureModeClassifier) -> str:
    encoder = model.fitted_.scorer.encoder
    if encoder is None:
        return ""
    start, settings = encoder.info["start"], encoder.info["settings"]
    runs = [*encoder.info.get("earlier", ()), encoder.info]
    size = len(encoder.files["encoder.onnx"]) / 1e6
    return _ENCODER.format(
        package=start["package"],
        licence=start["licence"],
        sha256=start["model.safetensors"][:16],
        seen=len(encoder.seen),
        held_out=100 * settings["held_out"],
        writers=", ".join(settings["held_out_writers"]),
        pretext=sum(run["settings"]["pretext"]["epochs"] for run in runs),
        epochs=sum(run["settings"]["labelled"]["epochs"] for run in runs),
        cost=_cost(runs),
        window=encoder.limits.window,
        size=size,
        digest=encoder.digest[:16],
    )


def _cost(runs: Sequence[Mapping[str, Any]]) -> str:
    if any("hours" not in run for run in runs):
        return ""
    return _COST.format(hours=sum(run["hours"] for run in runs), threads=runs[-1]["threads"])


def _figures(document: Mapping[str, Any]) -> str:
    return _FIGURES.format(
        average_precision=render(document, "average_precision"),
        corpora="\n".join(_corpus(document, name) for name in document["evaluations"]),
        behaviour=render(document, "behaviour"),
    )


def _corpus(document: Mapping[str, Any], name: str) -> str:
    return (
        f"### On the {name}\n\n{render(document, f'headline/{name}')}\n\n"
        f"{render(document, f'labels/{name}')}\n"
    )
