"""What a data set that the trainer carries consists of: columns, rows, and what a person should know about them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: The cells of each row, the class last.
Cells = list[list[str]]


@dataclass(frozen=True)
class Table:
    features: list[str]
    target: str
    cells: Callable[[], Cells]
    #: Ends up in the data report, where people look.
    note: Callable[[], str] = str


def cells_of(bunch: Any) -> Cells:
    """The rows of a data set of scikit-learn, with the name of the class."""
    names = [str(name) for name in bunch.target_names]
    return [[*(repr(float(value)) for value in values), names[kind]] for values, kind in zip(bunch.data, bunch.target, strict=True)]
