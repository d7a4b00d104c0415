"""The data sets that the trainer carries: the same rows everywhere, under the names that the API promises."""

from typing import Any

import numpy as np
import pytest

from trainer.builtin import TABLES, open_builtin
from trainer.contract import BUILTIN_TARGETS, SCHEMAS
from trainer.load import Loaded, load
from trainer.titanic import COUNTS

from .building import config, conforms

#: Rows, columns, and the rows of each class in the order of the labels.
KNOWN: dict[str, tuple[int, int, dict[str, int]]] = {
    "iris": (150, 4, {"setosa": 50, "versicolor": 50, "virginica": 50}),
    "wine": (178, 13, {"class_0": 59, "class_1": 71, "class_2": 48}),
    "breast_cancer": (569, 30, {"benign": 357, "malignant": 212}),
    "titanic": (2201, 3, {"no": 1490, "yes": 711}),
    "migraine": (4000, 9, {"no": 2397, "yes": 1603}),
}


def loaded(name: str, target: str | None = None) -> Loaded:
    settings: Any = config({"data.builtin": name, "data.target": target or BUILTIN_TARGETS[name]})
    result = load(settings["data"], lambda _stage, _fraction: None)
    conforms("DataReport", result.report)
    return result


def test_every_set_that_the_api_names_is_there() -> None:
    names = SCHEMAS["TrainerConfig"]["properties"]["data"]["properties"]["builtin"]["enum"]
    assert list(TABLES) == list(KNOWN) == list(BUILTIN_TARGETS) == names
    assert {name: table.target for name, table in TABLES.items()} == BUILTIN_TARGETS


@pytest.mark.parametrize("name", KNOWN)
def test_a_set_has_its_rows_and_columns_under_either_name_of_the_target(name: str) -> None:
    rows, columns, classes = KNOWN[name]
    for target in (None, "target"):
        result = loaded(name, target)
        assert (result.dataset.rows, len(result.shape.columns.features)) == (rows, columns)
        counts = dict(zip(result.dataset.labels, np.bincount(result.dataset.target).tolist(), strict=True))
        assert counts == classes


@pytest.mark.parametrize("name", KNOWN)
def test_names_of_columns_are_plain_words_and_every_row_fills_them(name: str) -> None:
    source = open_builtin(name, name, BUILTIN_TARGETS[name])
    assert all(column.isidentifier() and column == column.lower() for column in source.header)
    assert {len(cells) for _, cells in source.rows()} == {len(source.header)}
    assert len(set(source.header)) == len(source.header)
    assert [line for line, _ in source.rows()][:2] == [2, 3]


def test_columns_of_scikit_learn_keep_their_order() -> None:
    from sklearn.datasets import load_breast_cancer, load_wine

    told = [str(name).replace(" ", "_") for name in load_breast_cancer().feature_names]
    assert TABLES["breast_cancer"].features == told
    wines = [str(name) for name in load_wine().feature_names]
    assert TABLES["wine"].features == [name if "/" not in name else "od280_od315" for name in wines]


def test_the_titanic_carried_2201_people_of_whom_711_survived() -> None:
    assert sum(died + survived for _, died, survived in COUNTS) == 2201
    assert sum(survived for _, _, survived in COUNTS) == 711
    aboard = {
        sort: sum(died + survived for person, died, survived in COUNTS if person[0] == sort) for sort in ("1st", "2nd", "3rd", "crew")
    }
    assert aboard == {"1st": 325, "2nd": 285, "3rd": 706, "crew": 885}


def test_the_titanic_says_how_good_a_model_can_be() -> None:
    message = loaded("titanic").report["message"]
    assert message.endswith("no model does better than accuracy 0.7905, f1 0.7263, roc_auc 0.7684, log_loss 0.4765")
