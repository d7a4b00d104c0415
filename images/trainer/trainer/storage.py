"""How full the artifacts volume is, so that the operator can say so before a run fails for want of room."""

import os
from pathlib import Path

from .contract import Summary, SummaryStorage


def measure(folder: Path) -> SummaryStorage | None:
    """What a process without privileges may still use counts as free; a volume that has no size says nothing."""
    try:
        seen = os.statvfs(folder)
    except OSError:
        return None
    size, free = seen.f_frsize * seen.f_blocks, seen.f_frsize * seen.f_bavail
    return {"sizeBytes": size, "freeBytes": min(free, size)} if size > 0 else None


def with_storage(summary: Summary, folder: Path) -> Summary:
    measured = measure(folder)
    return summary if measured is None else {**summary, "storage": measured}
