"""The story of a run, from the configuration to the bundles on the volume."""

from dataclasses import asdict, dataclass
from typing import Any

from .bundle import Place, Written
from .clock import Clock
from .contract import TrainerConfig
from .kept import Bundle, keep
from .log import log, now
from .parity import TOLERANCE
from .progress import ProgressState
from .ranking import ranking_note
from .rows import Rows, read_rows
from .selection import Chosen
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
    """Trains, ranks, measures, exports, compares, writes."""
    started, clock = now(), Clock(around.progress, {})
    kept = _train(config, around, clock)
    exported = [_export(trained, around, clock) for trained in kept]
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
    }
    bundles = [Bundle(files, {**record, **about}) for files, about in exported]
    for rank, bundle in enumerate(bundles, 1):
        if len(bundles) > 1:
            bundle.record["rank"] = rank
    written, best = keep(around.place, bundles)
    log("info", "bundle written", path=around.place.path, digest=written.digest, bytes=written.size, seconds=clock.seconds)
    return Finished(written, best)


def _train(config: TrainerConfig, around: Surroundings, clock: Clock) -> list[Trained]:
    """The best first, as many as are to be kept."""
    from .fit import Effort
    from .folds import folds_of
    from .portfolio import portfolio
    from .selection import Course, choose

    rows = read_rows(config["data"], clock)
    folds, note = folds_of(config, rows.train, rows.train_hashes)
    rows = rows.noted(note)
    candidates = portfolio(config)
    what = candidates[0]["algorithm"] if len(candidates) == 1 else f"{len(candidates)} candidates"
    dealt = f", also in {folds.count} folds" if folds else ""
    clock.enter("Training", f"{what} on {rows.train.rows:,} rows{dealt}")
    effort = Effort(around.threads, around.progress.advance)
    chosen = choose(candidates, Course(rows.train, folds, config.get("ranking")), effort)
    clock.enter("Evaluating", f"{rows.test.rows:,} test rows")
    return [_measure(config, (rows, one), around) for one in chosen]


def _measure(config: TrainerConfig, about: tuple[Rows, Chosen], around: Surroundings) -> Trained:
    from .fit import answer
    from .metrics import measure
    from .overfitting import measure_training

    rows, chosen = about
    seed = config["data"]["split"]["seed"]
    answers = answer(chosen.model, rows.test)
    measured = measure(rows.test, answers, seed)
    around.progress.advance(0.6)
    training = measure_training(chosen.model, rows.train, seed)
    log("info", "measured", **{metric["name"]: metric["value"] for metric in measured.metrics})
    return Trained(
        config,
        rows.loaded,
        rows.train,
        rows.test,
        rows.train_hashes,
        rows.test_hashes,
        rows.shared(),
        chosen.model,
        answers,
        measured,
        training,
        rows.report,
        chosen.out_of_fold,
        chosen.ranking,
    )


def _export(trained: Trained, around: Surroundings, clock: Clock) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files, and what is remembered of them in run.json."""
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
    notes = [*([ranking_note(trained.ranking)] if trained.ranking else []), *trained.model.notes]
    result = Result(trained.report, trained.model.algorithm, trained.measured.metrics, notes)
    record = {
        "parity": {"rows": parity.rows, "largestDifference": parity.largest_difference, "tolerance": TOLERANCE},
        "summary": asdict(result),
    }
    return files, record
