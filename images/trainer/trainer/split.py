"""Decides which rows are tested on and never trained on.

hash: a row is a test row when the hash of its content, with the salt, falls below the share. Each row is judged alone, so a
test row stays a test row in every later version however many rows are added or removed, and identical rows share a side. The
price is that counts are near the share, not exact. Stratifying asks for the same threshold in each class, which is the same
rule; so it only verifies that every class has rows on both sides.

random: exact counts by seed, with the share of each class kept; a different file gives a different split.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from .contract import TrainerConfigDataSplit
from .dataset import Dataset
from .failure import Failure
from .wording import counted, share, shown

Rows = NDArray[np.int64]

#: With fewer different rows than this, one of them with all its twins can tilt a split by content.
FEW_DIFFERENT = 500


def split_rows(dataset: Dataset, hashes: list[bytes], split: TrainerConfigDataSplit) -> tuple[Rows, Rows]:
    """The positions of the train rows and of the test rows, each in the order of the file."""
    test = _by_hash(hashes, split) if split["method"] == "hash" else _by_seed(dataset, split)
    if test.all() or not test.any():
        side = "train" if test.all() else "test"
        raise Failure(
            "DataInvalid",
            f"data.split: none of {counted(dataset.rows, 'row')} is a {side} row (share {share(split['test'])}); "
            "add rows, change split.test or split.salt, or use method: random",
        )
    _check_sides(dataset, test, split)
    return np.flatnonzero(~test), np.flatnonzero(test)


def hash_position(row_hash: bytes, salt: str) -> float:
    """Where a row stands between 0 and 1; below the share of test rows it is one."""
    digest = hashlib.sha256(salt.encode() + b"\0" + row_hash).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def split_note(hashes: list[bytes], split: TrainerConfigDataSplit) -> str:
    """What to know when rows repeat so much that a split by content cannot be even, or nothing."""
    different = len(set(hashes))
    if split["method"] != "hash" or different >= FEW_DIFFERENT or different * 2 > len(hashes):
        return ""
    return (
        f"only {different:,} of {counted(len(hashes), 'row')} differ, and a split by content keeps twins on one side: "
        "the test rows are few different ones; use split.method random, or add columns that tell rows apart"
    )


def _by_hash(hashes: list[bytes], split: TrainerConfigDataSplit) -> NDArray[np.bool_]:
    return np.array([hash_position(row_hash, split["salt"]) < split["test"] for row_hash in hashes], dtype=bool)


def _by_seed(dataset: Dataset, split: TrainerConfigDataSplit) -> NDArray[np.bool_]:
    from sklearn.model_selection import train_test_split

    if split["stratify"]:
        _check_room(dataset, split)
    _, test = train_test_split(
        np.arange(dataset.rows),
        test_size=split["test"],
        random_state=split["seed"],
        stratify=dataset.target if split["stratify"] else None,
    )
    chosen = np.zeros(dataset.rows, dtype=bool)
    chosen[test] = True
    return chosen


def _check_room(dataset: Dataset, split: TrainerConfigDataSplit) -> None:
    """A stratified random split needs two rows of each class, and as many rows on each side as there are classes."""
    counts = np.bincount(dataset.target, minlength=len(dataset.labels))
    smallest = int(np.argmin(counts))
    if counts[smallest] < 2:
        raise Failure(
            "DataInvalid",
            f"class {shown(dataset.labels[smallest])} of the target has {counted(int(counts[smallest]), 'row')}, and a stratified split "
            "needs at least 2; add rows of this class, or leave its rows out",
        )
    side = min(int(np.ceil(dataset.rows * split["test"])), int(dataset.rows * (1 - split["test"])))
    if side < len(dataset.labels):
        raise Failure(
            "DataInvalid",
            f"data.split: the smaller side has {counted(side, 'row')} for {len(dataset.labels)} classes (share {share(split['test'])}); "
            "add rows, or move split.test towards 0.5",
        )


def _check_sides(dataset: Dataset, test: NDArray[np.bool_], split: TrainerConfigDataSplit) -> None:
    """Every class must be learned; when stratified, every class must be tested, too."""
    classes = len(dataset.labels)
    tested = np.bincount(dataset.target[test], minlength=classes)
    trained = np.bincount(dataset.target[~test], minlength=classes)
    for index, label in enumerate(dataset.labels):
        short = "train" if trained[index] == 0 else "test" if split["stratify"] and tested[index] == 0 else None
        if short is not None:
            total = int(tested[index] + trained[index])
            raise Failure(
                "DataInvalid",
                f"class {shown(label)} of the target has {counted(total, 'row')}, none of them a {short} row "
                f"(method {split['method']}, share {share(split['test'])}); add rows of this class, or change "
                f"{'split.salt' if split['method'] == 'hash' else 'split.seed'}, split.test or split.method",
            )
