"""Decides how many threads the libraries may use: what the operator says, else what the control group allows."""

import os
from math import ceil
from pathlib import Path

from .contract import ENV_THREADS
from .failure import Failure
from .wording import shown

MAX_THREADS = 64
_LIBRARIES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def limit_threads(cgroup: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    """The number of threads, also told to the libraries; call it before numpy is imported."""
    threads = max(1, min(MAX_THREADS, _asked() or _allowed(cgroup)))
    for variable in _LIBRARIES:
        os.environ[variable] = str(threads)
    return threads


def _asked() -> int | None:
    value = os.environ.get(ENV_THREADS)
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= MAX_THREADS:
        raise Failure("ConfigInvalid", f"{ENV_THREADS}: must be an integer from 1 to {MAX_THREADS}, got {shown(value)}; correct it")
    return int(value)


def _allowed(cgroup: Path) -> int:
    processors = len(os.sched_getaffinity(0))
    try:
        quota, period = cgroup.read_text().split()
        return min(processors, ceil(int(quota) / int(period)))
    except (OSError, ValueError):
        return processors
