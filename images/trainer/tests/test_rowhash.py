"""The hash of a row's content."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trainer.dataset import Dataset
from trainer.rowhash import data_digest, row_hashes, shortened

from .building import dataset


def test_equal_rows_have_equal_hashes_and_different_rows_different_ones() -> None:
    hashes = row_hashes(dataset([[1, 2], [1, 2], [1, 3]], [["x"], ["x"], ["x"]], [0, 0, 0]), "kind")
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_label_is_part_of_the_content() -> None:
    hashes = row_hashes(dataset([[1], [1]], [], [0, 1]), "kind")
    assert hashes[0] != hashes[1]


def test_the_order_of_columns_does_not_matter() -> None:
    rows = dataset([[1, 2], [3, 4]], [["x"], ["y"]], [0, 1])
    turned = Dataset(rows.numbers[:, ::-1], rows.number_names[::-1], rows.texts, rows.text_names, rows.target, rows.labels)
    assert row_hashes(rows, "kind") == row_hashes(turned, "kind")


def test_a_number_counts_as_float32_and_zero_has_no_sign() -> None:
    rows = dataset([[0.1, 0.0], [float(np.float32(0.1)), -0.0]], [], [0, 0])
    hashes = row_hashes(rows, "kind")
    assert hashes[0] == hashes[1]


def test_missing_is_not_zero_and_cells_cannot_run_together() -> None:
    rows = dataset([[np.nan], [0]], [["a,b", "c"], ["a", "b,c"]], [0, 0])
    hashes = row_hashes(rows, "kind")
    assert hashes[0] != hashes[1]


def test_the_digest_of_the_rows_does_not_depend_on_how_many_are_hashed_at_once() -> None:
    rows = dataset([[row % 50] for row in range(25_000)], [], [0] * 25_000)
    whole = row_hashes(rows, "kind")
    assert whole[:50] == whole[50:100] == whole[20_000:20_050]
    assert data_digest(whole).startswith("sha256:")


CELLS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=5)


@given(st.lists(st.tuples(CELLS, CELLS), min_size=2, max_size=2, unique=True))
def test_different_texts_never_share_a_hash(pair: list[tuple[str, str]]) -> None:
    rows = dataset([[1], [1]], [list(cells) for cells in pair], [0, 0])
    first, second = row_hashes(rows, "kind")
    assert first != second


@given(st.lists(st.integers(0, 30), max_size=60))
def test_shortened_hashes_are_sorted_numbers_with_one_for_each_row(cells: list[int]) -> None:
    hashes = row_hashes(dataset([[cell] for cell in cells] or [[0]], [], [0] * max(1, len(cells))), "kind")
    numbers = np.frombuffer(shortened(hashes), dtype=">u8").tolist()
    assert numbers == sorted(int.from_bytes(row_hash[:8], "big") for row_hash in hashes)
