"""Measures answers: on the test rows each number with its 95% interval, on others the number alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .contract import Metric
from .dataset import Classes, Dataset
from .fit import Answers
from .resample import Interval, resample_counts, resample_rows

Floats = NDArray[np.float64]

Z95 = 1.959963984540054
DIGITS = 6


@dataclass(frozen=True)
class Measured:
    """All metrics, the confusion matrix (true class by row, predicted by column), and the numbers of each class."""

    metrics: list[Metric]
    confusion: NDArray[np.int64]
    classes: list[dict[str, Any]]


def measure(test: Dataset, answers: Answers, seed: int) -> Measured:
    """The metrics of the contract with their intervals."""
    truth = test.target
    confusion, losses = _confusion(test, answers), row_losses(truth, answers.probabilities)
    areas = list(_areas(test, answers))
    values = _values(confusion, areas, losses)
    counted, rows = resample_counts(confusion, seed), resample_rows(len(truth), len(test.labels), seed)
    intervals: dict[str, Interval | None] = {"accuracy": wilson(int(confusion.trace()), len(truth))}
    intervals |= {name: counted.interval(function) for name, function in from_counts.items()}
    if areas:
        intervals["roc_auc"] = rows.interval(lambda weights: mean_area(areas, weights))
    intervals["log_loss"] = rows.interval(lambda weights: weights @ losses / len(truth))
    metrics = [_metric(name, value, intervals[name]) for name, value in values.items()]
    return Measured(metrics, confusion, _per_class(confusion, test.labels))


def measure_points(rows: Dataset, answers: Answers) -> list[Metric]:
    """The same metrics, but no interval: the values alone cost a small part of the work."""
    values = _values(_confusion(rows, answers), _areas(rows, answers), row_losses(rows.target, answers.probabilities))
    return [_metric(name, value, None) for name, value in values.items()]


def _values(confusion: NDArray[np.int64], areas: Iterable["Area"], losses: Floats) -> dict[str, float]:
    """roc_auc is left out when a class has no row, because it is not defined then."""
    values = {"accuracy": float(confusion.trace() / confusion.sum())}
    values |= {name: float(function(*_totals(confusion))) for name, function in from_counts.items()}
    if (confusion.sum(axis=1) > 0).all():
        values["roc_auc"] = float(mean_area(areas, np.ones((1, len(losses))))[0])
    return {**values, "log_loss": float(losses.mean())}


def _confusion(rows: Dataset, answers: Answers) -> NDArray[np.int64]:
    count = len(rows.labels)
    return np.bincount(rows.target * count + answers.labels, minlength=count * count).reshape(count, count)


def _areas(rows: Dataset, answers: Answers) -> Iterator["Area"]:
    """One for each class, of two classes for the second only; none when a class has no row."""
    present = np.bincount(rows.target, minlength=len(rows.labels)) > 0
    if present.all():
        for index in range(len(rows.labels)) if len(rows.labels) > 2 else [1]:
            yield Area(rows.target == index, answers.probabilities[:, index])


def wilson(hits: int, rows: int) -> Interval:
    """The Wilson score interval of a share."""
    share, z2 = hits / rows, Z95 * Z95
    centre = (share + z2 / (2 * rows)) / (1 + z2 / rows)
    half = Z95 / (1 + z2 / rows) * np.sqrt(share * (1 - share) / rows + z2 / (4 * rows * rows))
    return Interval(max(0.0, float(centre - half)), min(1.0, float(centre + half)), "wilson")


def row_losses(truth: Classes, probabilities: Floats) -> Floats:
    """Minus the logarithm of the probability given to the true class."""
    limit = np.finfo(np.float64).eps
    losses: Floats = -np.log(np.clip(probabilities[np.arange(len(truth)), truth], limit, 1 - limit))
    return losses


# The functions below take counts per class (right, true, predicted), of one matrix or of many resamples of it at once.


def balanced_accuracy(right: Floats, true: Floats, _: Floats) -> Floats:
    return _mean(_ratio(right, true), true > 0)


def precision(right: Floats, true: Floats, predicted: Floats) -> Floats:
    return _mean(_ratio(right, predicted), true + predicted > 0)


def recall(right: Floats, true: Floats, predicted: Floats) -> Floats:
    return _mean(_ratio(right, true), true + predicted > 0)


def f1(right: Floats, true: Floats, predicted: Floats) -> Floats:
    return _mean(_ratio(2 * right, true + predicted), true + predicted > 0)


from_counts = {"balanced_accuracy": balanced_accuracy, "precision": precision, "recall": recall, "f1": f1}


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.zeros_like(part, dtype=np.float64), where=whole > 0))


def _mean(values: Floats, defined: NDArray[np.bool_]) -> Floats:
    """The macro average over the classes that occur."""
    return np.asarray((values * defined).sum(axis=-1) / defined.sum(axis=-1))


class Area:
    """The area under the ROC curve of one class against the rest, for many weightings of the rows at once."""

    def __init__(self, positive: NDArray[np.bool_], scores: Floats) -> None:
        self._order = np.argsort(scores, kind="stable")
        self._positive = positive[self._order]
        ordered = scores[self._order]
        self._starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))

    def of(self, weights: Floats) -> Floats:
        """One area per row of weights; not a number where a side has no weight."""
        ordered = weights[:, self._order]
        positive = np.add.reduceat(ordered * self._positive, self._starts, axis=1)
        negative = np.add.reduceat(ordered * ~self._positive, self._starts, axis=1)
        below = np.cumsum(negative, axis=1) - negative
        pairs = positive.sum(axis=1) * negative.sum(axis=1)
        won = (positive * (below + negative / 2)).sum(axis=1)
        return np.asarray(np.divide(won, pairs, out=np.full(len(pairs), np.nan), where=pairs > 0))


def mean_area(areas: Iterable[Area], weights: Floats) -> Floats:
    """One class against the rest, averaged over the classes; with two classes, of the second one."""
    return np.asarray(np.mean([area.of(weights) for area in areas], axis=0))


def _totals(confusion: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    matrix = confusion.astype(np.float64)
    return np.diagonal(matrix), matrix.sum(axis=1), matrix.sum(axis=0)


def _metric(name: str, value: float, interval: Interval | None) -> Metric:
    metric: Metric = {"name": name, "value": round(value, DIGITS)}
    if interval is None:
        return metric
    low, high = min(interval.low, value), max(interval.high, value)
    return {**metric, "low": round(low, DIGITS), "high": round(high, DIGITS), "interval": interval.method}


def _per_class(confusion: NDArray[np.int64], labels: list[str]) -> list[dict[str, Any]]:
    right, true, predicted = _totals(confusion)
    columns = (_ratio(right, predicted), _ratio(right, true), _ratio(2 * right, true + predicted))
    return [
        {
            "label": label,
            "precision": round(float(columns[0][index]), DIGITS),
            "recall": round(float(columns[1][index]), DIGITS),
            "f1": round(float(columns[2][index]), DIGITS),
            "testRows": int(true[index]),
        }
        for index, label in enumerate(labels)
    ]
