"""The ordered label set, as data: which failures there are, what counts and what does not."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from callclf.errors import TaxonomyError, unknown_name

__all__ = ["Label", "Taxonomy"]

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_FIELDS = ("name", "title", "definition", "counts", "does_not_count")


@dataclass(frozen=True, slots=True)
class Label:
    """One failure mode.

    Parameters
    ----------
    name
        Identifier used in data and results: lower case, digits and underscores.
    title
        What people read.
    definition
        One sentence.
    counts, does_not_count
        What shows the failure, and what looks like it but is none.
    """

    name: str
    title: str
    definition: str = ""
    counts: tuple[str, ...] = ()
    does_not_count: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """An ordered set of labels with a name and a version.

    A model carries the taxonomy that it was trained with; everything downstream takes labels and
    their order from there.

    Examples
    --------
    >>> taxonomy = Taxonomy.default()
    >>> taxonomy.names[:2]
    ('rudeness', 'inattention')
    >>> taxonomy["rudeness"].title
    'Rudeness'
    """

    name: str
    version: str
    labels: tuple[Label, ...]

    def __post_init__(self) -> None:
        if not self.labels:
            raise TaxonomyError(
                f"taxonomy {self.name!r} has no labels; give at least one [[labels]]"
            )
        names = [label.name for label in self.labels]
        for name in names:
            if not _NAME.fullmatch(name):
                raise TaxonomyError(
                    f"label name {name!r} must be lower-case letters, digits and underscores"
                )
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise TaxonomyError(f"labels given more than once: {', '.join(repeated)}")

    @property
    def names(self) -> tuple[str, ...]:
        """Label names in order."""
        return tuple(label.name for label in self.labels)

    def __repr__(self) -> str:
        return f"Taxonomy({self.name!r}, {self.version}: {', '.join(self.names)})"

    def __len__(self) -> int:
        return len(self.labels)

    def __iter__(self) -> Iterator[Label]:
        return iter(self.labels)

    def __getitem__(self, name: str) -> Label:
        return self.labels[self.index(name)]

    def index(self, name: str) -> int:
        """Return a label's position.

        Raises
        ------
        TaxonomyError
            If there is no such label; the message lists those that there are.
        """
        try:
            return self.names.index(name)
        except ValueError:
            raise TaxonomyError(unknown_name("label", name, self.names)) from None

    def to_dict(self) -> dict[str, Any]:
        """Return the taxonomy as plain JSON data."""
        labels = [
            {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(label).items()}
            for label in self.labels
        ]
        return {"name": self.name, "version": self.version, "labels": labels}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], *, source: str = "taxonomy") -> Taxonomy:
        """Build a taxonomy from what `to_dict` or a TOML file gave.

        Parameters
        ----------
        data
            `name`, `version` and `labels`, a list of tables.
        source
            Named in error messages.

        Raises
        ------
        TaxonomyError
            If something is missing, misspelt or of the wrong type.
        """
        for key in ("name", "version"):
            if not isinstance(data.get(key), str):
                raise TaxonomyError(f"{source}: {key!r} must be given, as a string")
        labels = data.get("labels")
        if not isinstance(labels, list) or not all(isinstance(item, Mapping) for item in labels):
            raise TaxonomyError(f"{source}: expected a list of [[labels]] tables")
        built = tuple(_label(item, f"{source}: labels[{i}]") for i, item in enumerate(labels))
        try:
            return cls(data["name"], data["version"], built)
        except TaxonomyError as error:
            raise TaxonomyError(f"{source}: {error}") from None

    @classmethod
    def from_toml(cls, path: str | Path) -> Taxonomy:
        """Read a taxonomy file.

        Raises
        ------
        TaxonomyError
            If the file is no TOML or no taxonomy; the message names file and place.
        """
        path = Path(path)
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise TaxonomyError(f"{path}: not a TOML file: {error}") from None
        return cls.from_dict(data, source=str(path))

    @classmethod
    def default(cls) -> Taxonomy:
        """Return the eight failure modes that callclf ships with."""
        return _default()

    @classmethod
    def of_names(cls, names: Sequence[str]) -> Taxonomy:
        """Build a taxonomy from bare label names, for labels that nobody has described.

        A name that the shipped taxonomy has keeps its description there.
        """
        shipped = {label.name: label for label in _default()}
        labels = (
            shipped.get(name) or Label(name, name.replace("_", " ").capitalize()) for name in names
        )
        return cls("custom", "0", tuple(labels))


def _label(item: Mapping[str, Any], where: str) -> Label:
    for key in item:
        if key not in _FIELDS:
            raise TaxonomyError(f"{where}: {unknown_name('field', key, _FIELDS)}")
    name = item.get("name")
    if not isinstance(name, str):
        raise TaxonomyError(f"{where}: 'name' must be given, as a string")
    for key in ("title", "definition"):
        if not isinstance(item.get(key, ""), str):
            raise TaxonomyError(f"{where}: {key!r} must be a string")
    lists: dict[str, tuple[str, ...]] = {}
    for key in ("counts", "does_not_count"):
        value = item.get(key, [])
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise TaxonomyError(f"{where}: {key!r} must be a list of strings")
        lists[key] = tuple(value)
    title = item.get("title") or name.replace("_", " ").capitalize()
    return Label(name, title, item.get("definition", ""), **lists)


@cache
def _default() -> Taxonomy:
    text = resources.files("callclf").joinpath("resources/taxonomy.toml").read_text("utf-8")
    return Taxonomy.from_dict(tomllib.loads(text), source="callclf's own taxonomy")
