"""Ends the process at once when it is asked to, even while a library computes."""

import os
import signal
import threading
from collections.abc import Callable
from typing import Final

from .failure import EXIT_STOPPED
from .log import log

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


def stop_on_signal(before: Callable[[str], None]) -> None:
    """Waits for the signal in a thread of its own: Python's handlers wait for the main thread, which may be deep in native code."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)

    def wait() -> None:
        name = signal.Signals(signal.sigwait(SIGNALS)).name
        log("warn", f"{name}: the run stops here; nothing was published", exitCode=EXIT_STOPPED)
        try:
            before(name)
        finally:
            os._exit(EXIT_STOPPED)

    threading.Thread(target=wait, name="stop", daemon=True).start()
