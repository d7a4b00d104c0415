"""Answers to training rows by models that have not learned from them."""

import struct
from typing import Any, cast

import numpy as np
import pytest

from trainer.contract import TrainerConfigCandidate
from trainer.cross_validation import RECORD, OutOfFold, cross_validate, out_of_fold_file
from trainer.dataset import Dataset
from trainer.fit import Answers, Effort, answer, fit
from trainer.folds import Deal, Folds, deal_folds
from trainer.metrics import measure_points
from trainer.overfitting import values
from trainer.rowhash import row_hashes, shortened
from trainer.steps import Steps

from .building import dataset

QUIET = Effort(1, lambda _done, _left: None)


def candidate(algorithm: str, **parameters: Any) -> TrainerConfigCandidate:
    return cast(TrainerConfigCandidate, {"algorithm": algorithm, "parameters": parameters})


LINE = candidate("logisticRegression", max_iter=200)


def rows(count: int = 90) -> Dataset:
    random = np.random.default_rng(5)
    numbers = random.normal(size=(count, 3))
    target = (numbers[:, 0] + random.normal(size=count) > 0).astype(int).tolist()
    return dataset(numbers.tolist(), [], target)


def in_folds(train: Dataset, folds: int = 3) -> Folds:
    hashes = row_hashes(train, "kind")
    return Folds(train, hashes, deal_folds(train, hashes, Deal(folds, together=True)), is_kept=True)


def validated(train: Dataset, one: TrainerConfigCandidate = LINE) -> OutOfFold:
    folds = in_folds(train)
    return cross_validate(one, folds, Steps(folds.count, QUIET))


def expected_answers(found: OutOfFold, one: TrainerConfigCandidate = LINE) -> Answers:
    """What models of the other folds answer, each trained here once more."""
    folds = found.folds
    labels, probabilities = np.zeros(folds.train.rows, np.int64), np.zeros((folds.train.rows, len(folds.train.labels)))
    for fold in range(folds.count):
        inside = np.flatnonzero(folds.fold_of == fold)
        answers = answer(fit(one, folds.train.take(np.flatnonzero(folds.fold_of != fold)), QUIET), folds.train.take(inside))
        labels[inside], probabilities[inside] = answers.labels, answers.probabilities
    return Answers(labels, probabilities)


def test_each_row_is_answered_by_a_model_of_the_rows_of_the_other_folds() -> None:
    train = rows()
    found = validated(train)
    expected = expected_answers(found)
    np.testing.assert_array_equal(found.labels, expected.labels)
    own = expected.probabilities[np.arange(train.rows), train.target]
    np.testing.assert_array_equal(found.probability, own.astype(np.float32))


def test_rows_are_measured_together_and_the_area_is_the_mean_over_the_folds() -> None:
    train = rows()
    found = validated(train)
    answers = expected_answers(found)
    measured = values(found.metrics)
    areas = []
    for fold in range(3):
        inside = np.flatnonzero(found.folds.fold_of == fold)
        points = measure_points(train.take(inside), Answers(answers.labels[inside], answers.probabilities[inside]))
        areas.append(values(points)["roc_auc"])
    assert measured.pop("roc_auc") == pytest.approx(np.mean(areas), abs=1e-6)
    together = values(measure_points(train, answers))
    del together["roc_auc"]
    assert measured == together


def test_rows_learned_by_heart_are_answered_worse_than_by_the_model_itself() -> None:
    train, forest = rows(), candidate("randomForest", n_estimators=20)
    assert values(validated(train, forest).metrics)["accuracy"] < 0.9
    own = answer(fit(forest, train, QUIET), train)
    assert (own.labels == train.target).mean() > 0.93


def test_the_order_of_the_rows_changes_no_byte_of_the_file() -> None:
    train = rows()
    turned = train.take(np.arange(train.rows)[::-1].copy())
    files = [np.frombuffer(out_of_fold_file(validated(each)), RECORD) for each in (train, turned)]
    for name in ("hash", "fold", "actual", "predicted"):
        np.testing.assert_array_equal(files[0][name], files[1][name])
    # A sum of floats depends on the order of its parts.
    np.testing.assert_allclose(files[0]["probability"], files[1]["probability"], atol=1e-4)


def test_the_file_has_a_record_of_18_bytes_for_each_row_sorted_like_the_hashes_of_the_rows() -> None:
    train = rows()
    found = validated(train)
    hashes = found.folds.hashes
    content = out_of_fold_file(found)
    assert len(content) == 18 * train.rows
    records = np.frombuffer(content, RECORD)
    assert records["hash"].tobytes() == shortened(hashes)
    first = min(range(train.rows), key=lambda row: hashes[row])
    assert content[:18] == (
        hashes[first][:8]
        + int(found.folds.fold_of[first]).to_bytes(2, "big")
        + int(train.target[first]).to_bytes(2, "big")
        + int(found.labels[first]).to_bytes(2, "big")
        + struct.pack(">f", found.probability[first])
    )


def test_a_class_that_is_always_learned_is_not_measured_and_nothing_is_when_none_is_dealt() -> None:
    lone = dataset([[0.0], [1.0], [2.0], [3.0], [9.0]], [], [0, 1, 0, 1, 2])
    measured = values(validated(lone).metrics)
    assert "roc_auc" not in measured
    assert 0 <= measured["accuracy"] <= 1
    none = dataset([[0.0], [1.0]], [], [0, 1])
    folds = in_folds(none)
    assert folds.count == 0
    assert cross_validate(LINE, folds, Steps(1, QUIET)).metrics == []
