"""Makes the termination message: at most 4,000 bytes of JSON whatever goes in, and valid against the contract."""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from .contract import CONTRACT_VERSION, SUMMARY_MAX_BYTES, DataReport, Metric, RunnerUp, Summary, SummaryArtifact
from .failure import Failure
from .log import log, now

#: Bytes of JSON that each text may take. Together with the fixed parts they leave room for twelve metrics.
_BYTES: Final = {"message": 1000, "described": 300, "note": 450, "path": 300, "algorithm": 40, "metric": 40}
MAX_METRICS: Final = 16
#: What is left of a message in any case, in bytes.
_LEAST_WORDS: Final = 100


@dataclass(frozen=True)
class Result:
    """What a run found out; run.json keeps it, so that a later pod can report it again."""

    data: DataReport
    algorithm: str
    metrics: list[Metric]
    notes: list[str]
    #: Bundles that were kept beside the best one; their metrics stand without intervals, because a message has little room.
    runners_up: list[RunnerUp] = field(default_factory=list)


def success(artifact: SummaryArtifact, result: Result) -> Summary:
    summary: Summary = {
        "contract": CONTRACT_VERSION,
        "outcome": "Succeeded",
        "artifact": {**artifact, "path": clip(artifact["path"], _BYTES["path"])},
        "data": _report(result.data),
        "algorithm": clip(result.algorithm, _BYTES["algorithm"]),
        "metrics": [_metric(metric) for metric in result.metrics if _finite(metric)][:MAX_METRICS],
        "finishedAt": now(),
    }
    if result.runners_up:
        summary["runnersUp"] = [_runner_up(about) for about in result.runners_up]
    return {**summary, "message": clip("; ".join(result.notes), _BYTES["message"])} if result.notes else summary


def validated(data: DataReport) -> Summary:
    """The rows are good, and nothing was to be trained."""
    return {"contract": CONTRACT_VERSION, "outcome": "Succeeded", "data": _report(data), "finishedAt": now()}


def failure(trouble: Failure, data: DataReport | None = None) -> Summary:
    summary: Summary = {
        "contract": CONTRACT_VERSION,
        "outcome": "Failed",
        "reason": trouble.reason,
        "message": clip(trouble.message, _BYTES["message"]),
        "finishedAt": now(),
    }
    return {**summary, "data": _report(data)} if data is not None else summary


def encode(summary: Summary) -> bytes:
    """The JSON. What says least gives way until it fits: words where there are runners-up, the last metrics of these, those of the best."""
    for shorter in (_fewer_words, _fewer_numbers, _fewer_metrics):
        while len(text := _json(summary)) > SUMMARY_MAX_BYTES and (less := shorter(summary, len(text) - SUMMARY_MAX_BYTES)):
            summary = less
    return text


def _fewer_words(summary: Summary, excess: int) -> Summary | None:
    message = summary.get("message", "")
    taken = len(_json(message)) - 2
    if "runnersUp" not in summary or taken <= _LEAST_WORDS:
        return None
    return {**summary, "message": clip(message, max(_LEAST_WORDS, taken - excess))}


def _fewer_numbers(summary: Summary, _: int) -> Summary | None:
    runners_up = summary.get("runnersUp", [])
    most = max((len(about["metrics"]) for about in runners_up), default=0)
    if most <= 1:
        return None
    return {**summary, "runnersUp": [{**about, "metrics": about["metrics"][: most - 1]} for about in runners_up]}


def _fewer_metrics(summary: Summary, _: int) -> Summary | None:
    return {**summary, "metrics": summary["metrics"][:-1]} if summary.get("metrics") else None


def write_summary(path: Path, summary: Summary) -> None:
    """Leaves the summary for the kubelet; a run does not fail because nobody can be told."""
    try:
        path.write_bytes(encode(summary))
    except OSError as error:
        log("error", "the termination message cannot be written", path=str(path), error=str(error))


def clip(text: str, limit: int) -> str:
    """The beginning of the text, such that its JSON takes no more bytes than the limit."""
    # A lone surrogate has no UTF-8, and a zero byte has no place in an API object.
    clean = text.replace("\0", "�").encode("utf-8", "replace").decode("utf-8")
    if len(_json(clean)) - 2 <= limit:
        return clean
    room, kept = limit - len("…".encode()), 0
    while room >= (taken := len(_json(clean[kept])) - 2):
        room, kept = room - taken, kept + 1
    return f"{clean[:kept]}…"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def _report(data: DataReport) -> DataReport:
    report: DataReport = {**data, "described": clip(data["described"], _BYTES["described"])}
    if "message" in data:
        report["message"] = clip(data["message"], _BYTES["note"])
    return report


def _runner_up(about: RunnerUp) -> RunnerUp:
    metrics = [_metric(metric) for metric in about["metrics"] if _finite(metric)][:MAX_METRICS]
    return {**about, "algorithm": clip(about["algorithm"], _BYTES["algorithm"]), "metrics": metrics}


def _metric(metric: Metric) -> Metric:
    return {**metric, "name": clip(metric["name"], _BYTES["metric"])}


def _finite(metric: Metric) -> bool:
    return all(math.isfinite(value) for key in ("value", "low", "high") if isinstance(value := metric.get(key, 0), int | float))
