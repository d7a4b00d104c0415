"""Which rows a server replays."""

import numpy as np

from trainer.fit import Answers
from trainer.golden import ROWS, golden

from .building import dataset


def answers(rows: int, classes: int) -> Answers:
    return Answers(np.zeros(rows, np.int64), np.full((rows, classes), 1 / classes))


def test_each_class_and_missing_values_are_among_at_most_32_rows() -> None:
    numbers = [[float(row)] for row in range(200)]
    numbers[150] = [np.nan]
    test = dataset(numbers, [["" if row == 170 else "x"] for row in range(200)], [0] * 180 + [1] * 15 + [2] * 5)
    rows = golden(["t0", "n0"], test, answers(200, 3))["rows"]
    assert len(rows) == ROWS == 32
    assert {row[1] for row in rows} >= {0.0, 180.0, 195.0, None}
    assert [None, 170.0] in rows


def test_few_rows_are_all_taken_once() -> None:
    test = dataset([[1], [2], [3]], [], [0, 1, 0])
    chosen = golden(["n0"], test, answers(3, 2))
    assert sorted(row[0] for row in chosen["rows"]) == [1, 2, 3]
    assert (len(chosen["labels"]), len(chosen["probabilities"])) == (3, 3)


def test_numbers_are_exactly_their_float32() -> None:
    test = dataset([[0.1], [0.2]], [], [0, 1])
    assert golden(["n0"], test, answers(2, 2))["rows"][0] == [0.10000000149011612]


def test_more_classes_than_rows_fit() -> None:
    rows = dataset([[row] for row in range(100)], [], [row % 3 for row in range(100)])
    many = type(rows)(rows.numbers, ["n0"], rows.texts, [], np.arange(100), [str(index) for index in range(100)])
    assert len(golden(["n0"], many, answers(100, 100))["rows"]) == 32
