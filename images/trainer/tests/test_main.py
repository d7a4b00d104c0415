"""The trainer as a pod runs it: exit codes, summaries, bundles, and what survives a kill."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trainer.bundle import digest_of, list_folder
from trainer.contract import FILE_OUT_OF_FOLD, FILE_PREDICTIONS, FILE_TRAINED_ROWS, METRICS
from trainer.cross_validation import RECORD

from .building import MIXED, TRAINER, Ended, Pod, config, conforms, csv_file, from_file, mixed_csv


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    return Pod(tmp_path_factory.mktemp("iris")).run(config())


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    folder = tmp_path_factory.mktemp("mixed")
    return Pod(folder).run(from_file(csv_file(folder, mixed_csv()), MIXED))


def read(bundle: Path, name: str) -> Any:
    return json.loads((bundle / name).read_bytes())


def test_the_volume_of_the_bundles_is_measured(iris: Ended) -> None:
    storage = iris.summary["storage"]
    assert 0 <= storage["freeBytes"] <= storage["sizeBytes"]


def test_iris_is_learned_from_120_rows_and_tested_on_30(iris: Ended) -> None:
    assert iris.code == 0, iris.output
    data, metrics = iris.summary["data"], {metric["name"]: metric for metric in iris.summary["metrics"]}
    assert (data["rows"], data["columns"], data["trainRows"], data["testRows"], data["classes"]) == (150, 4, 120, 30, 3)
    assert metrics["accuracy"] == {"name": "accuracy", "value": 0.933333, "low": 0.786765, "high": 0.981523, "interval": "wilson"}
    assert set(metrics) == {"accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc", "log_loss"}


@pytest.mark.parametrize("which", ["iris", "mixed"])
def test_the_bundle_is_what_the_summary_says(which: str, request: pytest.FixtureRequest) -> None:
    ended: Ended = request.getfixturevalue(which)
    listing = list_folder(ended.bundle)
    artifact = ended.summary["artifact"]
    assert artifact["digest"] == digest_of(listing)
    assert artifact["path"] == f"{which if which == 'iris' else 'iris'}/{ended.bundle.name}"
    assert artifact["sizeBytes"] == sum(size for name, (_, size) in listing.items() if name != "run.json")
    assert set(listing) == {
        "model.onnx",
        "manifest.json",
        "run.json",
        *(f"evaluation/{name}" for name in ("predictions.csv", "trained-rows.bin", "report.json")),
        *(f"evaluation/{name}" for name in ("confusion.json", "confusion.png", "model-card.md")),
    }


@pytest.mark.parametrize("which", ["iris", "mixed"])
def test_the_manifest_conforms_and_agrees_with_the_summary(which: str, request: pytest.FixtureRequest) -> None:
    ended: Ended = request.getfixturevalue(which)
    manifest = read(ended.bundle, "manifest.json")
    conforms("Manifest", manifest)
    assert manifest["metrics"] == ended.summary["metrics"]
    assert manifest["data"] == ended.summary["data"]
    assert 0 < len(manifest["golden"]["rows"]) <= 32
    assert {len(row) for row in manifest["golden"]["rows"]} == {len(manifest["inputs"])}
    assert set(manifest["golden"]["labels"]) == set(range(len(manifest["labels"])))


@pytest.mark.parametrize("which", ["iris", "mixed"])
def test_the_rows_trained_on_are_known_by_their_hashes_and_hold_no_test_row(which: str, request: pytest.FixtureRequest) -> None:
    ended: Ended = request.getfixturevalue(which)
    trained = np.frombuffer((ended.bundle / FILE_TRAINED_ROWS).read_bytes(), dtype=">u8")
    assert len(trained) == ended.summary["data"]["trainRows"]
    assert (trained[1:] >= trained[:-1]).all()
    with (ended.bundle / FILE_PREDICTIONS).open(encoding="utf-8") as file:
        tested = {int(row["row"][:16], 16) for row in csv.DictReader(file)}
    assert not tested & set(trained.tolist())


@pytest.mark.parametrize("which", ["iris", "mixed"])
def test_the_same_metrics_stand_beside_each_other_for_training_rows(which: str, request: pytest.FixtureRequest) -> None:
    ended: Ended = request.getfixturevalue(which)
    manifest, report = read(ended.bundle, "manifest.json"), read(ended.bundle, "evaluation/report.json")
    tested, trained = ({metric["name"]: metric["value"] for metric in manifest[key]} for key in ("metrics", "trainingMetrics"))
    assert list(trained) == list(tested) == list(METRICS)
    assert report["training"] == {"rows": ended.summary["data"]["trainRows"], "metrics": manifest["trainingMetrics"]}
    assert report["gap"]["accuracy"] == pytest.approx(trained["accuracy"] - tested["accuracy"], abs=1e-6)
    assert report["gap"]["log_loss"] == pytest.approx(tested["log_loss"] - trained["log_loss"], abs=1e-6)


def test_golden_rows_with_missing_values_are_among_the_rows(mixed: Ended) -> None:
    manifest = read(mixed.bundle, "manifest.json")
    nullable = {item["name"] for item in manifest["inputs"] if item["nullable"]}
    assert nullable == {"age", "plan"}
    assert any(None in row for row in manifest["golden"]["rows"])
    for row in manifest["golden"]["rows"]:
        for value, item in zip(row, manifest["inputs"], strict=True):
            assert value is not None or item["nullable"]
            assert not isinstance(value, float) or float(np.float32(value)) == value


@pytest.mark.parametrize("which", ["iris", "mixed"])
def test_the_graph_gives_the_answers_in_the_predictions_for_every_test_row(which: str, request: pytest.FixtureRequest) -> None:
    import onnxruntime

    ended: Ended = request.getfixturevalue(which)
    manifest = read(ended.bundle, "manifest.json")
    with (ended.bundle / FILE_PREDICTIONS).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == ended.summary["data"]["testRows"]
    session = onnxruntime.InferenceSession((ended.bundle / "model.onnx").read_bytes())
    feed: dict[str, Any] = {}
    for tensor in manifest["onnx"]["inputs"]:
        cells = [[row[f"input_{name}"] for name in tensor["columns"]] for row in rows]
        numeric = tensor["datatype"] == "FP32"
        feed[tensor["name"]] = (
            np.array([[float(c or "nan") for c in row] for row in cells], np.float32) if numeric else np.array(cells, object)
        )
    label, probabilities = session.run(["label", "probabilities"], feed)
    assert [manifest["labels"][index] for index in label] == [row["prediction"] for row in rows]
    recorded = [[float(row[f"probability_{name}"]) for name in manifest["labels"]] for row in rows]
    assert np.abs(probabilities - np.array(recorded)).max() < 1e-6
    assert read(ended.bundle, "run.json")["parity"]["largestDifference"] < 1e-6


def test_a_cross_validated_run_answers_its_training_rows_out_of_fold(pod: Pod, iris: Ended) -> None:
    ended = pod.run({**config(), "crossValidation": {"folds": 5}})
    assert ended.code == 0, ended.output
    records = np.frombuffer((ended.bundle / FILE_OUT_OF_FOLD).read_bytes(), RECORD)
    assert records["hash"].tobytes() == (ended.bundle / FILE_TRAINED_ROWS).read_bytes()
    assert np.bincount(records["fold"]).tolist() == [24] * 5
    right = float((records["actual"] == records["predicted"]).mean())
    assert 0.9 < right < 1
    validated = read(ended.bundle, "evaluation/report.json")["crossValidation"]
    assert validated["folds"] == 5
    assert {metric["name"]: metric["value"] for metric in validated["metrics"]}["accuracy"] == pytest.approx(right, abs=1e-6)
    assert "Cross-validated in 5 folds of the 120 training rows" in (ended.bundle / "evaluation/model-card.md").read_text()
    assert "chosen from" not in (ended.bundle / "evaluation/model-card.md").read_text()
    assert "chosenFrom" not in read(ended.bundle, "manifest.json")
    assert (ended.bundle / "model.onnx").read_bytes() == (iris.bundle / "model.onnx").read_bytes()
    assert not (iris.bundle / FILE_OUT_OF_FOLD).exists()


def test_the_report_has_coefficients_intercepts_and_classes(iris: Ended) -> None:
    report = read(iris.bundle, "evaluation/report.json")
    assert report["model"]["classes"] == [0, 1, 2]
    assert np.array(report["model"]["coefficients"]).shape == (3, 4)
    assert len(report["model"]["intercepts"]) == 3
    assert [item["label"] for item in report["classes"]] == ["setosa", "versicolor", "virginica"]
    confusion = read(iris.bundle, "evaluation/confusion.json")
    assert np.array(confusion["counts"]).sum(axis=1).tolist() == [10, 10, 10]


def test_the_model_card_says_what_to_be_careful_about(iris: Ended) -> None:
    card = (iris.bundle / "evaluation/model-card.md").read_text()
    assert "| accuracy | 0.9333 | 0.7868 – 0.9815 | wilson | 0.9583 | 0.025 |" in card
    assert "- The intervals rest on 30 test rows; read them, not only the values." in card


def test_every_line_of_the_log_is_json(iris: Ended) -> None:
    lines = [json.loads(line) for line in iris.output.splitlines()]
    assert all(line["trainingJob"] == "iris" and {"time", "level", "msg"} <= set(line) for line in lines)
    assert [line["msg"].split(":")[0] for line in lines if line["msg"][0].isupper()] == [
        "Loading",
        "Checking",
        "Splitting",
        "Training",
        "Evaluating",
        "Exporting",
    ]


def test_the_fallback_is_reported(pod: Pod) -> None:
    ended = pod.run(from_file(pod.folder / "absent.csv", {"data.fallback": "iris", "data.target": "species"}))
    assert ended.code == 0, ended.output
    assert ended.summary["data"]["source"] == "fallback"
    assert ended.summary["data"]["message"].startswith("DataMissing: claim rows, path absent.csv does not exist")


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({"candidate.parameters": {"max_itr": 3}}, 42, "ConfigInvalid"),
        ({"data.file": "/absent.csv", "data.builtin": None}, 42, "DataMissing"),
        ({"data.target": "colour"}, 42, "DataInvalid"),
        ({"data.checks.minRows": 151}, 43, "ChecksRefused"),
    ],
)
def test_a_failure_leaves_its_reason_its_code_and_no_bundle(pod: Pod, changes: dict[str, Any], code: int, reason: str) -> None:
    ended = pod.run(config(changes))
    assert (ended.code, ended.summary["outcome"], ended.summary["reason"]) == (code, "Failed", reason)
    assert json.loads(ended.output.splitlines()[-1])["msg"] == ended.summary["message"]
    assert not ended.bundle.exists()


def test_a_configuration_that_is_not_json_is_refused(pod: Pod) -> None:
    ended = pod.run("{")
    assert (ended.code, ended.summary["reason"]) == (42, "ConfigInvalid")


def test_a_volume_that_cannot_be_written_is_tried_again(pod: Pod) -> None:
    (pod.artifacts / "iris").write_bytes(b"a file where a folder belongs")
    ended = pod.run(config())
    assert (ended.code, ended.summary["reason"]) == (1, "StorageFailed")


KILL = """
import os, pathlib, signal, sys
from trainer import __main__ as entry
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
match sys.argv.pop(1):
    case 'before the rename':
        pathlib.Path.rename = die
    case 'in the middle of writing':
        import trainer.bundle as bundle
        write, count = bundle._write, iter(range(99))
        bundle._write = lambda path, content: die() if next(count) == 3 else write(path, content)
    case 'after the rename':
        entry.summary.write_summary = die
