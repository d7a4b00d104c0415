"""Trains the algorithm that was asked for, and answers as the served model will answer."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .contract import ALGORITHMS, TrainerConfigCandidate
from .dataset import Classes, Dataset
from .failure import Failure
from .log import log
from .prepare import Features, Preparation, apply_preparation, learn_preparation
from .wording import counted

DEFAULT_SEED = 42
#: Probabilities are compared in steps of this size when a label is chosen: a tie in exact numbers is a tie in float32, too.
LABEL_STEP = 65_536

#: Hears how much of the training is done, from 0 to 1, and the seconds left when they can be told.
FitTick = Callable[[float, float | None], None]
Probabilities = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """A trained classifier with its preparation; parameters are those in force, defaults included."""

    algorithm: str
    parameters: dict[str, Any]
    preparation: Preparation
    classifier: Any
    notes: list[str]


@dataclass(frozen=True)
class Answers:
    labels: Classes
    probabilities: Probabilities


@dataclass(frozen=True)
class Effort:
    threads: int
    tick: FitTick


def fit(candidate: TrainerConfigCandidate, train: Dataset, effort: Effort) -> Model:
    """Learns everything, preparation included, from the train rows only."""
    algorithm = candidate["algorithm"]
    parameters = {"random_state": DEFAULT_SEED, **candidate["parameters"]}
    preparation = learn_preparation(train, scale=algorithm == "logisticRegression")
    features = apply_preparation(preparation, train)
    learn = _logistic_regression if algorithm == "logisticRegression" else _random_forest
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        classifier = learn(parameters, (features, train), effort)
    notes = sorted({_note(warning.message) for warning in caught if not _expected(warning.message)})
    every = classifier.get_params()
    in_force = {name: every[name] for name in ALGORITHMS[algorithm]}
    return Model(algorithm, in_force, preparation, classifier, notes)


def answer(model: Model, rows: Dataset) -> Answers:
    """Probabilities, and as label the first class whose probability is the largest when compared in steps of 1/65536."""
    probabilities = model.classifier.predict_proba(apply_preparation(model.preparation, rows))
    return Answers(np.argmax(np.round(probabilities * LABEL_STEP), axis=1).astype(np.int64), probabilities)


def _logistic_regression(parameters: dict[str, Any], rows: tuple[Features, Dataset], _: Effort) -> Any:
    from sklearn.linear_model import LogisticRegression

    features, train = rows
    if parameters.get("solver") == "liblinear" and len(train.labels) > 2:
        raise Failure(
            "ConfigInvalid",
            f"candidate.parameters.solver: liblinear learns two classes, and the target has {len(train.labels)}; "
            "use lbfgs, newton-cg, newton-cholesky, sag or saga",
        )
    return LogisticRegression(**parameters).fit(features, train.target)


def _random_forest(parameters: dict[str, Any], rows: tuple[Features, Dataset], effort: Effort) -> Any:
    """Grows the forest in steps, so that progress can be told; the trees are the same as when grown at once."""
    from sklearn.ensemble import RandomForestClassifier

    features, train = rows
    wanted = int(parameters.get("n_estimators", 100))
    forest = RandomForestClassifier(**{**parameters, "n_estimators": 1, "n_jobs": effort.threads, "warm_start": True})
    started, grown = time.monotonic(), 0
    while grown < wanted:
        elapsed = time.monotonic() - started
        # About two seconds a step, once a tree's time is known.
        step = 1 if grown == 0 else max(1, int(2 * grown / max(elapsed, 1e-3)))
        grown = min(wanted, grown + max(step, effort.threads))
        forest.set_params(n_estimators=grown).fit(features, train.target)
        elapsed = time.monotonic() - started
        effort.tick(grown / wanted, elapsed / grown * (wanted - grown) if elapsed > 1 else None)
    # Several threads add up the trees' answers in any order, and a sum of floats depends on the order.
    return forest.set_params(n_jobs=1)


def _expected(message: Warning | str) -> bool:
    """class_weight=balanced with warm_start warns about changing data, and the data does not change."""
    return "warm_start" in str(message)


def _note(message: Warning | str) -> str:
    if "converge" in type(message).__name__.lower():
        return "the solver stopped at max_iter before it converged; raise max_iter, or tol"
    text = " ".join(str(message).split())[:300]
    log("warn", text)
    return text


def trees_of(model: Model) -> str:
    """How large a forest became, for messages."""
    nodes = sum(int(tree.tree_.node_count) for tree in model.classifier.estimators_)
    return f"{counted(len(model.classifier.estimators_), 'tree')}, {counted(nodes, 'node')}"
