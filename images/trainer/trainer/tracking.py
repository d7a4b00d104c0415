"""Logs a run that left a bundle in a tracking server. It never fails a run, and holds it up for half a minute at most."""

import json
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from .bundle import canonical, list_folder
from .contract import FILE_LISTING, Manifest, TrainerConfig, TrainerConfigTracking
from .log import log
from .mlflow_model import model_files
from .mlflow_rest import Server, Trouble

#: Seconds for everything; a server that is not there takes five.
BUDGET: Final = 30.0
#: Files of the bundle that are kept beside the model, under these names.
_KEPT: Final = {"evaluation/confusion.png": "confusion_matrix.png", "manifest.json": "manifest.json", "run.json": "run.json"}
#: What a person reads of an evaluation. The predictions stay in the bundle: they hold the test rows, and the server may be open to many.
_REPORTS: Final = (".json", ".md", ".html", ".png")
#: What MLflow takes in one call, and of one value.
_MOST_PARAMETERS: Final = 100
_LONGEST_PARAMETER: Final = 6000
_LONGEST_DIGEST: Final = 36


@dataclass
class Tracked:
    """What became of it: the run in the tracking server, and a word for people when something went wrong."""

    run_id: str = ""
    note: str = ""


@dataclass(frozen=True)
class Left:
    """What a run left behind: its configuration and its bundle."""

    config: TrainerConfig
    folder: Path
    manifest: Manifest
    run: dict[str, Any]


def track(config: TrainerConfig, folder: Path, run: dict[str, Any]) -> Tracked:
    """Nothing is logged when the configuration names no server."""
    tracking = config.get("tracking")
    tracked = Tracked()
    if tracking is None:
        return tracked
    # A thread, because nothing bounds how long a name is looked up.
    thread = threading.Thread(target=_quietly, args=(tracking, (config, folder, run), tracked), name="tracking", daemon=True)
    thread.start()
    thread.join(BUDGET + 1)
    if thread.is_alive():
        tracked.note = tracked.note or f"not tracked in time: {tracking['uri']} did not answer"
    return Tracked(tracked.run_id, tracked.note)


def _quietly(tracking: TrainerConfigTracking, about: tuple[TrainerConfig, Path, dict[str, Any]], tracked: Tracked) -> None:
    began = time.monotonic()
    config, folder, run = about
    server = Server(tracking["uri"], began + BUDGET)
    try:
        left = Left(config, folder, json.loads((folder / "manifest.json").read_bytes()), run)
        _log_run(server, left, tracked)
        log("info", "run logged", tracking=tracking["uri"], mlflowRunId=tracked.run_id, seconds=round(time.monotonic() - began, 3))
    except Exception as error:
        tracked.note = f"not tracked{' completely' if tracked.run_id else ''}: {error}"
        _give_up(server, tracked.run_id)
        log("warn", "the run is not logged as it should be", tracking=tracking["uri"], mlflowRunId=tracked.run_id, error=str(error))


def _give_up(server: Server, run_id: str) -> None:
    """What is logged in part is not shown as running for ever."""
    if not run_id:
        return
    try:
        server.post("runs/update", {"run_id": run_id, "status": "FAILED", "end_time": int(time.time() * 1000)})
    except Exception as error:
        log("warn", "the run is left as running in the tracking server", mlflowRunId=run_id, error=str(error))


def _log_run(server: Server, left: Left, tracked: Tracked) -> None:
    tracking = left.config["tracking"]
    experiment = _experiment(server, tracking["experiment"])
    known = _earlier(server, experiment, left.folder.name)
    if known:
        tracked.run_id = known
        return
    info = _created(server, experiment, left)
    tracked.run_id = info["run_id"]
    server.post("runs/log-batch", {"run_id": tracked.run_id, "params": _parameters(left), "metrics": _metrics(left)})
    server.post("runs/log-inputs", {"run_id": tracked.run_id, "datasets": [_dataset(left)]})
    tracked.note = _upload(server, info, left)
    server.post("runs/update", {"run_id": tracked.run_id, "status": "FINISHED", "end_time": _milliseconds(left.run["finishedAt"])})


def _experiment(server: Server, name: str) -> str:
    try:
        found = server.get("experiments/get-by-name", experiment_name=name)["experiment"]
    except Trouble as trouble:
        if trouble.code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return _new_experiment(server, name)
    if found.get("lifecycle_stage") == "deleted":
        server.post("experiments/restore", {"experiment_id": found["experiment_id"]})
    return str(found["experiment_id"])


def _new_experiment(server: Server, name: str) -> str:
    try:
        return str(server.post("experiments/create", {"name": name})["experiment_id"])
    except Trouble as trouble:
        # Another run was faster.
        if trouble.code != "RESOURCE_ALREADY_EXISTS":
            raise
        return str(server.get("experiments/get-by-name", experiment_name=name)["experiment"]["experiment_id"])


