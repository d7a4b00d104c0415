"""Reads, checks and splits the rows of a run: what a training begins with, and all that a validation does."""

from dataclasses import dataclass, replace
from typing import cast

from .clock import Clock
from .contract import DataReport, TrainerConfig, TrainerConfigData
from .dataset import Dataset
from .load import Loaded, load, noted
from .log import log
from .progress import ProgressState, Stage
from .rowhash import data_digest, row_hashes
from .split import split_note, split_rows


@dataclass(frozen=True)
class Rows:
    """Read and split once, the same for every candidate."""

    loaded: Loaded
    train: Dataset
    test: Dataset
    train_hashes: list[bytes]
    test_hashes: list[bytes]
    report: DataReport

    def noted(self, note: str) -> "Rows":
        return replace(self, report=noted(self.report, note))

    def shared(self) -> int:
        """Test rows whose twin is a train row."""
        known = set(self.train_hashes)
        return sum(1 for row_hash in self.test_hashes if row_hash in known)


def read_rows(data: TrainerConfigData, clock: Clock) -> Rows:
    """Rows that passed every check, on their two sides."""

    def tick(stage: str, fraction: float) -> None:
        if fraction == 0:
            clock.enter(cast(Stage, stage), data["described"])
        clock.progress.advance(fraction)

    loaded = load(data, tick)
    clock.enter("Splitting")
    hashes = row_hashes(loaded.dataset, data["target"])
    train_rows, test_rows = split_rows(loaded.dataset, hashes, data["split"])
    train, test = loaded.dataset.take(train_rows), loaded.dataset.take(test_rows)
    counts: DataReport = {**loaded.report, "digest": data_digest(hashes), "trainRows": train.rows, "testRows": test.rows}
    report = noted(counts, split_note(hashes, data["split"]))
    log("info", "rows read", data=report)
    train_hashes, test_hashes = ([hashes[row] for row in rows] for rows in (train_rows, test_rows))
    return Rows(loaded, train, test, train_hashes, test_hashes, report)


def validate(config: TrainerConfig, progress: ProgressState) -> DataReport:
    """What there is to say of good rows; the source alone is judged, because a fallback would hide what is wrong with it."""
    data = cast(TrainerConfigData, {field: value for field, value in config["data"].items() if field != "fallback"})
    clock = Clock(progress, {})
    rows = read_rows(data, clock)
    clock.end()
    log("info", "the rows are good, and nothing more was asked for", seconds=clock.seconds)
    return rows.report
