"""Entry: arguments, the run, the termination message, the exit code."""

import argparse
import dataclasses
import sys
import traceback
from pathlib import Path
from typing import Any

from . import summary
from .bundle import Place, Written, place_for
from .config import read_config
from .contract import EXIT_DONE, PATH_ARTIFACTS, PATH_CONFIG, PROGRESS_PORT, RunnerUp, Summary, TrainerConfig
from .failure import Failure
from .kept import kept_already, record_of
from .log import bind, capture_warnings, log
from .progress import ProgressState
from .progress_server import serve_progress
from .stop import stop_on_signal
from .storage import with_storage
from .threads import limit_threads
from .tracking import track


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    capture_warnings()
    progress = ProgressState()
    stop_on_signal(lambda name: summary.write_summary(options.termination_log, _stopped(name, progress)))
    try:
        result = _result(options, progress)
    except Exception as error:
        failure = error if isinstance(error, Failure) else _unforeseen(error)
        log("error", failure.message, reason=failure.reason, exitCode=failure.exit_code)
        summary.write_summary(options.termination_log, with_storage(summary.failure(failure), options.artifacts))
        return failure.exit_code
    progress.enter("Done")
    summary.write_summary(options.termination_log, with_storage(result, options.artifacts))
    return EXIT_DONE


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="trainer", description="Trains a model as configured and leaves a bundle.")
    parser.add_argument("--config", type=Path, default=Path(PATH_CONFIG), help="configuration written by the operator")
    parser.add_argument("--artifacts", type=Path, default=Path(PATH_ARTIFACTS), help="folder that holds the bundles")
    parser.add_argument("--termination-log", type=Path, default=Path("/dev/termination-log"), help="file for the summary")
    parser.add_argument("--progress-port", type=int, default=PROGRESS_PORT, help="port of GET /progress; 0 serves none")
    return parser.parse_args(arguments)


def _result(options: argparse.Namespace, progress: ProgressState) -> Summary:
    config = read_config(options.config)
    bind(namespace=config["namespace"], trainingJob=config["trainingJob"], run=config["run"])
    place = None if config.get("stopAfter") == "Validation" else place_for(options.artifacts, config["model"])
    threads = limit_threads()
    if options.progress_port:
        serve_progress(options.progress_port, progress)
    if place is None:
        return _validated(config, progress)
    found = kept_already(place)
    if found is not None:
        log("info", "an earlier pod of this job finished the bundle; it is reported again", path=place.path, digest=found[0].digest)
        return _success((config, place), *found)
    return _success((config, place), *_run(config, place, (progress, threads)))


def _validated(config: TrainerConfig, progress: ProgressState) -> Summary:
    from .rows import validate

    return summary.validated(validate(config, progress))


def _run(config: TrainerConfig, place: Place, around: tuple[ProgressState, int]) -> tuple[Written, dict[str, Any]]:
    # Imported late: what is wrong with a configuration is said before the libraries are loaded.
    from .run import Surroundings, run

    finished = run(config, Surroundings(place, *around))
    return finished.written, finished.run


def _success(about: tuple[TrainerConfig, Place], written: Written, run: dict[str, Any]) -> Summary:
    config, place = about
    artifact: Any = {"path": place.path, "digest": written.digest, "sizeBytes": written.size}
    tracked = track(config, place.folder, {**run, "digest": written.digest})
    result = summary.Result(**run["summary"])
    notes = [*result.notes, *([tracked.note] if tracked.note else [])]
    # A server that was of no use once is not asked again.
    others = result.runners_up
    if not tracked.note:
        others = [_tracked(config, place.ranked(rank), other) for rank, other in enumerate(others, 2)]
    done = summary.success(artifact, dataclasses.replace(result, notes=notes, runners_up=others))
    return {**done, "mlflowRunId": tracked.run_id} if tracked.run_id else done


def _tracked(config: TrainerConfig, place: Place, about: RunnerUp) -> RunnerUp:
    tracked = track(config, place.folder, record_of(place))
    return {**about, "mlflowRunId": tracked.run_id} if tracked.run_id else about


def _unforeseen(error: Exception) -> Failure:
    log("error", "the run ended in an error that was not foreseen", stack=traceback.format_exc())
    if isinstance(error, MemoryError):
        return Failure("TrainingFailed", "the trainer ran out of memory; raise compute.resources.memory or take fewer rows")
    return Failure("TrainingFailed", f"{type(error).__name__}: {error}; the log of the pod has the details")


def _stopped(name: str, progress: ProgressState) -> Summary:
    stage = progress.snapshot()["stage"]
    return summary.failure(Failure("TrainingFailed", f"stopped by {name} in stage {stage}; nothing was published"))


if __name__ == "__main__":
    sys.exit(main())
