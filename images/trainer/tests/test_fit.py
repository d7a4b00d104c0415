"""Training: deterministic, with the parameters that were asked for."""

from typing import Any, cast

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from trainer.contract import TrainerConfigCandidate
from trainer.dataset import Dataset
from trainer.failure import Failure
from trainer.fit import LABEL_STEP, Effort, Model, answer, fit
from trainer.prepare import apply_preparation

from .building import dataset


def candidate(algorithm: str, **parameters: Any) -> TrainerConfigCandidate:
    return cast(TrainerConfigCandidate, {"algorithm": algorithm, "parameters": parameters})


def rows(count: int = 120, classes: int = 3) -> Dataset:
    random = np.random.default_rng(1)
    numbers = random.normal(size=(count, 3)).tolist()
    target = [int((abs(row[0] + row[1] / 2) * 1.7) % classes) for row in numbers]
    return dataset(numbers, [["x" if row[2] > 0 else "y"] for row in numbers], [*range(classes), *target[classes:]])


def trained(how: TrainerConfigCandidate, threads: int = 1, train: Dataset | None = None) -> Model:
    return fit(how, train or rows(), Effort(threads, lambda _done, _left: None))


def test_logistic_regression_is_that_of_scikit_learn() -> None:
    model = trained(candidate("logisticRegression", max_iter=200, C=0.5))
    reference = LogisticRegression(max_iter=200, C=0.5, random_state=42).fit(apply_preparation(model.preparation, rows()), rows().target)
    np.testing.assert_allclose(model.classifier.coef_, reference.coef_)
    assert model.classifier.classes_.tolist() == [0, 1, 2]


def test_a_forest_grown_in_steps_is_the_forest_grown_at_once() -> None:
    model = trained(candidate("randomForest", n_estimators=23, class_weight="balanced"))
    features = apply_preparation(model.preparation, rows())
    reference = RandomForestClassifier(n_estimators=23, class_weight="balanced", random_state=42).fit(features, rows().target)
    assert np.array_equal(model.classifier.predict_proba(features), reference.predict_proba(features))
    assert model.notes == []


@pytest.mark.parametrize("algorithm", ["logisticRegression", "randomForest"])
def test_the_number_of_threads_changes_nothing(algorithm: str) -> None:
    one, two = (answer(trained(candidate(algorithm), threads), rows()) for threads in (1, 2))
    assert np.array_equal(one.probabilities, two.probabilities)


def test_the_parameters_in_force_include_the_defaults() -> None:
    parameters = trained(candidate("randomForest", n_estimators=3)).parameters
    assert parameters["n_estimators"] == 3
    assert (parameters["criterion"], parameters["random_state"], parameters["max_depth"]) == ("gini", 42, None)


def test_a_solver_that_did_not_converge_is_noted() -> None:
    assert trained(candidate("logisticRegression", max_iter=1)).notes == [
        "the solver stopped at max_iter before it converged; raise max_iter, or tol"
    ]


def test_a_solver_for_two_classes_is_refused_for_three() -> None:
    with pytest.raises(Failure) as failure:
        trained(candidate("logisticRegression", solver="liblinear"))
    assert failure.value.message == (
        "candidate.parameters.solver: liblinear learns two classes, and the target has 3; use lbfgs, newton-cg, newton-cholesky, sag or saga"
    )


@pytest.mark.parametrize("solver", ["lbfgs", "liblinear", "newton-cg", "newton-cholesky", "sag", "saga"])
def test_every_solver_trains(solver: str) -> None:
    model = trained(candidate("logisticRegression", solver=solver, max_iter=2000), train=rows(classes=2))
    assert answer(model, rows(classes=2)).probabilities.shape == (120, 2)


def test_a_tie_goes_to_the_first_class() -> None:
    class Even:
        def predict_proba(self, features: Any) -> Any:
            return np.array([[0.5 - 1e-9, 0.5 + 1e-9]] * len(features))

    model = trained(candidate("logisticRegression"), train=rows(classes=2))
    even = Model(model.algorithm, {}, model.preparation, Even(), [])
    assert answer(even, rows(4, classes=2)).labels.tolist() == [0, 0, 0, 0]
    assert 1 / LABEL_STEP < 1e-4


def test_progress_reaches_the_end_and_tells_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(10_000))
    monkeypatch.setattr("trainer.fit.time.monotonic", lambda: float(next(clock)))
    heard: list[tuple[float, float | None]] = []
    fit(candidate("randomForest", n_estimators=8), rows(), Effort(1, lambda done, left: heard.append((done, left))))
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert heard[-1] == (1.0, 0.0)
    assert any(left is not None and left > 0 for _, left in heard)
