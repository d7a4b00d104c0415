"""The generated data set: the same rows everywhere, and a best score that is the true one."""

import hashlib

import numpy as np
import pytest
from sklearn import metrics as reference

from trainer.migraine import BASE, FACTORS, FEATURES, MIGRAINE, best, chance, days


def test_the_rows_are_always_the_same() -> None:
    text = "\n".join(",".join(cells) for cells in MIGRAINE.cells())
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "b0fefa6ec19aaf4d"


def test_the_formula_in_the_docstring_is_the_one_in_force() -> None:
    quiet = {"age": "43", "sex": "male", "family_history": "no", "coffee_cups": "2", "screen_hours": "0", "skipped_meal": "no"}
    plain = {**quiet, "sleep_hours": "7.5", "stress": "0", "pressure_drop": "0"}
    assert points(plain) == 0
    assert points({**plain, "age": "63", "sex": "female", "family_history": "yes"}) == -60 + 130 + 240
    assert points({**plain, "sleep_hours": "6", "stress": "6"}) == 285 + 780 + 240
    assert points({**plain, "sleep_hours": "6.5", "stress": "6"}) == 190 + 780
    assert points({**plain, "sleep_hours": "9.5", "coffee_cups": "5"}) == 100 + 300
    assert points({**plain, "screen_hours": "4", "skipped_meal": "yes", "pressure_drop": "8"}) == 100 + 240 + 200
    assert chance(-BASE) == 0.5
    assert chance(-BASE + 100) == pytest.approx(1 / (1 + np.exp(-1)))


def points(day: dict[str, str]) -> int:
    cells = [day[name] for name in FEATURES]
    total = 0
    for factor in FACTORS:
        width = len(factor[0].cells)
        total += next(level.points for level in factor if level.cells == cells[:width])
        cells = cells[width:]
    return total


def test_the_best_scores_are_those_of_the_formula_on_many_days() -> None:
    risks = np.array([risk for _, risk in days(60_000, 7)])
    came = np.random.default_rng(8).random(len(risks)) < risks
    exact = best()
    # Four standard errors of a share near 0.9, of 60,000.
    assert exact.accuracy == pytest.approx(reference.accuracy_score(came, risks > 0.5), abs=0.005)
    assert exact.accuracy == pytest.approx(np.maximum(risks, 1 - risks).mean(), abs=0.003)
    assert exact.roc_auc == pytest.approx(reference.roc_auc_score(came, risks), abs=0.004)
    assert exact.log_loss == pytest.approx(reference.log_loss(came, risks), abs=0.008)
    f1 = [reference.f1_score(came, risks > least, average="macro") for least in (0.4, 0.45, 0.5)]
    assert exact.f1 == pytest.approx(max(f1), abs=0.006)


def test_the_data_report_tells_the_best_scores() -> None:
    assert MIGRAINE.note().endswith(f"no model does better on very many of them than {best()}")
    assert 0.88 < best().accuracy < 0.91
