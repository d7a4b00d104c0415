"""Reads the rows into arrays: numbers as float32, categories as text, the target as the index of its label."""

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from .cells import is_missing, is_number
from .checks import RuleCheck, refuse_violations
from .columns import Columns
from .kinds import Kind, is_whole, label_of
from .source import Source
from .survey import Survey

Numbers = NDArray[np.float32]
Texts = NDArray[np.object_]
Classes = NDArray[np.int64]
Matrix = TypeVar("Matrix", Numbers, Texts)


@dataclass(frozen=True)
class Dataset:
    """Rows with a target. A missing number is NaN, a missing text is empty."""

    numbers: Numbers
    number_names: list[str]
    texts: Texts
    text_names: list[str]
    target: Classes
    labels: list[str]

    @property
    def rows(self) -> int:
        return len(self.target)

    def take(self, rows: NDArray[np.int64]) -> "Dataset":
        return Dataset(self.numbers[rows], self.number_names, self.texts[rows], self.text_names, self.target[rows], self.labels)


@dataclass(frozen=True)
class Shape:
    """What the survey decided: which columns, of which kinds, with which labels."""

    columns: Columns
    kinds: dict[str, Kind]
    labels: list[str]
    seen: Survey


def read_dataset(source: Source, shape: Shape, tick: Callable[[int], None]) -> Dataset:
    """The second pass over the rows, which keeps the cells in use and checks the rules of their columns."""
    readers = [_Reader(source.header.index(name), shape, name) for name in shape.columns.features]
    target = _TargetReader(source.header.index(shape.columns.target), shape)
    for count, (line, cells) in enumerate(source.rows(), 1):
        if target.read(line, cells):
            for reader in readers:
                reader.read(line, cells)
        if count % 10_000 == 0:
            tick(count)
    checks = [*(reader.check for reader in readers), target.check]
    refuse_violations([check for check in checks if check is not None])
    numbers = [reader for reader in readers if reader.kind == "number"]
    texts = [reader for reader in readers if reader.kind == "category"]
    rows = len(target.classes)
    return Dataset(
        _columns(np.empty((rows, len(numbers)), np.float32), [reader.numbers for reader in numbers]),
        [reader.name for reader in numbers],
        _columns(np.empty((rows, len(texts)), object), [reader.texts for reader in texts]),
        [reader.name for reader in texts],
        np.array(target.classes, dtype=np.int64),
        shape.labels,
    )


def _columns(matrix: Matrix, columns: Sequence[Any]) -> Matrix:
    for place, column in enumerate(columns):
        matrix[:, place] = column
    return matrix


class _Reader:
    """Collects one feature column."""

    def __init__(self, place: int, shape: Shape, name: str) -> None:
        rule = shape.columns.rules.get(name)
        self.place = place
        self.name = name
        self.kind = shape.kinds[name]
        self.check = RuleCheck(name, rule) if rule is not None else None
        self.numbers = array("d")
        self.texts: list[str] = []
        self._known: dict[str, str] = {}

    def read(self, line: int, cells: list[str]) -> None:
        cell = cells[self.place]
        missing = is_missing(cell)
        number = math.nan
        if self.kind == "number":
            number = math.nan if missing else float(cell)
            self.numbers.append(number)
        else:
            # One string object per distinct value, however many rows there are.
            self.texts.append("" if missing else self._known.setdefault(cell, cell))
        if self.check is not None and not missing:
            self.check.see(line, cell, number if self.kind == "number" else None)


class _TargetReader:
    """Collects the class of each row; a row without a target is left out."""

    def __init__(self, place: int, shape: Shape) -> None:
        name = shape.columns.target
        rule = shape.columns.rules.get(name)
        self.place = place
        self.check = RuleCheck(name, rule) if rule is not None else None
        self.classes = array("q")
        self._whole = is_whole(shape.seen.columns[name])
        self._index = {label: index for index, label in enumerate(shape.labels)}

    def read(self, line: int, cells: list[str]) -> bool:
        cell = cells[self.place]
        if is_missing(cell):
            return False
        self.classes.append(self._index[label_of(cell, whole=self._whole)])
        if self.check is not None:
            self.check.see(line, cell, float(cell) if is_number(cell) else None)
        return True
