"""How raw columns become features."""

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from trainer.prepare import apply_preparation, learn_preparation

from .building import dataset

TRAIN = dataset([[1, 10], [np.nan, 30], [3, 20], [5, 40]], [["x"], ["y"], [""], ["x"]], [0, 1, 0, 1])


def test_it_does_what_scikit_learn_does() -> None:
    prepared = apply_preparation(learn_preparation(TRAIN, scale=True), TRAIN)
    numbers = StandardScaler().fit_transform(SimpleImputer(strategy="median").fit_transform(TRAIN.numbers.astype(np.float64)))
    texts = OneHotEncoder(sparse_output=False).fit_transform(TRAIN.texts)
    np.testing.assert_allclose(prepared, np.hstack([numbers, texts]), atol=1e-6)


def test_everything_is_learned_from_the_train_rows() -> None:
    preparation = learn_preparation(TRAIN, scale=False)
    other = dataset([[np.nan, 5], [9, np.nan]], [["z"], ["y"]], [0, 1])
    assert apply_preparation(preparation, other).tolist() == [[3, 5, 0, 0, 0], [9, 25, 0, 0, 1]]


def test_a_missing_category_is_a_value_of_its_own() -> None:
    preparation = learn_preparation(TRAIN, scale=False)
    assert preparation.categories == [["", "x", "y"]]
    assert preparation.width == 5


def test_a_constant_column_stays_finite() -> None:
    rows = dataset([[7], [7], [7]], [], [0, 1, 0])
    assert np.isfinite(apply_preparation(learn_preparation(rows, scale=True), rows)).all()


def test_a_column_without_a_value_in_the_train_rows_becomes_zero() -> None:
    rows = dataset([[np.nan, 1], [np.nan, 2]], [], [0, 1])
    assert apply_preparation(learn_preparation(rows, scale=False), rows)[:, 0].tolist() == [0, 0]
