"""A run that ends after the checks: what it says of good rows, how it refuses bad ones, and that it leaves nothing."""

import json
from typing import Any

import pytest

from .building import MIXED, Ended, Pod, config, csv_file, from_file, mixed_csv

VALIDATION: dict[str, Any] = {"stopAfter": "Validation"}


def leaves_nothing(pod: Pod, ended: Ended) -> None:
    assert list(pod.artifacts.iterdir()) == []
    assert "artifact" not in ended.summary
    assert "metrics" not in ended.summary


def test_good_rows_are_reported_as_a_training_reports_them(pod: Pod) -> None:
    rows = from_file(csv_file(pod.folder, mixed_csv()), {**MIXED, **VALIDATION})
    ended = pod.run(rows)
    assert (ended.code, ended.summary["outcome"]) == (0, "Succeeded"), ended.output
    leaves_nothing(pod, ended)
    trained = pod.run({field: value for field, value in rows.items() if field != "stopAfter"})
    assert trained.summary["data"] == ended.summary["data"]


def test_nothing_is_trained(pod: Pod) -> None:
    lines = [json.loads(line)["msg"] for line in pod.run(config(VALIDATION)).output.splitlines()]
    assert [line.split(":")[0] for line in lines if line[0].isupper()] == ["Loading", "Checking", "Splitting"]


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({"candidate.parameters": {"max_itr": 3}}, 42, "ConfigInvalid"),
        ({"data.file": "/absent.csv", "data.builtin": None}, 42, "DataMissing"),
        ({"data.target": "colour"}, 42, "DataInvalid"),
        ({"data.checks.minRows": 151}, 43, "ChecksRefused"),
        ({"data.checks.schema": [{"name": "petal_length", "min": 2}]}, 43, "ChecksRefused"),
    ],
)
def test_what_a_training_would_refuse_is_refused_with_the_same_code(pod: Pod, changes: dict[str, Any], code: int, reason: str) -> None:
    ended = pod.run(config({**changes, **VALIDATION}))
    assert (ended.code, ended.summary["reason"]) == (code, reason)
    assert ended.summary["message"] == pod.run(config(changes)).summary["message"]
    leaves_nothing(pod, ended)


def test_a_fallback_does_not_hide_what_is_wrong_with_the_source(pod: Pod) -> None:
    fallback = {"data.fallback": "iris", "data.target": "species"}
    ended = pod.run(from_file(pod.folder / "absent.csv", {**fallback, **VALIDATION}))
    assert (ended.code, ended.summary["reason"]) == (42, "DataMissing")
    assert ended.summary["message"].startswith("claim rows, path absent.csv does not exist")


def test_another_word_for_the_end_is_refused(pod: Pod) -> None:
    ended = pod.run(config({"stopAfter": "Training"}))
    assert (ended.code, ended.summary["reason"]) == (42, "ConfigInvalid")
    assert "stopAfter" in ended.summary["message"]
