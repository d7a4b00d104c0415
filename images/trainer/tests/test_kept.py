"""Several bundles of one run: each whole, found again after a kill, and told in the summary."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trainer.bundle import digest_of, list_folder
from trainer.contract import FILE_OUT_OF_FOLD, FILE_TRAINED_ROWS
from trainer.cross_validation import RECORD

from .building import TRAINER, Ended, Pod, config, conforms

RIVALS = [
    {"algorithm": "randomForest", "parameters": {"n_estimators": 1, "max_depth": 1}},
    {"algorithm": "randomForest", "parameters": {"n_estimators": 20}},
]
FIVE = {"crossValidation": {"folds": 5}}
THREE = {"rivals": RIVALS, **FIVE, "ranking": {"by": "f1", "top": 3}}


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    return Pod(tmp_path_factory.mktemp("three")).run(config(THREE))


def folders(ended: Ended) -> list[Path]:
    return [ended.bundle, *(ended.bundle.with_name(f"{ended.bundle.name}-{rank}") for rank in (2, 3))]


def test_each_has_a_folder_and_a_digest_of_its_own(three: Ended) -> None:
    assert three.code == 0, three.output
    told = [three.summary["artifact"]["digest"], *(about["digest"] for about in three.summary["runnersUp"])]
    assert [digest_of(list_folder(folder)) for folder in folders(three)] == told
    assert len(set(told)) == 3
    assert sorted(path.name for path in three.bundle.parent.iterdir()) == sorted(folder.name for folder in folders(three))


def test_each_is_measured_on_the_same_rows_and_stands_in_the_order_of_the_ranking(three: Ended) -> None:
    manifests = [json.loads((folder / "manifest.json").read_bytes()) for folder in folders(three)]
    for manifest in manifests:
        conforms("Manifest", manifest)
    assert {manifest["data"]["digest"] for manifest in manifests} == {three.summary["data"]["digest"]}
    assert [manifest["algorithm"] for manifest in manifests] == [
        three.summary["algorithm"],
        *(about["algorithm"] for about in three.summary["runnersUp"]),
    ]
    for manifest, about in zip(manifests[1:], three.summary["runnersUp"], strict=True):
        assert {metric["name"]: metric["value"] for metric in manifest["metrics"]} == {
            metric["name"]: metric["value"] for metric in about["metrics"]
        }
    ranking = json.loads((three.bundle / "evaluation/report.json").read_bytes())["ranking"]
    scores = [entry["score"] for entry in ranking["entries"]]
    assert scores == sorted(scores, reverse=True)
    assert (ranking["by"], ranking["folds"], ranking["rows"]) == ("f1", 5, 120)
    assert [entry["parameters"].get("max_depth") for entry in ranking["entries"]][-1] == 1


def test_each_keeps_the_answers_that_it_was_ranked_by_and_says_among_how_many(three: Ended) -> None:
    scores = [entry["score"] for entry in json.loads((three.bundle / "evaluation/report.json").read_bytes())["ranking"]["entries"]]
    for folder, score in zip(folders(three), scores, strict=True):
        records = np.frombuffer((folder / FILE_OUT_OF_FOLD).read_bytes(), RECORD)
        assert records["hash"].tobytes() == (folder / FILE_TRAINED_ROWS).read_bytes()
        assert json.loads((folder / "manifest.json").read_bytes())["chosenFrom"] == 3
        validated = json.loads((folder / "evaluation/report.json").read_bytes())["crossValidation"]
        measured = {metric["name"]: metric["value"] for metric in validated["metrics"]}
        assert (validated["folds"], measured["f1"]) == (5, score)
        assert measured["accuracy"] == pytest.approx((records["actual"] == records["predicted"]).mean(), abs=1e-6)
        assert "chosen from 3 candidates by these answers" in (folder / "evaluation/model-card.md").read_text()


def test_the_summary_says_how_the_best_was_chosen(three: Ended) -> None:
    assert three.summary["message"].startswith("the best of 3 candidates: f1 0.")


def test_no_more_are_kept_than_there_are_and_one_is_kept_without_a_ranking(pod: Pod) -> None:
    ended = pod.run(config({"rivals": RIVALS[:1], **FIVE, "ranking": {"by": "accuracy", "top": 1}}))
    assert ended.code == 0, ended.output
    assert "runnersUp" not in ended.summary
    assert [path.name for path in ended.bundle.parent.iterdir()] == [pod.uid]
    assert "rank" not in json.loads((ended.bundle / "run.json").read_bytes())


def test_a_wider_search_ranks_what_it_drew(pod: Pod) -> None:
    ended = pod.run(config({**FIVE, "ranking": {"by": "accuracy", "top": 2}, "tuning": {"trials": 4, "seed": 3}}))
    assert ended.code == 0, ended.output
    entries = json.loads((ended.bundle / "evaluation/report.json").read_bytes())["ranking"]["entries"]
    assert len(entries) == 5
    assert len(ended.summary["runnersUp"]) == 1


KILL = """
import os, signal, sys
from trainer import __main__ as entry, kept
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
write, count = kept.write_bundle, iter(range(9))
last = int(sys.argv.pop(1))
kept.write_bundle = lambda *given: die() if next(count) == last else write(*given)
if last == 3:
    entry.summary.write_summary = die
sys.exit(entry.main())
"""


@pytest.mark.parametrize("written", [1, 2, 3])
def test_a_pod_that_is_killed_between_two_bundles_leaves_the_same_when_it_is_started_again(pod: Pod, written: int, three: Ended) -> None:
    killed(pod, written)
    assert pod.bundle("iris").exists() == (written == 3)
    assert len(list((pod.artifacts / "iris").iterdir())) == written
    ended = pod.run(config(THREE))
    assert ended.code == 0, ended.output
    assert facts(ended) == facts(three)
    assert sorted(path.name for path in (pod.artifacts / "iris").iterdir()) == sorted(folder.name for folder in folders(ended))
    assert ("an earlier pod of this job finished the bundle" in ended.output) == (written == 3)


def test_a_runner_up_that_is_damaged_is_made_anew_with_the_best(pod: Pod, three: Ended) -> None:
    killed(pod, 3)
    (pod.artifacts / "iris" / f"{pod.uid}-2" / "model.onnx").write_bytes(b"other")
    ended = pod.run(config(THREE))
    assert ended.code == 0, ended.output
    assert facts(ended) == facts(three)
    names = [path.name for path in (pod.artifacts / "iris").iterdir()]
    assert len([name for name in names if ".damaged-" in name]) == 2
    assert [digest_of(list_folder(folder)) for folder in folders(ended)] == [digest_of(list_folder(folder)) for folder in folders(three)]


def facts(ended: Ended) -> dict[str, Any]:
    return {key: ended.summary[key] for key in ("artifact", "runnersUp", "metrics", "data", "algorithm")}


def killed(pod: Pod, written: int) -> None:
    (pod.folder / "config.json").write_text(json.dumps(config(THREE)))
    paths = ["--config", f"{pod.folder}/config.json", "--artifacts", str(pod.artifacts), "--termination-log", str(pod.log)]
    command = [sys.executable, "-c", KILL, str(written), *paths, "--progress-port", "0"]
    environment = {**os.environ, "TIDEGATE_JOB_UID": pod.uid, "TIDEGATE_THREADS": "1"}
    ended = subprocess.run(command, cwd=TRAINER, env=environment, stdout=subprocess.DEVNULL, check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL
