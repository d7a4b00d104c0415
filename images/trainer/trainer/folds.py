"""Decides which fold each training row is in, by the content of the rows alone, so that the same rows have the same folds in every run.

The rows of each class are dealt in the order of their hashes, the next one into the next fold, and the next class goes on where the
last one stopped: each fold has its share of each class, to within one. With split.method hash identical rows share a fold, as they
share a side of the split; with random each row is dealt for itself, as it is split for itself.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .contract import TrainerConfig
from .dataset import Classes, Dataset
from .wording import listed

#: Rows times classes; with more, the test rows are many as well.
MOST_ANSWERS: Final = 10_000_000

#: The fold of a row that is always learned from.
NONE: Final = -1


@dataclass(frozen=True)
class Deal:
    folds: int
    #: Whether identical rows share a fold.
    together: bool


@dataclass(frozen=True)
class Folds:
    """The training rows and their folds, the same for every candidate."""

    train: Dataset
    hashes: list[bytes]
    fold_of: Classes
    #: Whether gates get the answers to them.
    is_kept: bool

    @property
    def count(self) -> int:
        """Of folds that have rows: few rows are dealt into fewer folds than were asked for."""
        return int(np.max(self.fold_of)) + 1

    def dealt(self) -> Classes:
        """The positions of the rows that are in a fold."""
        return np.flatnonzero(self.fold_of != NONE)

    def without(self, fold: int) -> Dataset:
        return self.train.take(np.flatnonzero(self.fold_of != fold))


def folds_of(config: TrainerConfig, train: Dataset, hashes: list[bytes]) -> tuple[Folds | None, str]:
    """None when nobody needs them, and what to know when answers to all rows were asked for in vain."""
    if "crossValidation" not in config:
        return None, ""
    deal = Deal(config["crossValidation"]["folds"], together=config["data"]["split"]["method"] == "hash")
    fold_of = deal_folds(train, hashes, deal)
    note = _why_unkept(train, fold_of)
    return Folds(train, hashes, fold_of, is_kept=not note) if "ranking" in config or not note else None, note


def deal_folds(train: Dataset, hashes: list[bytes], deal: Deal) -> Classes:
    """The fold of each row, from 0; none for the rows of a class that the others would not show if one fold were left out."""
    fold_of = np.full(train.rows, NONE, np.int64)
    dealt = 0
    for label in range(len(train.labels)):
        rows = sorted(np.flatnonzero(train.target == label).tolist(), key=lambda row: hashes[row])
        turns = _turns([hashes[row] for row in rows], together=deal.together)
        if len(turns) == 0 or turns[-1] == 0:
            continue
        fold_of[rows] = (dealt + turns) % deal.folds
        dealt += int(turns[-1]) + 1
    return fold_of


def _turns(ordered: list[bytes], *, together: bool) -> Classes:
    """At which turn of its class each row is dealt."""
    if not together:
        return np.arange(len(ordered))
    differs = [place > 0 and row_hash != ordered[place - 1] for place, row_hash in enumerate(ordered)]
    return np.cumsum(differs, dtype=np.int64)


def _why_unkept(train: Dataset, fold_of: Classes) -> str:
    """A gate compares all training rows or none: those left out might be what one of two versions is worse at."""
    answers = train.rows * len(train.labels)
    if answers > MOST_ANSWERS:
        return (
            f"no out-of-fold answers are kept: {train.rows:,} training rows of {len(train.labels):,} classes have {answers:,} answers, "
            f"and {MOST_ANSWERS:,} are kept at most; so many rows have enough test rows"
        )
    lone = [train.labels[index] for index in np.unique(train.target[fold_of == NONE]).tolist()]
    if lone:
        which = f"class {listed(lone)} has" if len(lone) == 1 else f"classes {listed(lone)} have"
        return f"no out-of-fold answers are kept: {which} no two training rows that differ, one to learn and one to answer; add rows"
    return ""