sys.exit(entry.main())
"""


@pytest.mark.parametrize("when", ["in the middle of writing", "before the rename", "after the rename"])
def test_a_pod_that_is_killed_and_started_again_leaves_the_same_bundle(pod: Pod, when: str, iris: Ended) -> None:
    (pod.folder / "config.json").write_text(json.dumps(config()))
    paths = ["--config", f"{pod.folder}/config.json", "--artifacts", str(pod.artifacts), "--termination-log", str(pod.log)]
    command = [sys.executable, "-c", KILL, when, *paths, "--progress-port", "0"]
    environment = {**os.environ, "TIDEGATE_JOB_UID": pod.uid, "TIDEGATE_THREADS": "1"}
    killed = subprocess.run(command, cwd=TRAINER, env=environment, stdout=subprocess.DEVNULL, check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert pod.bundle("iris").exists() == (when == "after the rename")
    ended = pod.run(config())
    assert ended.code == 0
    assert ended.summary["artifact"] == iris.summary["artifact"]
    assert ended.summary["metrics"] == iris.summary["metrics"]
    assert ended.summary["data"] == iris.summary["data"]
    assert ("an earlier pod of this job finished the bundle" in ended.output) == (when == "after the rename")
    assert [path.name for path in (pod.artifacts / "iris").iterdir()] == [pod.uid]


def test_sigterm_ends_the_run_at_once_with_143(pod: Pod) -> None:
    path = csv_file(pod.folder, mixed_csv(20_000))
    slow = {**MIXED, "candidate": {"algorithm": "randomForest", "parameters": {"n_estimators": 2000}}}
    process = pod.start(from_file(path, slow))
    assert process.stdout is not None
    for line in process.stdout:
        if "Training" in line:
            break
    time.sleep(1)
    asked = time.monotonic()
    process.terminate()
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 143
    assert time.monotonic() - asked < 2
    assert "SIGTERM: the run stops here; nothing was published" in output
    assert pod.summary()["message"] == "stopped by SIGTERM in stage Training; nothing was published"
    assert not pod.bundle("iris").exists()
