"""Decides how the text of a cell reads: missing, a number, or text."""

import math
import re
from typing import Final

#: Spelled this way, a cell has no value. Other words, such as None or unknown, are values.
MISSING: Final = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "NULL"})

#: The largest number that float32 holds; the model computes in float32.
FLOAT32_MAX: Final = 3.4028234663852886e38

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


def is_missing(cell: str) -> bool:
    return cell in MISSING


def is_number(cell: str) -> bool:
    """Whether the cell is a decimal number that float32 can hold; no thousands separators, no infinity."""
    return _NUMBER.fullmatch(cell) is not None and len(cell) <= 400 and abs(float(cell)) <= FLOAT32_MAX


def plain(value: float) -> str:
    """A number as text, without a trailing '.0': class labels and examples are written this way."""
    return str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else repr(value)
