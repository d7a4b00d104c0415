"""Draws variations of the candidates by chance: what was asked for stands as the middle of a wide range, and the seed decides."""

from typing import Any

import numpy as np

from .contract import TrainerConfigCandidate, TrainerConfigTuning

Parameters = dict[str, Any]

#: Trees up to here; more, when a candidate asks for more.
MOST_TREES = 400


def draw(given: list[TrainerConfigCandidate], tuning: TrainerConfigTuning) -> list[TrainerConfigCandidate]:
    """As many as asked for, from each candidate in turn. Everything that is not drawn stays as it was given."""
    random = np.random.default_rng(tuning["seed"])
    drawn: list[TrainerConfigCandidate] = []
    for trial in range(tuning["trials"]):
        candidate = given[trial % len(given)]
        vary = _logistic_regression if candidate["algorithm"] == "logisticRegression" else _random_forest
        parameters = {**candidate["parameters"], **vary(candidate["parameters"], random), "random_state": tuning["seed"]}
        drawn.append({"algorithm": candidate["algorithm"], "parameters": parameters})
    return drawn


def _logistic_regression(given: Parameters, random: np.random.Generator) -> Parameters:
    return {"C": float(f"{10 ** random.uniform(-3, 3):.3g}"), **_class_weight(given, random)}


def _random_forest(given: Parameters, random: np.random.Generator) -> Parameters:
    most = max(MOST_TREES, int(given.get("n_estimators", 0)))
    return {
        "n_estimators": int(random.integers(50, most, endpoint=True)),
        "max_depth": [None, *range(3, 25)][int(random.integers(0, 23))],
        "min_samples_leaf": round(10 ** random.uniform(0, 1.3)),
        "max_features": ["sqrt", "log2", None][int(random.integers(0, 3))],
        **_class_weight(given, random),
    }


def _class_weight(given: Parameters, random: np.random.Generator) -> Parameters:
    """Whoever set it said which mistakes matter, and chance must not change that."""
    drawn = [None, "balanced"][int(random.integers(0, 2))]
    return {} if "class_weight" in given else {"class_weight": drawn}
