"""Writes what happens as one JSON object per line to standard output."""

import json
import sys
import threading
import warnings
from datetime import UTC, datetime
from typing import Literal

Level = Literal["info", "warn", "error"]

_lock = threading.Lock()
_context: dict[str, str | int] = {}


def bind(**context: str | int) -> None:
    """Adds fields to every later line, such as the name of the TrainingJob."""
    _context.update(context)


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def log(level: Level, message: str, /, **fields: object) -> None:
    line = json.dumps({"time": now(), "level": level, "msg": message, **_context, **fields}, default=str)
    with _lock:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def capture_warnings() -> None:
    """Libraries warn on standard error in their own format; a log reader expects one format."""

    def show(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        log("warn", " ".join(str(message).split())[:500], category=category.__name__)

    warnings.showwarning = show
