"""Tells the progress of many trainings as that of one."""

import time
from dataclasses import dataclass, field

from .fit import Effort, FitTick


@dataclass
class Steps:
    """So many trainings of about the same length; a single one tells its own time."""

    count: int
    effort: Effort
    _begun: int = 0
    _started: float = field(default_factory=time.monotonic)

    def next(self) -> Effort:
        """For the next training, whose progress is one step of the whole."""
        before, self._begun = self._begun, self._begun + 1
        return Effort(self.effort.threads, self.effort.tick if self.count == 1 else self._ticks(before))

    def _ticks(self, before: int) -> FitTick:
        def tick(fraction: float, _: float | None) -> None:
            done = before + fraction
            elapsed = time.monotonic() - self._started
            self.effort.tick(done / self.count, elapsed / done * (self.count - done) if elapsed > 1 and done > 0 else None)

        tick(0.0, None)
        return tick
