"""Which fold a training row is in, and when a gate gets no answers."""

from collections import Counter
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer import folds as folds_module
from trainer.contract import TrainerConfig
from trainer.dataset import Dataset
from trainer.folds import NONE, Deal, Folds, deal_folds, folds_of
from trainer.rowhash import row_hashes

from .building import config, dataset

Row = tuple[int, int]

#: Values and their classes; a class may have one row, and rows may be few.
ANY_ROWS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2)), max_size=60).map(lambda drawn: [(100, 0), (100, 1), *drawn])
#: Of each class two rows that differ, and others.
ROWS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 1)), max_size=60).map(
    lambda drawn: [(100, 0), (101, 0), (100, 1), (101, 1), *drawn]
)


def rows_of(table: list[Row]) -> Dataset:
    return dataset([[value] for value, _ in table], [], [label for _, label in table])


def dealt(table: list[Row], folds: int, *, together: bool) -> list[tuple[Row, int]]:
    rows = rows_of(table)
    found = deal_folds(rows, row_hashes(rows, "kind"), Deal(folds, together))
    return list(zip(table, found.tolist(), strict=True))


def found_for(table: list[Row], changes: dict[str, Any]) -> tuple[Folds | None, str]:
    rows = rows_of(table)
    asked = cast(TrainerConfig, {**config({"data.split.method": "hash"}), **changes})
    return folds_of(asked, rows, row_hashes(rows, "kind"))


@given(ROWS, st.integers(2, 4), st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_fold(table: list[Row], folds: int, together: bool, random: Any) -> None:
    shuffled = table[:]
    random.shuffle(shuffled)
    assert sorted(dealt(table, folds, together=together)) == sorted(dealt(shuffled, folds, together=together))


@given(ANY_ROWS, st.integers(2, 4))
def test_identical_rows_share_a_fold_when_they_are_kept_together(table: list[Row], folds: int) -> None:
    of: dict[Row, set[int]] = {}
    for row, fold in dealt(table, folds, together=True):
        of.setdefault(row, set()).add(fold)
    assert all(len(found) == 1 for found in of.values())


@given(ROWS, st.integers(2, 4))
def test_each_fold_has_its_share_of_each_class_to_within_one(table: list[Row], folds: int) -> None:
    found = dealt(table, folds, together=False)
    for label in (0, 1):
        counts = Counter(fold for (_, own), fold in found if own == label)
        assert max(counts.values()) - min(counts[fold] for fold in range(folds)) <= 1


@given(ANY_ROWS, st.integers(2, 20), st.booleans())
def test_whatever_fold_is_left_out_every_class_is_learned(table: list[Row], folds: int, together: bool) -> None:
    found = dealt(table, folds, together=together)
    for left_out in range(folds):
        assert {label for (_, label), fold in found if fold != left_out} == {label for _, label in table}


@given(ANY_ROWS, st.integers(2, 20), st.booleans())
def test_no_fold_is_empty_but_the_last_when_rows_are_few(table: list[Row], folds: int, together: bool) -> None:
    used = {fold for _, fold in dealt(table, folds, together=together)} - {NONE}
    assert used == set(range(len(used)))


def test_twins_are_dealt_like_other_rows_when_the_split_goes_by_seed() -> None:
    folds = np.array([fold for _, fold in dealt([(1, 0)] * 6 + [(2, 1)] * 6, 3, together=False)])
    assert np.bincount(folds).tolist() == [4, 4, 4]


def test_a_class_without_two_rows_that_differ_is_always_learned() -> None:
    table = [(1, 0), (2, 0), (3, 1), (4, 2), (4, 2)]
    assert [fold for _, fold in dealt(table, 5, together=True)][2:] == [NONE, NONE, NONE]
    assert [fold for _, fold in dealt(table, 5, together=False)][2] == NONE
    assert NONE not in [fold for _, fold in dealt(table, 5, together=False)][3:]


EVEN = [(value, value % 2) for value in range(20)]


def test_they_are_made_for_whoever_asks() -> None:
    assert found_for(EVEN, {}) == (None, "")
    folds, note = found_for(EVEN, {"crossValidation": {"folds": 4}})
    assert folds is not None
    assert (folds.count, folds.is_kept, note, len(folds.dealt())) == (4, True, "", 20)
    assert folds.without(1).rows == 15


def test_of_few_rows_there_are_fewer_folds() -> None:
    folds, _ = found_for([(1, 0), (2, 0), (3, 1), (4, 1), (4, 1)], {"crossValidation": {"folds": 10}})
    assert folds is not None
    assert folds.count == 4


@pytest.mark.parametrize("is_ranked", [False, True])
def test_too_many_answers_are_not_kept_and_the_report_says_so(monkeypatch: pytest.MonkeyPatch, is_ranked: bool) -> None:
    monkeypatch.setattr(folds_module, "MOST_ANSWERS", 39)
    ranking = {"ranking": {"by": "f1", "top": 1}} if is_ranked else {}
    folds, note = found_for(EVEN, {"crossValidation": {"folds": 4}, **ranking})
    assert folds.is_kept is False if folds else not is_ranked
    assert note == (
        "no out-of-fold answers are kept: 20 training rows of 2 classes have 40 answers, and 39 are kept at most; "
        "so many rows have enough test rows"
    )


@pytest.mark.parametrize("is_ranked", [False, True])
def test_no_answers_are_kept_when_a_class_would_go_without(is_ranked: bool) -> None:
    ranking = {"ranking": {"by": "f1", "top": 1}} if is_ranked else {}
    folds, note = found_for([*EVEN, (50, 2), (50, 2)], {"crossValidation": {"folds": 4}, **ranking})
    assert folds.is_kept is False if folds else not is_ranked
    assert note == "no out-of-fold answers are kept: class c has no two training rows that differ, one to learn and one to answer; add rows"
