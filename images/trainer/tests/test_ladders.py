"""The bars that gates ask for can be passed, and missed, on data sets that the trainer carries."""

from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from trainer.bundle import Place
from trainer.ceiling import Ceiling, ceiling
from trainer.clock import Clock
from trainer.contract import BUILTIN_TARGETS
from trainer.migraine import best
from trainer.overfitting import fit_note, gaps, values
from trainer.progress import ProgressState
from trainer.run import Surroundings, _train
from trainer.titanic import groups
from trainer.trained import Trained

from .building import UID, config

LOGISTIC: dict[str, Any] = {"algorithm": "logisticRegression", "parameters": {"max_iter": 1000}}
FOREST: dict[str, Any] = {"algorithm": "randomForest", "parameters": {"n_estimators": 60, "random_state": 1}}


def trained(name: str, candidate: dict[str, Any], changes: dict[str, Any] | None = None) -> Trained:
    source = {"data.builtin": name, "data.described": f"built-in data set {name}", "data.target": BUILTIN_TARGETS[name]}
    settings = config({**source, "candidate": candidate, **(changes or {})})
    progress = ProgressState()
    return _train(settings, Surroundings(Place(Path(), "model", UID), progress, 1), Clock(progress, {}))[0]


def note(found: Trained) -> str:
    return fit_note(found.model.algorithm, found.measured, found.training)


@pytest.mark.parametrize("name", ["wine", "breast_cancer", "migraine"])
def test_a_linear_model_passes_every_bar(name: str) -> None:
    found = trained(name, LOGISTIC)
    tested = values(found.measured.metrics)
    assert tested["accuracy"] >= 0.85
    assert tested["f1"] >= 0.8
    assert tested["roc_auc"] >= 0.9
    assert gaps(found.measured.metrics, found.training)["accuracy"] <= 0.1
    assert note(found) == ""


def test_a_forest_without_bounds_learns_the_migraines_by_heart() -> None:
    found = trained("migraine", FOREST)
    assert values(found.training.metrics)["accuracy"] == 1
    assert gaps(found.measured.metrics, found.training)["accuracy"] > 0.1
    assert note(found).startswith("Overfitting: accuracy is 1 on training rows")


def test_one_column_alone_is_too_little() -> None:
    found = trained("migraine", LOGISTIC, {"data.columns": ["age"]})
    assert values(found.measured.metrics)["accuracy"] < 0.7
    assert note(found).startswith("Underfitting: ")


@pytest.mark.parametrize(
    ("name", "candidate", "best_possible"),
    [("titanic", FOREST, ceiling(groups())), ("titanic", LOGISTIC, ceiling(groups())), ("migraine", LOGISTIC, best())],
)
def test_no_model_is_better_than_the_best_there_is(name: str, candidate: dict[str, Any], best_possible: Ceiling) -> None:
    found = trained(name, candidate)
    accuracy = values(found.measured.metrics)["accuracy"]
    error = sqrt(best_possible.accuracy * (1 - best_possible.accuracy) / found.test.rows)
    assert abs(accuracy - best_possible.accuracy) < 4 * error
    assert str(best_possible) in found.report["message"]


def test_the_titanic_split_by_content_is_pointed_out() -> None:
    found = trained("titanic", FOREST, {"data.split.method": "hash", "data.split.stratify": False, "data.split.salt": "tidegate"})
    assert "; only 24 of 2,201 rows differ, and a split by content keeps twins on one side" in found.report["message"]
