"""The data set that the trainer carries: 150 iris flowers, four measures, three species."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from .source import Row

FEATURES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
TARGETS = ("species", "target")


@dataclass(frozen=True)
class Iris:
    """Rows of the data set; the class column carries the name of the target when that is one of its two usual names."""

    described: str
    target: str = "species"
    size: int = 4000

    @property
    def header(self) -> list[str]:
        return [*FEATURES, self.target if self.target in TARGETS else "species"]

    def rows(self) -> Iterator[Row]:
        return iter(_rows())

    def digest(self) -> str:
        text = "\n".join(",".join(cells) for _, cells in _rows())
        return hashlib.sha256(text.encode()).hexdigest()


@cache
def _rows() -> list[Row]:
    from sklearn.datasets import load_iris

    iris = load_iris()
    names = [str(name) for name in iris.target_names]
    return [
        (line, [*(repr(float(value)) for value in values), names[kind]])
        for line, (values, kind) in enumerate(zip(iris.data, iris.target, strict=True), 2)
    ]
