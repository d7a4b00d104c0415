"""Gives each row a hash of its content, the same for the same values whatever the order of the columns or the spelling of a number."""

import hashlib
import json
from collections.abc import Iterator
from math import isnan

import numpy as np

from .dataset import Dataset

CHUNK = 10_000
#: Bytes of a hash that tell rows apart well enough to find one among many.
SHORT = 8


def row_hashes(dataset: Dataset, target: str) -> list[bytes]:
    """The sha256 of each row: its used columns by name, then its label. Numbers count as float32, as the model sees them."""
    order = sorted([*dataset.number_names, *dataset.text_names])
    names = json.dumps([*order, target]).encode()
    hashes: list[bytes] = []
    for start in range(0, dataset.rows, CHUNK):
        part = dataset.take(np.arange(start, min(start + CHUNK, dataset.rows)))
        hashes.extend(hashlib.sha256(names + b"\n" + row.encode()).digest() for row in _texts(part, order))
    return hashes


def _texts(part: Dataset, order: list[str]) -> Iterator[str]:
    columns = [_column(part, name) for name in order]
    labels = [json.dumps(label) for label in part.labels]
    target = [labels[index] for index in part.target.tolist()]
    return (",".join(cells) for cells in zip(*columns, target, strict=True))


def _column(part: Dataset, name: str) -> list[str]:
    if name in part.number_names:
        # Adding zero turns -0.0 into 0.0; NaN, a missing number, is written as nothing, like a missing text.
        values = part.numbers[:, part.number_names.index(name)] + np.float32(0)
        return ["" if isnan(value) else repr(value) for value in values.tolist()]
    cells = part.texts[:, part.text_names.index(name)].tolist()
    return [json.dumps(cell) if cell else "" for cell in cells]


def data_digest(hashes: list[bytes]) -> str:
    """One digest for all rows, in their order."""
    return f"sha256:{hashlib.sha256(b''.join(hashes)).hexdigest()}"


def shortened(hashes: list[bytes]) -> bytes:
    """The first eight bytes of each hash, sorted as bytes and so as big-endian numbers, one after the other without a header.

    A gate looks up in it whether a model was trained on a test row. Twins stay twins, so that the file has eight bytes for each
    training row and one that was cut short can be told. That a row is found by chance is as rare as test rows times training
    rows in 2^64. A hash covers the names of the columns in use and their values as the model saw them: bundles with other
    columns, with a column of another kind or with another target have no hash in common, whatever their rows were.
    """
    return b"".join(sorted(row_hash[:SHORT] for row_hash in hashes))
