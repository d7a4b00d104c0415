"""How full the artifacts volume is."""

import os
from pathlib import Path

from trainer.failure import Failure
from trainer.storage import measure, with_storage
from trainer.summary import failure


def test_the_volume_is_measured_as_the_system_knows_it(tmp_path: Path) -> None:
    measured = measure(tmp_path)
    assert measured is not None
    seen = os.statvfs(tmp_path)
    assert measured["sizeBytes"] == seen.f_frsize * seen.f_blocks
    assert 0 <= measured["freeBytes"] <= measured["sizeBytes"]


def test_a_folder_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    told = failure(Failure("StorageFailed", "no room"))
    assert measure(tmp_path / "absent") is None
    assert with_storage(told, tmp_path / "absent") == told
    assert with_storage(told, tmp_path)["storage"] == measure(tmp_path)
