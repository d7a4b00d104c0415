"""Seconds per stage of a run, for the log and for run.json."""

import time
from dataclasses import dataclass

from .log import log
from .progress import ProgressState, Stage


@dataclass
class Clock:
    """Enters one stage after the other, and tells the progress."""

    progress: ProgressState
    seconds: dict[str, float]
    _began: float = 0.0
    _stage: str = ""

    def enter(self, stage: Stage, message: str = "") -> None:
        self.end()
        self._stage, self._began = stage, time.monotonic()
        self.progress.enter(stage, message)
        log("info", stage if not message else f"{stage}: {message}")

    def end(self) -> None:
        if self._stage:
            self.seconds[self._stage] = round(self.seconds.get(self._stage, 0.0) + time.monotonic() - self._began, 3)
