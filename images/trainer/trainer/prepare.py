"""Learns from the train rows how raw columns become the numbers a model sees: fill, scale, and one column per category value."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .dataset import Dataset

#: A client may send any float32; so many deviations from the mean are enough, and their products stay finite.
FARTHEST: Final = 1e6
#: What float32 can hold of one divided by a deviation.
FACTORS: Final = (1e-36, 1e36)

Features = NDArray[np.float64]
Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Preparation:
    """What was learned. Every number is a float32 value, because the graph computes in float32 and must agree."""

    medians: Vector
    means: Vector | None
    factors: Vector | None
    categories: list[list[str]]

    @property
    def width(self) -> int:
        return len(self.medians) + sum(len(values) for values in self.categories)


def learn_preparation(train: Dataset, *, scale: bool) -> Preparation:
    """Medians fill missing numbers; a missing text is a value of its own when the train rows have one."""
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    medians = np.zeros(0, np.float32)
    means = factors = None
    if train.number_names:
        medians = SimpleImputer(strategy="median", keep_empty_features=True).fit(train.numbers).statistics_.astype(np.float32)
        if scale:
            scaler = StandardScaler().fit(_filled(train.numbers, medians).astype(np.float64))
            means, factors = scaler.mean_.astype(np.float32), np.clip(1 / scaler.scale_, *FACTORS).astype(np.float32)
    encoder = OneHotEncoder(handle_unknown="ignore").fit(train.texts) if train.text_names else None
    categories = [[str(value) for value in values] for values in encoder.categories_] if encoder is not None else []
    return Preparation(medians, means, factors, categories)


def apply_preparation(preparation: Preparation, rows: Dataset) -> Features:
    """The numbers first, then one column per known value of each category; an unknown value is zero everywhere."""
    numbers = _filled(rows.numbers, preparation.medians).astype(np.float64)
    if preparation.means is not None and preparation.factors is not None:
        numbers = np.clip((numbers - preparation.means) * preparation.factors, -FARTHEST, FARTHEST)
    encoded = [rows.texts[:, [place]] == np.array(values, dtype=object) for place, values in enumerate(preparation.categories)]
    return np.hstack([numbers, *(block.astype(np.float64) for block in encoded)])


def _filled(numbers: NDArray[np.float32], medians: Vector) -> NDArray[np.float32]:
    return np.where(np.isnan(numbers), medians, numbers)
