"""Which rows are test rows, and that they stay test rows."""

from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.contract import TrainerConfigDataSplit
from trainer.failure import Failure
from trainer.rowhash import row_hashes
from trainer.split import hash_position, split_note, split_rows

from .building import dataset

ROWS = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1)), min_size=1, max_size=60)


def settings(**changes: Any) -> TrainerConfigDataSplit:
    return cast(TrainerConfigDataSplit, {"method": "hash", "test": 0.3, "stratify": False, "salt": "s", "seed": 42, **changes})


def many(count: int = 3000) -> Any:
    return dataset([[row] for row in range(count)], [], [row % 3 for row in range(count)])


def sides(rows: Any, split: TrainerConfigDataSplit) -> tuple[Any, Any]:
    return split_rows(rows, row_hashes(rows, "kind"), split)


@given(ROWS, ROWS, st.text(max_size=5))
def test_adding_rows_never_moves_a_row_to_the_other_side(old: list[tuple[int, int]], new: list[tuple[int, int]], salt: str) -> None:
    def judged(table: list[tuple[int, int]]) -> dict[tuple[int, int], set[bool]]:
        rows = dataset([[value] for value, _ in table], [], [label for _, label in table])
        rows = type(rows)(rows.numbers, rows.number_names, rows.texts, rows.text_names, rows.target, ["a", "b"])
        result: dict[tuple[int, int], set[bool]] = {}
        for row, row_hash in zip(table, row_hashes(rows, "kind"), strict=True):
            result.setdefault(row, set()).add(hash_position(row_hash, salt) < 0.3)
        return result

    before, after = judged(old), judged([*new, *old])
    assert all(after[row] == side for row, side in before.items())
    assert all(len(side) == 1 for side in after.values())


def test_the_share_of_test_rows_is_nearly_met_in_each_class() -> None:
    rows = many()
    train, test = sides(rows, settings(stratify=True))
    assert len(train) + len(test) == 3000
    assert 0.27 < len(test) / 3000 < 0.33
    assert all(0.25 < share < 0.35 for share in np.bincount(rows.target[test]) / 1000)


def test_another_salt_gives_another_split() -> None:
    rows = many()
    assert not np.array_equal(sides(rows, settings())[1], sides(rows, settings(salt="t"))[1])


def test_positions_are_spread_evenly() -> None:
    positions = [hash_position(row_hash, "s") for row_hash in row_hashes(many(), "kind")]
    counts, _ = np.histogram(positions, bins=10, range=(0, 1))
    assert all(240 < count < 360 for count in counts)


def test_a_seed_gives_exact_counts_with_each_class_kept() -> None:
    rows = many(150)
    train, test = sides(rows, settings(method="random", test=0.2, stratify=True))
    assert (len(train), len(test)) == (120, 30)
    assert np.bincount(rows.target[test]).tolist() == [10, 10, 10]
    assert not set(train) & set(test)
    again = sides(rows, settings(method="random", test=0.2, stratify=True))[1]
    assert np.array_equal(test, again)
    assert not np.array_equal(test, sides(rows, settings(method="random", test=0.2, stratify=True, seed=43))[1])


def test_a_split_that_leaves_a_side_empty_is_refused() -> None:
    same = dataset([[1]] * 20, [], [0] * 20)
    with pytest.raises(Failure, match=r"data\.split: none of 20 rows is a (train|test) row \(share 0\.3\); add rows, change"):
        sides(same, settings())


def test_a_class_must_be_learned_even_when_not_stratified() -> None:
    rows = dataset([[row] for row in range(200)], [], [0] * 199 + [1])
    positions = [hash_position(row_hash, f"{salt}") < 0.3 for salt in range(40) for row_hash in row_hashes(rows, "kind")[-1:]]
    salt = f"{positions.index(True)}"
    with pytest.raises(Failure, match="class 'b' of the target has 1 row, none of them a train row"):
        sides(rows, settings(salt=salt))


def test_a_class_need_not_be_tested_when_not_stratified() -> None:
    rows = dataset([[row] for row in range(200)], [], [0] * 199 + [1])
    positions = [hash_position(row_hash, f"{salt}") < 0.3 for salt in range(40) for row_hash in row_hashes(rows, "kind")[-1:]]
    assert len(sides(rows, settings(salt=f"{positions.index(False)}"))[1]) > 0


def test_a_side_with_fewer_rows_than_classes_is_refused() -> None:
    rows = dataset([[row] for row in range(12)], [], [0, 1, 2] * 4)
    with pytest.raises(
        Failure, match=r"the smaller side has 1 row for 3 classes \(share 0\.05\); add rows, or move split\.test towards 0\.5"
    ):
        sides(rows, settings(method="random", test=0.05, stratify=True))


def test_a_split_by_content_of_rows_that_hardly_differ_is_pointed_out() -> None:
    few = row_hashes(dataset([[row % 6] for row in range(300)], [], [row % 2 for row in range(300)]), "kind")
    note = split_note(few, settings())
    assert note.startswith("only 6 of 300 rows differ, and a split by content keeps twins on one side")
    assert split_note(few, settings(method="random")) == ""


def test_rows_that_differ_are_not_pointed_out() -> None:
    half = row_hashes(dataset([[row % 20] for row in range(30)], [], [0] * 30), "kind")
    assert split_note(half, settings()) == split_note(row_hashes(many(), "kind") * 5, settings()) == ""
