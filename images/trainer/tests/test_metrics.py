"""Metrics and their intervals, against scikit-learn and against plain row resampling."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference

from trainer.contract import METRICS
from trainer.dataset import Dataset
from trainer.fit import Answers
from trainer.metrics import Measured, from_counts, measure, measure_points, wilson
from trainer.resample import BUDGET, FEWEST_RESAMPLES, RESAMPLES, resample_counts, resample_rows, resamples_for

from .building import conforms, dataset


def problem(rows: int, classes: int, seed: int = 0, skill: float = 2.0) -> tuple[Dataset, Answers]:
    random = np.random.default_rng(seed)
    target = np.concatenate([np.arange(classes), random.integers(0, classes, rows - classes)])
    logits = random.normal(size=(rows, classes)) + skill * np.eye(classes)[target]
    probabilities = np.round(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), 3)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    labels = [f"c{index}" for index in range(classes)]
    rows_of = dataset([[row] for row in range(rows)], [], [0] * rows)
    test = Dataset(rows_of.numbers, rows_of.number_names, rows_of.texts, [], target.astype(np.int64), labels)
    return test, Answers(probabilities.argmax(axis=1), probabilities)


def named(measured: Measured) -> dict[str, Any]:
    for metric in measured.metrics:
        conforms("Metric", metric)
    return {metric["name"]: metric for metric in measured.metrics}


@pytest.mark.parametrize(("rows", "classes"), [(30, 3), (200, 2), (500, 7)])
def test_values_are_those_of_scikit_learn(rows: int, classes: int) -> None:
    test, answers = problem(rows, classes)
    truth, predicted, probabilities = test.target, answers.labels, answers.probabilities
    scores = probabilities[:, 1] if classes == 2 else probabilities
    expected = {
        "accuracy": reference.accuracy_score(truth, predicted),
        "balanced_accuracy": reference.balanced_accuracy_score(truth, predicted),
        "precision": reference.precision_score(truth, predicted, average="macro", zero_division=0),
        "recall": reference.recall_score(truth, predicted, average="macro", zero_division=0),
        "f1": reference.f1_score(truth, predicted, average="macro", zero_division=0),
        "roc_auc": reference.roc_auc_score(truth, scores, multi_class="ovr", average="macro"),
        "log_loss": reference.log_loss(truth, probabilities, labels=range(classes)),
    }
    found = {name: metric["value"] for name, metric in named(measure(test, answers, 1)).items()}
    assert found == pytest.approx(expected, abs=1e-6)
    assert list(found) == list(METRICS)


@pytest.mark.parametrize(("rows", "classes"), [(30, 3), (200, 2)])
def test_points_are_the_same_values_without_intervals(rows: int, classes: int) -> None:
    test, answers = problem(rows, classes)
    whole = [{"name": metric["name"], "value": metric["value"]} for metric in measure(test, answers, 1).metrics]
    assert measure_points(test, answers) == whole


@given(st.integers(2, 6), st.data())
def test_macro_averages_agree_with_scikit_learn_when_classes_are_absent(classes: int, data: st.DataObject) -> None:
    index = st.integers(0, classes - 1)
    pairs = data.draw(st.lists(st.tuples(index, index), min_size=1, max_size=25))
    truth, predicted = (np.array(side) for side in zip(*pairs, strict=True))
    matrix = np.zeros((classes, classes))
    np.add.at(matrix, (truth, predicted), 1)
    totals = (np.diagonal(matrix), matrix.sum(axis=1), matrix.sum(axis=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = {
            "balanced_accuracy": reference.balanced_accuracy_score(truth, predicted),
            "precision": reference.precision_score(truth, predicted, average="macro", zero_division=0),
            "recall": reference.recall_score(truth, predicted, average="macro", zero_division=0),
            "f1": reference.f1_score(truth, predicted, average="macro", zero_division=0),
        }
    assert {name: float(function(*totals)) for name, function in from_counts.items()} == pytest.approx(expected)


def test_the_interval_of_wilson_is_the_known_one() -> None:
    known = wilson(28, 30)
    assert (known.low, known.high) == pytest.approx((0.786765, 0.981523), abs=1e-6)
    assert (wilson(0, 10).low, wilson(10, 10).high) == pytest.approx((0, 1))


def test_drawing_cells_gives_the_intervals_of_drawing_rows() -> None:
    test, answers = problem(400, 3, seed=5)
    found = named(measure(test, answers, 1))["f1"]
    random = np.random.default_rng(9)
    values = []
    for _ in range(4000):
        drawn = random.integers(0, 400, 400)
        matrix = np.bincount(test.target[drawn] * 3 + answers.labels[drawn], minlength=9).reshape(3, 3)
        values.append(float((2 * np.diagonal(matrix) / (matrix.sum(axis=0) + matrix.sum(axis=1))).mean()))
    low, high = np.percentile(values, [2.5, 97.5])
    assert (found["low"], found["high"]) == pytest.approx((low, high), abs=0.006)
    assert found["interval"] == "bootstrap"


def test_the_area_of_many_weightings_is_that_of_scikit_learn() -> None:
    test, answers = problem(200, 2, seed=3)
    random = np.random.default_rng(4)
    weights = random.multinomial(200, [1 / 200] * 200, size=5).astype(float)
    from trainer.metrics import Area

    positive = test.target == 1
    found = Area(positive, answers.probabilities[:, 1]).of(weights)
    expected = [reference.roc_auc_score(positive, answers.probabilities[:, 1], sample_weight=row) for row in weights]
    assert found == pytest.approx(expected)


def test_the_truth_lies_in_most_intervals() -> None:
    whole, answers = problem(40_000, 3, seed=11, skill=1.2)
    truth = named(measure(whole, answers, 1))
    hits = dict.fromkeys(truth, 0)
    for sample in range(40):
        chosen = np.arange(sample * 200, (sample + 1) * 200)
        part = named(measure(whole.take(chosen), Answers(answers.labels[chosen], answers.probabilities[chosen]), sample))
        for name, metric in part.items():
            hits[name] += metric["low"] <= truth[name]["value"] <= metric["high"]
    # 95 of 100 are expected; 32 of 40 or fewer would happen once in ten thousand sets of samples.
    assert all(count > 32 for count in hits.values()), hits


def test_an_area_is_left_out_when_a_class_has_no_test_row() -> None:
    test, answers = problem(50, 3)
    chosen = np.flatnonzero(test.target != 2)
    without = test.take(chosen), Answers(answers.labels[chosen], answers.probabilities[chosen])
    assert "roc_auc" not in named(measure(*without, 1))
    assert [metric["name"] for metric in measure_points(*without)] == [name for name in METRICS if name != "roc_auc"]


def test_a_single_row_and_a_perfect_model_have_finite_numbers() -> None:
    test, answers = problem(40, 2, skill=50)
    for metric in named(measure(test, answers, 1)).values():
        assert metric["low"] <= metric["value"] <= metric["high"]
    one = named(measure(test.take(np.array([0])), Answers(answers.labels[:1], answers.probabilities[:1]), 1))
    assert one["accuracy"]["value"] == 1
    assert all(np.isfinite(metric["value"]) for metric in one.values())


def test_a_rare_class_leaves_enough_resamples_or_no_interval() -> None:
    test, answers = problem(300, 2)
    target = np.zeros(300, np.int64)
    target[0] = 1
    rare = Dataset(test.numbers, test.number_names, test.texts, [], target, test.labels)
    area = named(measure(rare, answers, 1))["roc_auc"]
    assert area["low"] <= area["value"] <= area["high"]


def test_intervals_are_the_same_for_the_same_seed() -> None:
    test, answers = problem(100, 3)
    assert measure(test, answers, 7).metrics == measure(test, answers, 7).metrics
    assert measure(test, answers, 7).metrics != measure(test, answers, 8).metrics


def test_the_confusion_matrix_has_the_true_class_by_row() -> None:
    test = dataset([[1], [2], [3]], [], [0, 1, 1])
    measured = measure(test, Answers(np.array([1, 1, 0]), np.array([[0.4, 0.6], [0.1, 0.9], [0.8, 0.2]])), 1)
    assert measured.confusion.tolist() == [[0, 1], [1, 1]]
    assert measured.classes[1] == {"label": "b", "precision": 0.5, "recall": 0.5, "f1": 0.5, "testRows": 2}


def test_many_rows_get_fewer_resamples_and_never_too_few() -> None:
    assert resamples_for(100) == RESAMPLES
    assert FEWEST_RESAMPLES < resamples_for(BUDGET // 500) == 500 < RESAMPLES
    assert resamples_for(BUDGET) == FEWEST_RESAMPLES


def test_weights_are_drawn_with_replacement_and_add_up_to_the_rows() -> None:
    interval = resample_rows(50, 2, 1).interval(lambda weights: weights.sum(axis=1))
    assert interval is not None
    assert (interval.low, interval.high) == (50, 50)
    largest = resample_rows(50, 2, 1).interval(lambda weights: weights.max(axis=1))
    assert largest is not None
    assert largest.low >= 2


def test_counts_add_up_to_the_rows() -> None:
    counts = resample_counts(np.array([[5, 2], [0, 3]]), 1)
    assert set(counts.true.sum(axis=1)) == set(counts.predicted.sum(axis=1)) == {10}
    assert (counts.right <= counts.true).all()
