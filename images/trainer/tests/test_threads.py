"""How many threads a run uses."""

import os
from pathlib import Path

import pytest

from trainer.failure import Failure
from trainer.threads import limit_threads


@pytest.fixture
def cgroup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("TIDEGATE_THREADS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        monkeypatch.setenv(name, "")
    return tmp_path / "cpu.max"


@pytest.mark.parametrize(
    ("limit", "threads"), [("150000 100000", 2), ("50000 100000", 1), ("max 100000", 8), ("1600000 100000", 8), (None, 8)]
)
def test_the_control_group_decides(cgroup: Path, limit: str | None, threads: int) -> None:
    if limit is not None:
        cgroup.write_text(limit)
    assert limit_threads(cgroup) == threads
    assert os.environ["OMP_NUM_THREADS"] == str(threads)


def test_the_operator_counts_more(cgroup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cgroup.write_text("100000 100000")
    monkeypatch.setenv("TIDEGATE_THREADS", "3")
    assert limit_threads(cgroup) == 3


@pytest.mark.parametrize("value", ["0", "65", "two", "-1", "1.5", "٣", "9" * 50])
def test_a_bad_number_is_refused(cgroup: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("TIDEGATE_THREADS", value)
    with pytest.raises(Failure, match=r"TIDEGATE_THREADS: must be an integer from 1 to 64, got '"):
        limit_threads(cgroup)
