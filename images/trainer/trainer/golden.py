"""Chooses the rows that a server replays before it is ready: every class, missing values, then the first test rows."""

from typing import Any

import numpy as np

from .contract import ManifestGolden
from .dataset import Dataset
from .fit import Answers
from .parity import TOLERANCE

ROWS = 32


def golden(features: list[str], test: Dataset, answers: Answers) -> ManifestGolden:
    """Rows in the order of the signature with the answers recorded from Python."""
    chosen = _choose(test)
    return {
        "rows": [row_values(features, test, row) for row in chosen],
        "labels": [int(answers.labels[row]) for row in chosen],
        "probabilities": [[float(value) for value in answers.probabilities[row]] for row in chosen],
        "tolerance": TOLERANCE,
    }


def row_values(features: list[str], rows: Dataset, row: int) -> list[Any]:
    """One row as JSON: a number is exactly its float32, a missing value is null."""
    values: list[Any] = []
    for name in features:
        if name in rows.number_names:
            number = float(rows.numbers[row, rows.number_names.index(name)])
            values.append(None if np.isnan(number) else number)
        else:
            values.append(rows.texts[row, rows.text_names.index(name)] or None)
    return values


def _choose(test: Dataset) -> list[int]:
    first_of_class = [int(np.flatnonzero(test.target == index)[0]) for index in np.unique(test.target)]
    missing = np.isnan(test.numbers).any(axis=1) | (test.texts == "").any(axis=1)
    wanted = [*first_of_class[: ROWS - 4], *np.flatnonzero(missing)[:4].tolist(), *range(test.rows)]
    return sorted(dict.fromkeys(wanted[: ROWS * 2]).keys(), key=wanted.index)[:ROWS]
