"""How the text of a cell reads."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.cells import is_missing, is_number, plain


@pytest.mark.parametrize("cell", ["0", "-1", "+1.5", ".5", "5.", "1e3", "-2.5E-10", "007", "3.4028234e38"])
def test_decimal_numbers_are_numbers(cell: str) -> None:
    assert is_number(cell)


@pytest.mark.parametrize(
    "cell",
    ["", "1_000", "1,5", "0x10", "inf", "-Infinity", "nan", "1e39", "-1e39", "1e99999", "½", "٣", "1 2", "--1", "e5", ".", "9" * 401],
)
def test_anything_else_is_text(cell: str) -> None:
    assert not is_number(cell)


@pytest.mark.parametrize("cell", ["", "NA", "N/A", "NaN", "nan", "null", "NULL"])
def test_the_usual_words_for_nothing_are_missing(cell: str) -> None:
    assert is_missing(cell)


@pytest.mark.parametrize("cell", ["None", "unknown", "0", "-", "n/a", "Null"])
def test_other_words_are_values(cell: str) -> None:
    assert not is_missing(cell)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_every_float32_written_by_python_is_a_number_and_comes_back(value: float) -> None:
    assert is_number(repr(value))
    assert float(plain(value)) == value


@given(st.text())
def test_no_text_breaks_the_reading(cell: str) -> None:
    if is_number(cell):
        assert math.isfinite(float(cell))


def test_whole_numbers_are_written_without_a_point() -> None:
    assert [plain(2.0), plain(-0.0), plain(2.5), plain(1e20)] == ["2", "0", "2.5", "1e+20"]
