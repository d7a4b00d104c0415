"""Makes 95% intervals by the bootstrap: the test rows drawn again and again, with replacement, by a fixed seed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats, Floats, Floats], Floats]

RESAMPLES: Final = 2000
FEWEST_RESAMPLES: Final = 200
#: Numbers drawn or added up in all; many rows narrow the interval anyway, so they get fewer resamples.
BUDGET: Final = 15_000_000
BLOCK: Final = 2_000_000


@dataclass(frozen=True)
class Interval:
    low: float
    high: float
    method: Literal["wilson", "bootstrap"]


def resamples_for(work: int) -> int:
    """How many resamples a given amount of work for each of them allows."""
    return max(FEWEST_RESAMPLES, min(RESAMPLES, BUDGET // max(1, work)))


@dataclass(frozen=True)
class Counts:
    """Resampled counts per class: right, true and predicted rows, one resample per line."""

    right: Floats
    true: Floats
    predicted: Floats

    def interval(self, statistic: Statistic) -> Interval | None:
        return _percentiles(statistic(self.right, self.true, self.predicted))


def resample_counts(confusion: NDArray[np.int64], seed: int) -> Counts:
    """Drawing rows with replacement is drawing cells of the confusion matrix, which is far less work."""
    true, predicted = np.nonzero(confusion)
    cells = confusion[true, predicted]
    size, count = int(cells.sum()), len(confusion)
    draws = np.random.default_rng(seed).multinomial(size, cells / size, size=resamples_for(len(cells) * 3 + count * 9))
    right = true == predicted
    return Counts(
        _summed(draws[:, right], true[right], count),
        _summed(draws, true, count),
        _summed(draws, predicted, count),
    )


def _summed(draws: NDArray[np.int64], groups: NDArray[np.int64], count: int) -> Floats:
    """Adds up the columns that belong to the same class."""
    total = np.zeros((len(draws), count))
    for column, group in enumerate(groups):
        total[:, group] += draws[:, column]
    return total


@dataclass(frozen=True)
class Weights:
    """How often each row was drawn, made block by block so that memory stays small; the same draws for every statistic."""

    rows: int
    resamples: int
    seed: int

    def interval(self, statistic: Callable[[Floats], Floats]) -> Interval | None:
        random = np.random.default_rng(self.seed)
        block = max(1, BLOCK // self.rows)
        values = []
        for start in range(0, self.resamples, block):
            size = min(block, self.resamples - start)
            drawn = random.integers(0, self.rows, size=(size, self.rows)) + np.arange(size)[:, None] * self.rows
            weights = np.bincount(drawn.ravel(), minlength=size * self.rows).reshape(size, self.rows)
            values.append(statistic(weights.astype(np.float64)))
        return _percentiles(np.concatenate(values))


def resample_rows(rows: int, classes: int, seed: int) -> Weights:
    return Weights(rows, resamples_for(rows * classes), seed)


def _percentiles(values: Floats) -> Interval | None:
    """Resamples in which the statistic is not defined are left out; with too few others there is no interval."""
    defined = values[np.isfinite(values)]
    if len(defined) * 2 < len(values):
        return None
    low, high = np.percentile(defined, [2.5, 97.5])
    return Interval(float(low), float(high), "bootstrap")
