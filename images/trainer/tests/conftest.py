"""Fixtures that every test may ask for."""

from pathlib import Path

import pytest
from hypothesis import settings

from .building import Pod

# The same examples in every run, and no limit of time for each: a machine may be busy.
settings.register_profile("tidegate", deadline=None, derandomize=True)
settings.load_profile("tidegate")


@pytest.fixture
def pod(tmp_path: Path) -> Pod:
    return Pod(tmp_path)
