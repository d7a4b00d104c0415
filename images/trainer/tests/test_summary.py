"""The termination message: bounded and valid whatever goes in."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.contract import METRICS as METRIC_NAMES
from trainer.contract import DataReport, Metric
from trainer.failure import REASONS, Failure
from trainer.summary import Result, clip, encode, failure, success, write_summary

from .building import conforms

ANY_TEXT = st.text(st.characters(codec=None), max_size=60).flatmap(lambda text: st.integers(1, 200).map(lambda times: text * times))
NUMBERS = st.floats() | st.floats(0, 1)
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64).map(lambda text: f"sha256:{text}")
METRICS = st.lists(
    st.fixed_dictionaries(
        {"name": ANY_TEXT, "value": NUMBERS},
        optional={"low": NUMBERS, "high": NUMBERS, "interval": st.sampled_from(["wilson", "bootstrap"])},
    ),
    max_size=40,
)
COUNTS = st.integers(0, 10**15)
REPORTS = st.fixed_dictionaries(
    {"source": st.sampled_from(["primary", "fallback"]), "described": ANY_TEXT},
    optional={
        "digest": DIGESTS,
        "rows": COUNTS,
        "columns": COUNTS,
        "trainRows": COUNTS,
        "testRows": COUNTS,
        "classes": COUNTS,
        "message": ANY_TEXT,
    },
)
ARTIFACTS = st.fixed_dictionaries({"path": ANY_TEXT, "digest": DIGESTS, "sizeBytes": COUNTS})


def checked(raw: bytes) -> dict[str, Any]:
    assert len(raw) <= 4000
    summary: dict[str, Any] = json.loads(raw.decode("utf-8"))
    conforms("Summary", summary)
    assert b"\\u0000" not in raw
    return summary


STORAGE: Any = {"storage": {"sizeBytes": 10**15, "freeBytes": 10**15}}


@given(ARTIFACTS, REPORTS, ANY_TEXT, METRICS, st.lists(ANY_TEXT, max_size=9))
def test_no_success_is_too_long(artifact: Any, report: Any, algorithm: str, metrics: Any, notes: list[str]) -> None:
    summary = checked(encode({**success(artifact, Result(report, algorithm, metrics, notes)), **STORAGE}))
    assert summary["storage"] == STORAGE["storage"]
    assert summary["artifact"]["digest"] == artifact["digest"]


FINITE = st.floats(allow_nan=False, allow_infinity=False)
RUNNERS_UP = st.lists(
    st.fixed_dictionaries(
        {
            "digest": DIGESTS,
            "sizeBytes": COUNTS,
            "algorithm": ANY_TEXT,
            "metrics": st.lists(st.fixed_dictionaries({"name": ANY_TEXT, "value": FINITE}), min_size=1, max_size=20),
        },
        optional={"mlflowRunId": st.just("f" * 32)},
    ),
    max_size=4,
)


@given(st.tuples(ARTIFACTS, REPORTS), METRICS, st.lists(ANY_TEXT, max_size=9), RUNNERS_UP)
def test_no_success_with_runners_up_is_too_long_and_none_is_lost(about: Any, metrics: Any, notes: list[str], runners_up: Any) -> None:
    artifact, report = about
    summary = checked(encode({**success(artifact, Result(report, "randomForest", metrics, notes, runners_up)), **STORAGE}))
    told = summary.get("runnersUp", [])
    assert [each["digest"] for each in told] == [each["digest"] for each in runners_up]
    assert all(each["metrics"] for each in told)


def test_ordinary_runners_up_are_told_with_every_metric() -> None:
    metrics: Any = [{"name": name, "value": 0.966667, "low": 0.833333, "high": 0.994123, "interval": "bootstrap"} for name in METRIC_NAMES]
    plain: Any = [{"name": metric["name"], "value": metric["value"]} for metric in metrics]
    other: Any = {
        "digest": f"sha256:{'e' * 64}",
        "sizeBytes": 10**8,
        "algorithm": "logisticRegression",
        "metrics": plain,
        "mlflowRunId": "f" * 32,
    }
    report: Any = {
        "source": "primary",
        "described": "claim customers-2026, path raw/customers.csv",
        "digest": f"sha256:{'0' * 64}",
        "rows": 10**6,
        "columns": 40,
        "trainRows": 800_000,
        "testRows": 200_000,
        "classes": 3,
    }
    artifact: Any = {"path": f"{'m' * 40}/{'u' * 36}", "digest": f"sha256:{'f' * 64}", "sizeBytes": 10**8}
    note = "the best of 16 candidates: roc_auc 0.9667, cross-validated on 800,000 train rows; the next one 0.9666"
    summary = checked(encode({**success(artifact, Result(report, "randomForest", metrics, [note], [other] * 4)), **STORAGE}))
    assert summary["runnersUp"] == [other] * 4
    assert summary["metrics"] == metrics
    assert summary["message"] == note


@given(st.sampled_from(REASONS), ANY_TEXT, st.none() | REPORTS)
def test_no_failure_is_too_long(reason: Any, message: str, report: Any) -> None:
    summary = checked(encode({**failure(Failure(reason, message), report), **STORAGE}))
    assert summary["reason"] == reason


@given(ANY_TEXT, st.integers(10, 1200))
def test_a_clipped_text_is_a_beginning(text: str, limit: int) -> None:
    clipped = clip(text, limit)
    assert len(json.dumps(clipped, ensure_ascii=False).encode()) - 2 <= limit
    clean = text.replace("\0", "�").encode("utf-8", "replace").decode()
    assert clipped == clean or (clipped.endswith("…") and clean.startswith(clipped[:-1]))


def test_ordinary_results_are_kept_whole() -> None:
    metrics: list[Metric] = [
        {"name": f"balanced_accuracy_{index}", "value": 0.123456, "low": 0.123456, "high": 0.123456, "interval": "bootstrap"}
        for index in range(10)
    ]
    report: DataReport = {
        "source": "fallback",
        "described": "d" * 300,
        "digest": f"sha256:{'0' * 64}",
        "rows": 10**9,
        "columns": 512,
        "trainRows": 10**9,
        "testRows": 10**9,
        "classes": 1000,
        "message": "m" * 450,
    }
    artifact: Any = {"path": f"{'m' * 40}/{'u' * 36}", "digest": f"sha256:{'f' * 64}", "sizeBytes": 10**12}
    result = success(artifact, Result(report, "logisticRegression", metrics, ["n" * 1000]))
    summary = checked(encode({**result, **STORAGE}))
    assert summary["data"] == report
    assert summary["metrics"] == metrics
    assert summary["message"] == "n" * 1000


def test_a_message_of_a_thousand_letters_is_kept_whole() -> None:
    assert checked(encode(failure(Failure("DataInvalid", "x" * 1000))))["message"] == "x" * 1000


def test_a_folder_that_cannot_be_written_does_not_fail_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_summary(tmp_path / "absent" / "log", failure(Failure("DataInvalid", "x")))
    assert "the termination message cannot be written" in capsys.readouterr().out
