"""Everything that decides what model comes out, as plain data that a TOML file can hold."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from callclf.checks import Check, Where
from callclf.errors import ReadError, TaxonomyError, unknown_name
from callclf.evaluation.metrics import METRICS
from callclf.taxonomy import Taxonomy
from callclf.thresholds import Policy
from callclf.turn_model import HeadConfig

__all__ = ["LabelFile", "Promotion", "Source", "Split", "TrainConfig", "parse_config"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Calls to learn from, with or without labels of their own.

    Parameters
    ----------
    path
        A file or folder in any format that a reader knows, or a `.parquet` or `.csv` table. Our
        own JSON lines, and tables of them, bring labels along.
    dataset
        Instead of a path, what `datasets.load_dataset` takes: a local folder or a name in its
        cache. Nothing is downloaded.
    config, split
        The data set's configuration and split.
    format, speakers, columns, encoding, infer_roles
        As `iter_read` takes them.
    title, licence
        For the model card.
    representative
        Whether the calls look like those that the model will see; only such calls set
        probabilities and thresholds.
    weight
        How much each of its calls counts, in learning and in setting probabilities, not in
        choosing thresholds: many calls of one kind need not drown few of another.
    splice
        If above 0, its calls are remarks that are not learned from alone: for fine-tuning, this
        share of the calls of the other sources comes once more, each with one of them put in
        (see `splicing`).
    optional
        Whether the source may be absent; the card says which were there.
    """

    path: str = ""
    dataset: str = ""
    config: str | None = None
    split: str = "train"
    format: str | None = None
    speakers: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    infer_roles: bool = False
    title: str = ""
    licence: str = ""
    representative: bool = True
    weight: float = 1.0
    splice: float = 0.0
    optional: bool = False

    def __post_init__(self) -> None:
        if bool(self.path) == bool(self.dataset):
            raise ReadError("a source needs either 'path' or 'dataset'")
        if not isinstance(self.weight, int | float) or not 0 < self.weight < float("inf"):
            raise ReadError(f"{self.name}: 'weight' must be a number above 0, got {self.weight!r}")
        if not isinstance(self.splice, int | float) or not 0 <= self.splice <= 1:
            raise ReadError(f"{self.name}: 'splice' must be from 0 to 1, got {self.splice!r}")

    @property
    def name(self) -> str:
        """What the source is called in reports."""
        return self.path or f"dataset {self.dataset}"


@dataclass(frozen=True, kw_only=True)
class LabelFile:
    """Labels that are joined to the calls by id.

    Parameters
    ----------
    path
        A CSV, TSV or parquet table, one answer or one call or turn a row; or JSON lines with the
        keys of `CallLabels`, such as `callclf suggest --import` writes.
    columns
        Field (call, turn, question, answer, reviewer) -> column, where the header does not tell.
    questions
        Question or column -> the label that "yes" stands for; "not rudeness" if "yes" means that
        there was none. Names of labels need no entry.
    yes, no
        Further answers that mean yes or no.
    turns_from
        Number of the first turn: 0, or 1 where people counted.
    """

    path: str
    columns: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    turns_from: int = 0


