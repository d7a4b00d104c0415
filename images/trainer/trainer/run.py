"""The story of a run, from the configuration to the bundle on the volume."""

import time
from dataclasses import asdict, dataclass
from typing import Any, cast

from .bundle import Place, Written, write_bundle
from .contract import DataReport, TrainerConfig
from .log import log, now
from .parity import TOLERANCE, Parity
from .progress import ProgressState, Stage
from .summary import Result
from .trained import Trained


@dataclass(frozen=True)
class Surroundings:
    """What a run needs besides its configuration."""

    place: Place
    progress: ProgressState
    threads: int


@dataclass
class Clock:
    """Seconds per stage, for the log and for run.json."""

    progress: ProgressState
    seconds: dict[str, float]
    _began: float = 0.0
    _stage: str = ""

    def enter(self, stage: Stage, message: str = "") -> None:
        self.end()
        self._stage, self._began = stage, time.monotonic()
        self.progress.enter(stage, message)
        log("info", stage if not message else f"{stage}: {message}")

    def end(self) -> None:
        if self._stage:
            self.seconds[self._stage] = round(self.seconds.get(self._stage, 0.0) + time.monotonic() - self._began, 3)


@dataclass(frozen=True)
class Finished:
    written: Written
    run: dict[str, Any]


def run(config: TrainerConfig, around: Surroundings) -> Finished:
    """Trains, measures, exports, compares, writes."""
    started, clock = now(), Clock(around.progress, {})
    trained = _train(config, around, clock)
    files, parity = _export(trained, around, clock)
    clock.end()
    record = {
        "namespace": config["namespace"],
        "trainingJob": config["trainingJob"],
        "run": config["run"],
        "jobUid": around.place.uid,
        "startedAt": started,
        "finishedAt": now(),
        "seconds": clock.seconds,
        "threads": around.threads,
        "parity": {"rows": parity.rows, "largestDifference": parity.largest_difference, "tolerance": TOLERANCE},
        "summary": asdict(Result(trained.report, trained.model.algorithm, trained.measured.metrics, trained.model.notes)),
    }
    written = write_bundle(around.place, files, record)
    log("info", "bundle written", path=around.place.path, digest=written.digest, bytes=written.size, seconds=clock.seconds)
    return Finished(written, record)


def _train(config: TrainerConfig, around: Surroundings, clock: Clock) -> Trained:
    from .fit import Effort, answer, fit
    from .load import load, noted
    from .metrics import measure
    from .overfitting import measure_training
    from .rowhash import data_digest, row_hashes
    from .split import split_note, split_rows

    data = config["data"]

    def tick(stage: str, fraction: float) -> None:
        if fraction == 0:
            clock.enter(cast(Stage, stage), data["described"])
        around.progress.advance(fraction)

    loaded = load(data, tick)
    clock.enter("Splitting")
    hashes = row_hashes(loaded.dataset, data["target"])
    train_rows, test_rows = split_rows(loaded.dataset, hashes, data["split"])
    train, test = loaded.dataset.take(train_rows), loaded.dataset.take(test_rows)
    counted: DataReport = {**loaded.report, "digest": data_digest(hashes), "trainRows": train.rows, "testRows": test.rows}
    report = noted(counted, split_note(hashes, data["split"]))
    log("info", "rows read", data=report)
    clock.enter("Training", f"{config['candidate']['algorithm']} on {train.rows:,} rows")
    model = fit(config["candidate"], train, Effort(around.threads, around.progress.advance))
    clock.enter("Evaluating", f"{test.rows:,} test rows")
    answers = answer(model, test)
    measured = measure(test, answers, data["split"]["seed"])
    around.progress.advance(0.6)
    training = measure_training(model, train, data["split"]["seed"])
    train_hashes, test_hashes = ([hashes[row] for row in rows] for rows in (train_rows, test_rows))
    known = set(train_hashes)
    shared = sum(1 for row_hash in test_hashes if row_hash in known)
    log("info", "measured", **{metric["name"]: metric["value"] for metric in measured.metrics})
    return Trained(config, loaded, train, test, train_hashes, test_hashes, shared, model, answers, measured, training, report)


def _export(trained: Trained, around: Surroundings, clock: Clock) -> tuple[dict[str, bytes], Parity]:
    from .evaluation import evaluation_files, to_json
    from .export import export
    from .manifest import manifest
    from .parity import check_parity, replay

    # Written first: the golden answers are those of the Python model, whatever the export makes of it.
    described = manifest(trained)
    clock.enter("Exporting")
    graph = export(trained.model, trained.test)
    around.progress.advance(0.3)
    parity = check_parity(trained.answers, replay(graph, trained.test, around.threads))
    around.progress.advance(0.7)
    files = {"model.onnx": graph, "manifest.json": to_json(described), **evaluation_files(trained, described)}
    log("info", "the exported model answers as the trained one", rows=parity.rows, largestDifference=parity.largest_difference)
    return files, parity
