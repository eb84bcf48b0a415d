"""The model: turns are scored in context, pooled to calls, calibrated, and decided upon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, overload

import numpy as np
import numpy.typing as npt

from callclf.artifact import FittedModel, load_encoder, load_fitted, save_fitted
from callclf.eligibility import why_not_scored
from callclf.errors import LabelError, NotFittedError, ReadError
from callclf.estimator import Estimator
from callclf.features.encoder import Encoder
from callclf.fitting import FitConfig, Keep, TrainingSet, fit_stages
from callclf.labels import as_call_labels, call_matrix
from callclf.model_view import model_view
from callclf.notebook import model_html
from callclf.pretrained import model_folder
from callclf.probabilities import mean_precision
from callclf.scoring import CallScores, Scorer, score_stream
from callclf.tagging import Decider, not_scored
from callclf.tags import Tags, TagsList
from callclf.taxonomy import Taxonomy
from callclf.thresholds import Policy, choose_thresholds
from callclf.transcript import Role, Transcript, Turn
from callclf.turn_model import HeadConfig
from callclf.turn_table import turn_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FailureModeClassifier"]

FloatArray = npt.NDArray[np.float64]

_WARM_UP = "Could you please put me through to a manager?"


class FailureModeClassifier(Estimator):
    """Finds agents' failures in transcripts: a scikit-learn classifier over a list of calls.

    Parameters
    ----------
    taxonomy
        The label set: a `Taxonomy`, the path of a TOML file, or None for the shipped eight labels.
    head
        How the turns' head is fitted; None for the defaults of `HeadConfig`.
    encoder
        What reads the calls beside the head: an `Encoder`, or the name or folder of a model whose
        encoder is used; None for none, or for that of the model that `fit` starts from.
    cascade
        Whether the encoder, where there is one, may leave out calls that the rest of the model is
        sure are clean: the faster, the fewer calls fail, and a little less precise.
    policy
        What the flags should achieve; None for one false alarm a label in 100 clean calls.
    bots
        Whether a bot that speaks for the company is scored as an agent.
    group_by
        Names in `Transcript.meta` that tie calls together: tied calls are held out together when
        calibration and thresholds are learned.
    n_jobs
        Number of processes, as in joblib.
    random_state
        Seed of the folds. Same seed and data, same model.

    Attributes
    ----------
    classes_
        Names of the labels, in order.
    thresholds_
        Label to cut-off.
    """

    def __init__(
        self,
        taxonomy: Taxonomy | str | Path | None = None,
        *,
        head: HeadConfig | None = None,
        encoder: Encoder | str | Path | None = None,
        cascade: bool = False,
        policy: Policy | None = None,
        bots: bool = True,
        group_by: tuple[str, ...] = ("pair", "scene"),
        n_jobs: int | None = None,
        random_state: int = 0,
    ) -> None:
        self.taxonomy = taxonomy
        self.head = head
        self.encoder = encoder
        self.cascade = cascade
        self.policy = policy
        self.bots = bots
        self.group_by = group_by
        self.n_jobs = n_jobs
        self.random_state = random_state

    # ---- learning -------------------------------------------------------------------------

    def fit(
        self,
        X: Sequence[Transcript],
        y: Any,
        *,
        sample_weight: npt.ArrayLike | None = None,
        representative: npt.ArrayLike | None = None,
        start: FailureModeClassifier | None = None,
        keep: Keep | None = None,
    ) -> Self:
        """Learn from labelled calls.

        Parameters
        ----------
        X
            The calls. Those that cannot be scored (no agent turn, one side missing) are left out.
        y
            One entry a call, in any form that `labels.as_call_labels` takes: `CallLabels` (per
            turn, or per call only, with gaps), lists of label names, or an array of shape
            (n_calls, n_labels) of 1, 0 and NaN.
        sample_weight
            Weight of each call, shape (n_calls,).
        representative
            Which calls look like those that the model will see, shape (n_calls,); all by default.
            Calibration, pooling and thresholds are learned from these alone.
        start
            A fitted model to depart from, for learning from few calls: labels that it has are
            changed only as far as the new calls ask for it, and stay where they say nothing;
            labels that it lacks are learned anew. Calls that it learned from must not be among
            `X`, since it judges them too well.
        keep
            Gets each fitted stage, to put it away; see `fitting.Keep`.

        Raises
        ------
        LabelError
            If labels do not fit the calls or the taxonomy, or nothing is left to learn from.
        """
        taxonomy = self._resolved_taxonomy()
        calls = list(X)
        labels = as_call_labels(y, calls, taxonomy.names)
        weight = np.ones(len(calls)) if sample_weight is None else np.asarray(sample_weight, float)
        usual = np.ones(len(calls), bool) if representative is None else np.asarray(representative)
        if len(weight) != len(calls) or len(usual) != len(calls):
            raise LabelError("sample_weight and representative need one entry a call")
        usable = [i for i, c in enumerate(calls) if why_not_scored(c, bots=self.bots) is None]
        if not usable:
            raise LabelError("none of the calls can be scored, so there is nothing to learn from")
        data = TrainingSet(calls, labels, taxonomy.names, weight, usual.astype(bool))
        encoder = self._resolved_encoder(start)
        begin = start._fitted().as_start(taxonomy.names) if start else None
        config = FitConfig(
            begin.head(self.head) if begin else self.head or HeadConfig(),
            self.bots,
            tuple(self.group_by),
            self.n_jobs,
            self.random_state,
            encoder,
            begin,
            keep,
        )
        stages = fit_stages(data[np.array(usable)], config)
        policy = self.policy or Policy(false_alarms=1.0)
        probability, truth = stages.probability, stages.y
        if start is not None:
            held_out = start._fitted().held_out_with(probability, truth, taxonomy.names)
            probability, truth = held_out
        self.fitted_ = FittedModel(
            taxonomy=taxonomy,
            scorer=Scorer(stages.turn_model, stages.maps, self.bots, encoder, stages.cascade),
            thresholds=choose_thresholds(probability, truth, policy),
            policy=policy,
            probability=probability,
            y=truth,
        )
        return self

    def set_policy(
        self,
        policy: Policy | None = None,
        *,
        false_alarms: float | None = None,
        precision: float | None = None,
        recall: float | None = None,
        budget: float | None = None,
    ) -> Self:
        """Choose new thresholds without training, from the held-out scores in the model.

        Parameters
        ----------
        policy
            What the flags should achieve.
        false_alarms, precision, recall, budget
            Instead of a policy, one of its targets: `set_policy(precision=0.9)`.
        """
        fitted = self._fitted()
        chosen = policy or Policy(
            false_alarms=false_alarms, precision=precision, recall=recall, budget=budget
        )
        thresholds = choose_thresholds(fitted.probability, fitted.y, chosen)
        self.fitted_ = fitted.with_policy(chosen, thresholds)
        return self

    # ---- using ----------------------------------------------------------------------------
    # Every method takes `fitted_` once and uses it to its end, so that many threads may call them
    # while one calls `set_policy`, which puts another in its place and changes nothing in it.

    def warm_up(self) -> Self:
        """Do now what the first call would wait for: import, build tables, hash the weights.

        Call it before a server answers, and before a process forks. The model may then be used
        from many threads; with `n_jobs=None` it opens no file and no connection.
        """
        call = Transcript([Turn(role, _WARM_UP) for role in (Role.CUSTOMER, Role.AGENT)])
        fitted = self._fitted()
        lowest = fitted.with_policy(fitted.policy, np.zeros(len(fitted.taxonomy)))
        list(self._tags(lowest, [call]))  # flags everything, so that all of it is explained
        return self

    def predict_proba(self, X: Sequence[Transcript]) -> FloatArray:
        """Return calibrated probabilities, shape (n_calls, n_labels); NaN where not scored."""
        return self._call_scores(self._fitted(), X)

    def predict(self, X: Sequence[Transcript]) -> npt.NDArray[np.int64]:
        """Return 1 where a call is flagged, shape (n_calls, n_labels); 0 where not scored."""
        fitted = self._fitted()
        return (self._call_scores(fitted, X) >= fitted.thresholds).astype(np.int64)

    def predict_turns(self, X: Sequence[Transcript]) -> pd.DataFrame:
        """Return one row a scored turn: call, id, turn, role, speaker, text, a column a label.

        `call` is the position in `X`, `turn` the index in `Transcript.turns`; calls that cannot be
        scored have no rows.
        """
        fitted = self._fitted()
        return turn_table(self._scores(fitted, X), fitted.taxonomy.names)

    @overload
    def tag(self, calls: Transcript) -> Tags: ...
    @overload
    def tag(self, calls: Iterable[Transcript]) -> TagsList: ...

    def tag(self, calls: Transcript | Iterable[Transcript]) -> Tags | TagsList:
        """Say what failed, how sure that is, and where: for one call, or for each of several."""
        if isinstance(calls, Transcript):
            return next(iter(self.tag([calls])))
        return TagsList(tags for tags in self.iter_tags(calls) if isinstance(tags, Tags))

    def iter_tags(self, calls: Iterable[Transcript | ReadError]) -> Iterator[Tags | ReadError]:
        """Tag any number of calls in order, holding only a few batches at a time.

        A `ReadError` among them, as `iter_read(on_error="yield")` gives, is passed on in its place.
        """
        yield from self._tags(self._fitted(), calls)

    def _tags(
        self, fitted: FittedModel, calls: Iterable[Transcript | ReadError]
    ) -> Iterator[Tags | ReadError]:
        decider = Decider(
            fitted.taxonomy,
            fitted.thresholds,
            fitted.policy,
            fitted.scorer.turn_model,
            fitted.version,
        )
        for scored in score_stream(fitted.scorer, calls, cascade=self.cascade, n_jobs=self.n_jobs):
            if isinstance(scored, ReadError):
                yield scored
                continue
            call, scores = scored
            if scores.not_scored:
                yield not_scored(
                    call,
                    scores.not_scored,
                    n_labels=len(fitted.taxonomy),
                    version=decider.version,
                )
            else:
                yield decider.tags(call, scores.probability, scores.turns, scores.turn_probability)

    def score(self, X: Sequence[Transcript], y: Any) -> float:
        """Return average precision per call, averaged over the labels that have positives."""
        truth = call_matrix(as_call_labels(y, list(X), self.classes_), self.classes_)
        return mean_precision(self.predict_proba(X), truth)

    # ---- what the model is ----------------------------------------------------------------

    @property
    def classes_(self) -> list[str]:
        """Names of the labels, in order."""
        return list(self._fitted().taxonomy.names)

    @property
    def taxonomy_(self) -> Taxonomy:
        """The label set that the model was fitted with."""
        return self._fitted().taxonomy

    @property
    def thresholds_(self) -> dict[str, float]:
        """Label to cut-off under the present policy."""
        fitted = self._fitted()
        return dict(zip(fitted.taxonomy.names, map(float, fitted.thresholds), strict=True))

    @property
    def policy_(self) -> Policy:
        """The policy that the thresholds were chosen for."""
        return self._fitted().policy

    @property
    def version(self) -> str:
        """Name of the model and a digest of its weights, for logs."""
        return self._fitted().version

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What the model folder says of the model: data, seed, library versions."""
        return self._fitted().manifest

    def save(self, folder: str | Path, *, card: str | None = None) -> None:
        """Write the model as a folder of inert files; see `persistence`.

        Parameters
        ----------
        folder
            Where; an existing model there is replaced once the new one is complete.
        card
            The model card, Markdown; a short one by default.
        """
        params = {"bots": self.bots, "group_by": list(self.group_by), "seed": self.random_state}
        save_fitted(folder, self._fitted(), params=params, card=card)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read a model folder.

        Raises
        ------
        ModelError
            If it is damaged, altered, of a newer format, or not a model.
        """
        fitted, params = load_fitted(folder)
        model = cls(
            fitted.taxonomy,
            encoder=fitted.scorer.encoder,
            policy=fitted.policy,
            bots=fitted.scorer.bots,
            group_by=tuple(params["group_by"]),
            random_state=params["seed"],
        )
        model.fitted_ = fitted
        return model

    def __repr__(self) -> str:
        if not hasattr(self, "fitted_"):
            return "FailureModeClassifier(not fitted)"
        return f"FailureModeClassifier({self.version}, {len(self.classes_)} labels)"

    def _repr_html_(self) -> str | None:
        return model_html(model_view(self.fitted_)) if hasattr(self, "fitted_") else None

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "fitted_")

    def _call_scores(self, fitted: FittedModel, calls: Iterable[Transcript]) -> FloatArray:
        rows = [scores.probability for _, scores in self._scores(fitted, calls)]
        return np.array(rows) if rows else np.empty((0, len(fitted.taxonomy)))

    def _scores(
        self, fitted: FittedModel, calls: Iterable[Transcript]
    ) -> Iterator[tuple[Transcript, CallScores]]:
        if isinstance(calls, Transcript):
            raise TypeError("expected a list of Transcripts, got one; put it in a list")
        for scored in score_stream(fitted.scorer, calls, cascade=self.cascade, n_jobs=self.n_jobs):
            if isinstance(scored, ReadError):
                raise scored
            yield scored

    def _fitted(self) -> FittedModel:
        if not hasattr(self, "fitted_"):
            raise NotFittedError("the model is not fitted yet; call fit(), or use callclf.load()")
        return self.fitted_

    def _resolved_taxonomy(self) -> Taxonomy:
        if self.taxonomy is None:
            return Taxonomy.default()
        if isinstance(self.taxonomy, Taxonomy):
            return self.taxonomy
        return Taxonomy.from_toml(self.taxonomy)

    def _resolved_encoder(self, start: FailureModeClassifier | None) -> Encoder | None:
        if self.encoder is None:
            return start._fitted().scorer.encoder if start else None
        if isinstance(self.encoder, Encoder):
            return self.encoder
        return load_encoder(model_folder(self.encoder))
