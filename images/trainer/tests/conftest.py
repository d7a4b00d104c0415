"""Fixtures that every test may ask for."""

from pathlib import Path

import pytest

from .building import Pod


@pytest.fixture
def pod(tmp_path: Path) -> Pod:
    return Pod(tmp_path)
