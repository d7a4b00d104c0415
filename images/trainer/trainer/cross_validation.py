"""Answers each training row by a model that has not learned from it: one more model for each fold, trained on the rows of the others.

Candidates are ranked by these answers, and a gate compares two versions by them when there are too few test rows. They show how good
the way of training is, on a few rows less than the model itself learned from; the model itself is shown by the test rows alone.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .contract import Metric, TrainerConfigCandidate
from .dataset import Classes
from .fit import Answers, answer, fit
from .folds import Folds
from .metrics import DIGITS, measure_points
from .overfitting import values
from .rowhash import SHORT
from .steps import Steps

#: One training row; numbers are big-endian, and nothing stands between them.
RECORD: Final = np.dtype([("hash", ">u8"), ("fold", ">u2"), ("actual", ">u2"), ("predicted", ">u2"), ("probability", ">f4")])


@dataclass(frozen=True)
class OutOfFold:
    """What each row was answered by the model of its fold."""

    folds: Folds
    labels: NDArray[np.uint16]
    #: That of the true class.
    probability: NDArray[np.float32]
    #: Empty when no row is in a fold.
    metrics: list[Metric]


def cross_validate(candidate: TrainerConfigCandidate, folds: Folds, steps: Steps) -> OutOfFold:
    """Takes one step for each fold."""
    train = folds.train
    labels = np.zeros(train.rows, np.int64)
    probabilities = np.zeros((train.rows, len(train.labels)), np.float64)
    for fold in range(folds.count):
        asked = np.flatnonzero(folds.fold_of == fold)
        answers = answer(fit(candidate, folds.without(fold), steps.next()), train.take(asked))
        labels[asked], probabilities[asked] = answers.labels, answers.probabilities
    own = np.clip(probabilities[np.arange(train.rows), train.target], 0, 1)
    return OutOfFold(folds, labels.astype(np.uint16), own.astype(np.float32), _measure(folds, Answers(labels, probabilities)))


def out_of_fold_file(found: OutOfFold) -> bytes:
    """One record for each training row, without a header, sorted by hash and then by fold."""
    folds = found.folds
    records = np.empty(folds.train.rows, RECORD)
    records["hash"] = np.frombuffer(b"".join(row_hash[:SHORT] for row_hash in folds.hashes), ">u8")
    records["fold"], records["actual"], records["predicted"] = folds.fold_of, folds.train.target, found.labels
    records["probability"] = found.probability
    return records[np.lexsort((folds.fold_of, records["hash"].astype(np.uint64)))].tobytes()


def _measure(folds: Folds, answers: Answers) -> list[Metric]:
    """All rows together, because a class of few rows has too few in each fold alone; roc_auc apart."""
    rows = folds.dealt()
    if len(rows) == 0:
        return []
    pooled = [metric for metric in _points(folds, answers, rows) if metric["name"] != "roc_auc"]
    area = _area(folds, answers)
    return pooled if area is None else [*pooled, {"name": "roc_auc", "value": area}]


def _area(folds: Folds, answers: Answers) -> float | None:
    """The mean over the folds that have all classes: the models of two folds have scales of their own, without a common order."""
    each = [values(_points(folds, answers, np.flatnonzero(folds.fold_of == fold))).get("roc_auc") for fold in range(folds.count)]
    known = [area for area in each if area is not None]
    return round(float(np.mean(known)), DIGITS) if known else None


def _points(folds: Folds, answers: Answers, rows: Classes) -> list[Metric]:
    return measure_points(folds.train.take(rows), Answers(answers.labels[rows], answers.probabilities[rows]))
