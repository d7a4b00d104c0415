"""Answers GET /progress while the run goes on, for few clients at a time and none for long."""

import contextlib
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn
from typing import Any, Final

from .log import log
from .progress import ProgressState

CLIENTS: Final = 8
TIMEOUT_SECONDS: Final = 2


class ProgressServer(ThreadingMixIn, HTTPServer):
    """Listens on every address of the pod; a connection beyond the eighth is closed at once."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 16

    def __init__(self, port: int, state: ProgressState) -> None:
        super().__init__(("", port), _Handler)
        self.state = state
        self._places = threading.BoundedSemaphore(CLIENTS)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        # A read may wait two seconds, but many short reads may not add up to hours.
        cut = threading.Timer(TIMEOUT_SECONDS * 2, _cut, [request])
        cut.daemon = True
        cut.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            cut.cancel()
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


def _cut(request: socket.socket) -> None:
    """Ends both directions; closing would not, because the handler reads from a copy."""
    with contextlib.suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: ProgressServer
    timeout = TIMEOUT_SECONDS
    server_version = "tidegate"
    sys_version = ""

    def do_GET(self) -> None:
        if self.path.split("?")[0] == "/progress":
            self._answer(200, self.server.state.snapshot())
        else:
            self._answer(404, {"error": "only /progress is served"})

    def _answer(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """The operator asks every second; its questions are not worth a line."""


def serve_progress(port: int, state: ProgressState) -> ProgressServer | None:
    """Starts the server in a thread. Without it a run is only less visible, so a taken port is no failure."""
    try:
        server = ProgressServer(port, state)
    except OSError as error:
        log("warn", "progress is not served", port=port, error=str(error))
        return None
    threading.Thread(target=server.serve_forever, name="progress", daemon=True).start()
    return server