def _earlier(server: Server, experiment: str, uid: str) -> str:
    """A pod that finds the bundle of an earlier one finds its run as well, when that was logged to its end."""
    question = {"experiment_ids": [experiment], "filter": f"tags.`tidegate.job_uid` = '{uid}' and attributes.status = 'FINISHED'"}
    found = server.post("runs/search", {**question, "max_results": 1}).get("runs", [])
    return str(found[0]["info"]["run_id"]) if found else ""


def _created(server: Server, experiment: str, left: Left) -> dict[str, Any]:
    config, run = left.config, left.run
    facts = {
        "mlflow.user": "tidegate",
        "mlflow.source.type": "JOB",
        "mlflow.source.name": f"{config['namespace']}/{config['trainingJob']}",
        "tidegate.job_uid": left.folder.name,
        "tidegate.namespace": config["namespace"],
        "tidegate.training_job": config["trainingJob"],
        "tidegate.run": str(config["run"]),
        "tidegate.model": config["model"],
        "tidegate.digest": str(run["digest"]),
        "tidegate.data_digest": left.manifest["data"].get("digest", ""),
    }
    rank = run.get("rank", 1)
    name = f"{config['trainingJob']}-run-{config['run']}{f'-{rank}' if rank > 1 else ''}"
    tags = [{"key": key, "value": value} for key, value in facts.items() if value]
    body = {"experiment_id": experiment, "run_name": name, "start_time": _milliseconds(run["startedAt"]), "tags": tags}
    info: dict[str, Any] = server.post("runs/create", body)["run"]["info"]
    return info


def _parameters(left: Left) -> list[dict[str, str]]:
    manifest, split = left.manifest, left.config["data"]["split"]
    facts = {
        "model_type": manifest["algorithm"],
        "model_path": f"{manifest['model']}/{left.folder.name}",
        "target": manifest["target"],
        "split.method": split["method"],
        "split.test": split["test"],
        "split.seed": split["seed"],
        **manifest["parameters"],
    }
    return [{"key": key, "value": str(value)[:_LONGEST_PARAMETER]} for key, value in list(facts.items())[:_MOST_PARAMETERS]]


def _metrics(left: Left) -> list[dict[str, Any]]:
    at = _milliseconds(left.run["finishedAt"])
    values: dict[str, float] = {}
    for metric in left.manifest["metrics"]:
        values[metric["name"]] = metric["value"]
        values.update({f"{metric['name']}_{end}": metric[end] for end in ("low", "high") if end in metric})
    for metric in left.manifest.get("trainingMetrics", []):
        values[f"training_{metric['name']}"] = metric["value"]
    if "f1" in values:
        values["f1_score"] = values["f1"]
    return [{"key": key, "value": value, "timestamp": at, "step": 0} for key, value in values.items()]


def _dataset(left: Left) -> dict[str, Any]:
    data = left.manifest["data"]
    columns = [{"name": item["name"], "type": "double" if item["type"] == "number" else "string"} for item in left.manifest["inputs"]]
    dataset = {
        "name": left.config["data"]["described"],
        # The whole digest does not fit; it stands in a tag of the run.
        "digest": data.get("digest", "").removeprefix("sha256:")[:_LONGEST_DIGEST],
        "source_type": "tidegate",
        "source": json.dumps({"described": data["described"], "digest": data.get("digest", "")}),
        "schema": json.dumps({"mlflow_colspec": columns}),
        "profile": json.dumps(
            {"num_rows": data.get("rows", 0), "train_rows": data.get("trainRows", 0), "test_rows": data.get("testRows", 0)}
        ),
    }
    return {"dataset": dataset, "tags": [{"key": "mlflow.data.context", "value": "training"}]}


def _upload(server: Server, info: dict[str, Any], left: Left) -> str:
    """Answers why nothing was uploaded, or nothing."""
    uri = str(info.get("artifact_uri", ""))
    if not uri.startswith("mlflow-artifacts:/"):
        return f"tracked without artifacts: the server wants them at {uri.split(':', maxsplit=1)[0]}, and takes none itself"
    root = uri.removeprefix("mlflow-artifacts:").lstrip("/")
    graph = (left.folder / "model.onnx").read_bytes()
    for name, content in model_files(graph, left.manifest, str(info["run_id"])).items():
        server.upload(f"{root}/model/{name}", content)
    for path in sorted(path.relative_to(left.folder).as_posix() for path in left.folder.rglob("*") if path.is_file()):
        if path in _KEPT or (path.startswith("evaluation/") and path.endswith(_REPORTS)):
            server.upload(f"{root}/{_KEPT.get(path, path)}", (left.folder / path).read_bytes())
    # Last: with it the bundle can be imported elsewhere, known by its digest, though not every file of it is here.
    server.upload(f"{root}/{FILE_LISTING}", canonical(list_folder(left.folder)))
    return ""


def _milliseconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)
