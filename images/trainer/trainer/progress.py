"""Keeps how far the run is; neither the percentage nor the seconds left ever go backwards."""

import threading
from typing import Final, Literal

from .contract import CONTRACT_VERSION, Progress

Stage = Literal["Loading", "Checking", "Splitting", "Training", "Evaluating", "Exporting", "Done"]

#: The percentage at which each stage begins; a stage ends where the next one begins.
_BEGINS: Final[dict[Stage, int]] = {
    "Loading": 0,
    "Checking": 12,
    "Splitting": 20,
    "Training": 25,
    "Evaluating": 80,
    "Exporting": 88,
    "Done": 100,
}
_ORDER: Final[tuple[Stage, ...]] = tuple(_BEGINS)
_LONGEST_ETA: Final = 31_536_000


class ProgressState:
    """Written by the run, read by the progress server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stage: Stage = "Loading"
        self._percent = 0
        self._eta: int | None = None
        self._message = ""

    def enter(self, stage: Stage, message: str = "") -> None:
        with self._lock:
            self._stage, self._message = stage, message[:256]
            self._raise_to(_BEGINS[stage])
            if stage == "Done":
                self._eta = 0

    def advance(self, fraction: float, eta_seconds: float | None = None) -> None:
        """How much of the current stage is done, from 0 to 1, and the seconds to the end where they can be told."""
        with self._lock:
            begin = _BEGINS[self._stage]
            following = _ORDER[min(_ORDER.index(self._stage) + 1, len(_ORDER) - 1)]
            self._raise_to(begin + int(min(1.0, max(0.0, fraction)) * (_BEGINS[following] - begin)))
            if eta_seconds is not None:
                estimate = max(0, min(_LONGEST_ETA, round(eta_seconds)))
                self._eta = estimate if self._eta is None else min(self._eta, estimate)

    def _raise_to(self, percent: int) -> None:
        self._percent = max(self._percent, min(100, percent))

    def snapshot(self) -> Progress:
        with self._lock:
            progress: Progress = {"contract": CONTRACT_VERSION, "stage": self._stage, "percent": self._percent}
            if self._eta is not None:
                progress["etaSeconds"] = self._eta
            if self._message:
                progress["message"] = self._message
            return progress
