"""The story of a run, from the configuration to the bundle on the volume."""

from dataclasses import asdict, dataclass
from typing import Any

from .bundle import Place, Written, write_bundle
from .clock import Clock
from .contract import TrainerConfig
from .log import log, now
from .parity import TOLERANCE, Parity
from .progress import ProgressState
from .summary import Result
from .trained import Trained


@dataclass(frozen=True)
class Surroundings:
    """What a run needs besides its configuration."""

    place: Place
    progress: ProgressState
    threads: int


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
    from .metrics import measure
    from .overfitting import measure_training
    from .rows import read_rows

    rows, seed = read_rows(config["data"], clock), config["data"]["split"]["seed"]
    clock.enter("Training", f"{config['candidate']['algorithm']} on {rows.train.rows:,} rows")
    model = fit(config["candidate"], rows.train, Effort(around.threads, around.progress.advance))
    clock.enter("Evaluating", f"{rows.test.rows:,} test rows")
    answers = answer(model, rows.test)
    measured = measure(rows.test, answers, seed)
    around.progress.advance(0.6)
    training = measure_training(model, rows.train, seed)
    known = set(rows.train_hashes)
    shared = sum(1 for row_hash in rows.test_hashes if row_hash in known)
    log("info", "measured", **{metric["name"]: metric["value"] for metric in measured.metrics})
    hashes = rows.train_hashes, rows.test_hashes
    return Trained(config, rows.loaded, rows.train, rows.test, *hashes, shared, model, answers, measured, training, rows.report)


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