@dataclass(frozen=True, kw_only=True)
class Split:
    """Which calls are kept untouched, to measure on.

    Parameters
    ----------
    test
        Share of the calls, from 0 (none) to under 1.
    time
        Key of `meta` that says when a call was; the newest are then kept, else random ones. What
        `group_by` ties together always stays together.
    """

    test: float = 0.0
    time: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.test < 1:
            raise ReadError(f"split.test must be at least 0 and under 1, got {self.test}")


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """When a challenger takes the champion's place.

    Never while a label is significantly worse (paired bootstrap, 95 %, corrected for the number
    of labels). Beyond that, the target decides.

    Parameters
    ----------
    metric
        The figure that is compared, over calls.
    target
        "macro", "any", or the name of a label; "none" if it is enough that nothing is worse.
    gain
        The target must be better by more than this.
    shown
        Whether chance must be ruled out for that, too.
    min_calls
        With fewer untouched calls nothing is promoted.
    gold
        Further labelled calls, never learned from, on which no label may be significantly worse:
        they see through a batch whose own labels are wrong throughout.
    """

    metric: str = "average_precision"
    target: str = "macro"
    gain: float = 0.0
    shown: bool = True
    min_calls: int = 50
    gold: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known = [name for name, item in METRICS.items() if item.better and "call" in item.units]
        if self.metric not in known:
            raise ReadError(unknown_name("promotion.metric", self.metric, known))


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """Everything that decides what model comes out.

    Parameters
    ----------
    name
        Of the model.
    sources
        Where the calls come from.
    labels
        Files of labels that are joined to the calls by id. What they answer replaces what the
        sources say; what several reviewers answer becomes votes.
    start
        A shipped model or model folder to depart from, for learning from few calls; its settings
        are taken over where none are given here. None to start from nothing.
    hold_out
        Calls whose `meta` has one of these values are not learned from.
    split
        Which further calls are kept untouched.
    group_by
        Names in `meta` that tie calls together; they are never split between learning and test.
    checks
        What the model is measured on afterwards.
    taxonomy
        Path of a TOML file or a whole taxonomy; None for that of `start`, else the shipped one.
    head
        How the turns' head is fitted; None for the defaults.
    encoder
        What reads the calls beside the head: a folder that `callclf finetune` wrote, or a shipped
        model or model folder that has one; None for that of `start`, if it has one.
    cache
        Folder for what an encoder says of calls, so that the next run need not read them again.
    bots
        Whether a bot is scored as an agent; None for what `start` does, else yes.
    policy
        What the flags should achieve, such as `{ precision = 0.9 }`; None for that of `start`, else
        one false alarm a label in 100 clean calls.
    promotion
        When the model may replace the one that it starts from.
    seed
        Same seed and data, same model.
    """

    name: str
    sources: tuple[Source, ...] = ()
    labels: tuple[LabelFile, ...] = ()
    start: str | None = None
    hold_out: Where = field(default_factory=dict)
    split: Split = field(default_factory=Split)
    group_by: tuple[str, ...] | None = None
    checks: tuple[Check, ...] = ()
    taxonomy: str | Taxonomy | None = None
    head: HeadConfig | None = None
    encoder: str | None = None
    cache: str | None = None
    bots: bool | None = None
    policy: Policy | None = None
    promotion: Promotion = field(default_factory=Promotion)
    seed: int = 0

    @classmethod
    def from_toml(cls, path: str | Path) -> TrainConfig:
        """Read a configuration file; its keys are the fields of this class.

        Raises
        ------
        ReadError
            Naming the file and the key.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ReadError(f"cannot be read: {error}", source=str(path)) from None
        return parse_config(text, str(path))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, source: str = "configuration") -> TrainConfig:
        """Build a configuration from what `to_dict` or a TOML file gave.

        Raises
        ------
        ReadError
            Naming the key.
        """
        given = dict(data)
        for key, kind in _LISTS.items():
            items = given.get(key, [])
            if not isinstance(items, list | tuple):
                raise ReadError(f"{key!r} must be a list of tables: [[{key}]]", source=source)
            given[key] = tuple(
                _build(kind, item, source, f"{key}[{i}]") for i, item in enumerate(items)
            )
        for key, kind in _TABLES.items():
            if given.get(key) is not None:
                given[key] = _build(kind, given[key], source, key)
        if isinstance(given.get("taxonomy"), Mapping):
            try:
                given["taxonomy"] = Taxonomy.from_dict(given["taxonomy"], source=source)
            except TaxonomyError as error:
                raise ReadError(str(error)) from None
        built: TrainConfig = _build(cls, given, source, None)
        return built

    def to_dict(self) -> dict[str, Any]:
        """Return the configuration as plain JSON data; `from_dict` gives back an equal one."""
        data: dict[str, Any] = _plain(asdict(self))
        if isinstance(self.taxonomy, Taxonomy):
            data["taxonomy"] = self.taxonomy.to_dict()
        return {key: value for key, value in data.items() if value not in (None, {}, [])}


def parse_config(text: str, source: str) -> TrainConfig:
    """Read a configuration from the text of a TOML file.

    Raises
    ------
    ReadError
        Naming the source and the key.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReadError(f"not a TOML file: {error}", source=source) from None
    return TrainConfig.from_dict(data, source=source)


_LISTS: dict[str, type[Any]] = {"sources": Source, "labels": LabelFile, "checks": Check}
_TABLES: dict[str, type[Any]] = {
    "split": Split,
    "head": HeadConfig,
    "policy": Policy,
    "promotion": Promotion,
}
_T = TypeVar("_T")


def _build(kind: type[_T], item: Any, source: str, where: str | None) -> _T:
    if not isinstance(item, Mapping):
        raise ReadError(f"expected a table, got {item!r}", source=source, where=where)
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    for key in item:
        if key not in known:
            raise ReadError(unknown_name("key", key, known), source=source, where=where)
    # TOML and JSON know lists only; a tuple in a frozen dataclass cannot be changed by accident.
    values = {key: tuple(v) if isinstance(v, list) else v for key, v in item.items()}
    try:
        return kind(**values)
    except ReadError as error:
        raise ReadError(error.problem, source=source, where=where) from None
    except (TypeError, ValueError) as error:
        raise ReadError(str(error), source=source, where=where) from None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
