"""Metrics on training rows, the gap to the test rows, and what is said about it."""

import numpy as np
import pytest

from trainer import overfitting
from trainer.contract import Metric
from trainer.dataset import Dataset
from trainer.fit import Effort, Model, answer, fit
from trainer.metrics import Measured, measure, measure_points
from trainer.overfitting import Training, fit_note, gaps, measure_training

from .building import dataset


def noise(rows: int) -> Dataset:
    """A target that no column explains."""
    random = np.random.default_rng(2)
    return dataset(random.normal(size=(rows, 3)).tolist(), [], random.integers(0, 2, rows).tolist())


def forest(train: Dataset) -> Model:
    settings = {"algorithm": "randomForest", "parameters": {"n_estimators": 30, "random_state": 1}}
    return fit(settings, train, Effort(1, lambda _done, _left: None))  # type: ignore[arg-type]


def test_a_forest_that_learned_noise_by_heart_is_found_out() -> None:
    rows = noise(400)
    train, test = rows.take(np.arange(200)), rows.take(np.arange(200, 400))
    model = forest(train)
    measured, training = measure(test, answer(model, test), 1), measure_training(model, train, 1)
    gap = gaps(measured.metrics, training)
    assert set(gap) == {metric["name"] for metric in measured.metrics}
    assert gap["accuracy"] > 0.3
    assert gap["log_loss"] > 0.3
    assert fit_note("randomForest", measured, training).startswith("Overfitting: accuracy is ")


def test_few_rows_are_all_measured_and_many_by_the_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    train = noise(300)
    model = forest(train)
    assert measure_training(model, train, 1) == Training(300, measure_points(train, answer(model, train)))
    monkeypatch.setattr(overfitting, "MOST_ROWS", 100)
    drawn = measure_training(model, train, 1)
    assert drawn.rows == 100
    assert drawn == measure_training(model, train, 1) != measure_training(model, train, 2)
    monkeypatch.setattr(overfitting, "MOST_PROBABILITIES", 60)
    assert measure_training(model, train, 1).rows == 30


def found(value: float, high: float, trained: float) -> tuple[Measured, Training]:
    tested: Metric = {"name": "accuracy", "value": value, "low": value - 0.05, "high": high, "interval": "wilson"}
    return Measured([tested], np.zeros((2, 2), np.int64), []), Training(100, [{"name": "accuracy", "value": trained}])


def test_the_card_names_overfitting_and_underfitting_with_the_next_step() -> None:
    assert fit_note("logisticRegression", *found(0.8, 0.85, 0.95)) == (
        "Overfitting: accuracy is 0.95 on training rows and 0.8 on test rows. Make the model simpler (lower C), add rows, or leave columns out."
    )
    assert "test rows, which may be chance with so few test rows. Make" in fit_note("randomForest", *found(0.8, 0.96, 0.95))
    assert fit_note("randomForest", *found(0.65, 0.7, 0.68)) == (
        "Underfitting: accuracy is 0.68 on training rows and 0.65 on test rows. "
        "Make the model stronger (raise max_depth or n_estimators), train longer, or add columns that say more."
    )
    assert fit_note("randomForest", *found(0.8, 0.85, 0.9)) == ""
