"""Measures the model on the rows it was trained on: how much less it shows on the test rows is overfitting."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .contract import Metric
from .dataset import Dataset
from .fit import Model, answer
from .metrics import Measured, measure_points
from .wording import share

#: More rows would hardly move a number, and take as long as they are many.
MOST_ROWS: Final = 100_000
#: So that many classes take no more memory than many rows.
MOST_PROBABILITIES: Final = 10_000_000

#: From here on a card says so. A gate of a Model asks for whatever its owner thinks right.
LARGE_GAP: Final = 0.1
LOW_ACCURACY: Final = 0.7

SIMPLER: Final = {"logisticRegression": "lower C", "randomForest": "lower max_depth or raise min_samples_leaf"}
STRONGER: Final = {"logisticRegression": "raise C, or try randomForest", "randomForest": "raise max_depth or n_estimators"}


@dataclass(frozen=True)
class Training:
    """Metrics on training rows, and on how many of them. No intervals: the model was made for these rows, not drawn before them."""

    rows: int
    metrics: list[Metric]


def measure_training(model: Model, train: Dataset, seed: int) -> Training:
    """Measures on all training rows, or on as many as are affordable, drawn by the seed."""
    most = min(MOST_ROWS, MOST_PROBABILITIES // len(train.labels))
    if train.rows > most:
        train = train.take(np.sort(np.random.default_rng(seed).choice(train.rows, most, replace=False)))
    return Training(train.rows, measure_points(train, answer(model, train)))


def gaps(tested: list[Metric], training: Training) -> dict[str, float]:
    """How much better the model does on the rows it knows; of log_loss, less is better."""
    trained = values(training.metrics)
    return {
        name: round(value - trained[name] if name == "log_loss" else trained[name] - value, 6)
        for name, value in values(tested).items()
        if name in trained
    }


def values(metrics: list[Metric]) -> dict[str, float]:
    return {metric["name"]: metric["value"] for metric in metrics}


def fit_note(algorithm: str, measured: Measured, training: Training) -> str:
    """Whether the model learned its rows by heart, or too little from them, and what to try; else nothing."""
    tested = next(metric for metric in measured.metrics if metric["name"] == "accuracy")
    trained = values(training.metrics)["accuracy"]
    gap = gaps(measured.metrics, training)["accuracy"]
    numbers = f"accuracy is {share(trained)} on training rows and {share(tested['value'])} on test rows"
    if gap > LARGE_GAP:
        chance = ", which may be chance with so few test rows" if trained <= tested.get("high", tested["value"]) else ""
        return f"Overfitting: {numbers}{chance}. Make the model simpler ({SIMPLER[algorithm]}), add rows, or leave columns out."
    if tested["value"] < LOW_ACCURACY:
        return f"Underfitting: {numbers}. Make the model stronger ({STRONGER[algorithm]}), train longer, or add columns that say more."
    return ""
