"""Tables from delimited text, parquet and DataFrames, read row by row."""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from callclf.errors import ReadError
from callclf.readers.reader import ReadOptions, Table
from callclf.readers.sources import Stream, check_no_nul, open_stream

if TYPE_CHECKING:
    import datasets
    import pandas

__all__ = [
    "from_dataset",
    "from_frame",
    "from_parquet",
    "from_text",
    "guess_delimiter",
    "is_dataset",
    "is_frame",
]

_DELIMITERS = ",\t;|"
_SAMPLE = 20
_NAME = re.compile(r"\w[\w ./#()-]{0,59}")
"""A column's name: short, and without the punctuation of a sentence or a time stamp."""

_BATCH = 4096


def guess_delimiter(beginning: str) -> str | None:
    """Return what separates the columns, or None if this is no table with a header.

    Parameters
    ----------
    beginning
        Whole lines, as many as there are at hand.
    """
    found = {d: len(rows[0]) for d in _DELIMITERS if _is_table(rows := _sample(beginning, d))}
    return max(found, key=lambda d: found[d]) if found else None


def _sample(beginning: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(beginning), delimiter=delimiter, strict=True):
            if row:
                rows.append(row)
            if len(rows) > _SAMPLE:
                break
    except csv.Error:
        pass  # the beginning may end within a quoted field
    return rows


def _is_table(rows: list[list[str]]) -> bool:
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    names = [name.strip() for name in rows[0]]
    if len(set(names)) < len(names) or not all(map(_NAME.fullmatch, names)):
        return False
    fitting = sum(len(row) == len(names) for row in rows[1:])
    return fitting > len(rows[1:]) / 2


def from_text(stream: Stream) -> Table:
    """Return delimited text as a table, read again from the start for each pass.

    Raises
    ------
    ReadError
        If there is no header with two columns or more.
    """
    beginning = stream.first_lines()
    delimiter = guess_delimiter(beginning)
    if delimiter is None:
        header = next((line for line in beginning.split("\n") if line.strip()), "")
        delimiter = max(_DELIMITERS, key=header.count)
    origin, options = stream.origin, stream.options
    if origin is None:
        origin, options = stream.data(), replace(options, encoding=stream.encoding)
    columns = next(_csv_rows(origin, options, delimiter), ("", ()))[1]
    if len(columns) < 2:
        raise ReadError("no table: expected a header with two columns or more")

    def rows() -> Iterator[tuple[str, tuple[Any, ...]]]:
        parsed = _csv_rows(origin, options, delimiter)
        next(parsed, None)
        return parsed

    return Table(tuple(name.strip() for name in columns), rows)


def _csv_rows(
    origin: object, options: ReadOptions, delimiter: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    with open_stream(origin, options) as stream:
        reader = csv.reader(_decoded(stream), delimiter=delimiter, strict=True)
        line = 1
        try:
            for row in reader:
                if row:
                    yield f"line {line}", tuple(row)
                line = reader.line_num + 1
        except csv.Error as error:
            raise ReadError(
                f"not well-formed as a table: {error}; is a quote unclosed, or not doubled?",
                where=f"line {line}",
            ) from None


def _decoded(stream: Stream) -> Iterator[str]:
    for number, raw in enumerate(stream.lines(), 1):
        try:
            line = stream.decode(raw)
        except ReadError as error:
            raise ReadError(error.problem, where=f"line {number}") from None
        check_no_nul(line, number)
        yield line


def from_parquet(stream: Stream) -> Table:
    """Return a parquet file as a table.

    Raises
    ------
    ReadError
        If it is damaged.
    """
    # pyarrow takes 0.2 s to import, and most sources are no parquet.
    import pyarrow
    import pyarrow.parquet

    where = stream.origin if isinstance(stream.origin, str | os.PathLike) else None
    data = b"" if where else stream.data()

    def opened() -> pyarrow.parquet.ParquetFile:
        try:
            return pyarrow.parquet.ParquetFile(where or io.BytesIO(data))
        except (pyarrow.ArrowException, OSError) as error:
            raise ReadError(f"not a readable parquet file: {error}") from None

    def rows() -> Iterator[tuple[str, tuple[Any, ...]]]:
        number = 0
        with opened() as file:
            try:
                for batch in file.iter_batches(_BATCH):
                    for row in zip(*(c.to_pylist() for c in batch.columns), strict=True):
                        number += 1
                        yield f"row {number}", row
            except (pyarrow.ArrowException, OSError) as error:
                raise ReadError(f"not a readable parquet file: {error}") from None

    with opened() as file:
        return Table(tuple(file.schema_arrow.names), rows)


def is_frame(source: object) -> TypeGuard[pandas.DataFrame]:
    """Say whether a source is a pandas DataFrame, without importing pandas."""
    module = sys.modules.get("pandas")
    return module is not None and isinstance(source, module.DataFrame)


def from_frame(frame: pandas.DataFrame) -> Table:
    """Return a DataFrame as a table."""

    def rows() -> Iterator[tuple[str, tuple[Any, ...]]]:
        for number, row in enumerate(frame.itertuples(index=False, name=None), 1):
            yield f"row {number}", tuple(map(_unboxed, row))

    return Table(tuple(map(str, frame.columns)), rows)


def _unboxed(value: object) -> object:
    # What pandas reads from parquet holds lists as arrays.
    return value.tolist() if isinstance(value, np.ndarray) else value


def is_dataset(source: object) -> TypeGuard[datasets.Dataset | datasets.DatasetDict]:
    """Say whether a source is a Hugging Face dataset, without importing the library."""
    module = sys.modules.get("datasets")
    names = ("Dataset", "IterableDataset", "DatasetDict", "IterableDatasetDict")
    return any(isinstance(source, kind) for name in names if (kind := getattr(module, name, None)))


def from_dataset(dataset: datasets.Dataset | datasets.DatasetDict) -> Table:
    """Return a Hugging Face dataset as a table.

    Raises
    ------
    ReadError
        If it is several splits.
    """
    if isinstance(dataset, dict):
        splits = ", ".join(map(repr, dataset))
        raise ReadError(f"a dataset of several splits, {splits}; pass one, such as dataset[...]")
    columns = tuple(dataset.column_names or next(iter(dataset), {}))

    def rows() -> Iterator[tuple[str, tuple[Any, ...]]]:
        for number, row in enumerate(dataset, 1):
            yield f"row {number}", tuple(row.get(column) for column in columns)

    return Table(columns, rows)
