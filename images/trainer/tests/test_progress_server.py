"""The progress server: what it answers, and that clients cannot hold it."""

import http.client
import json
import socket
import time
from collections.abc import Iterator

import pytest

from trainer.progress import ProgressState
from trainer.progress_server import CLIENTS, ProgressServer, serve_progress

from .building import conforms


@pytest.fixture
def state() -> ProgressState:
    state = ProgressState()
    state.enter("Training", "logisticRegression on 120 rows")
    return state


@pytest.fixture
def server(state: ProgressState) -> Iterator[ProgressServer]:
    server = serve_progress(0, state)
    assert server is not None
    yield server
    server.shutdown()
    server.server_close()


def ask(server: ProgressServer, path: str, method: str = "GET") -> tuple[int, object]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, json.loads(body) if answer.headers["content-type"] == "application/json" else None


def test_progress_is_answered_as_the_contract_says(server: ProgressServer, state: ProgressState) -> None:
    state.advance(0.5, 42)
    status, body = ask(server, "/progress")
    assert status == 200
    conforms("Progress", body)
    assert body == {"contract": 1, "stage": "Training", "percent": 52, "etaSeconds": 42, "message": "logisticRegression on 120 rows"}


def test_a_query_is_no_part_of_the_path(server: ProgressServer) -> None:
    assert ask(server, "/progress?now")[0] == 200


@pytest.mark.parametrize("path", ["/", "/progress/", "/../etc/passwd", "/metrics"])
def test_other_paths_are_not_found(server: ProgressServer, path: str) -> None:
    assert ask(server, path) == (404, {"error": "only /progress is served"})


def test_other_methods_are_not_served(server: ProgressServer) -> None:
    assert ask(server, "/progress", "POST")[0] == 501


def test_silent_clients_are_let_go_and_others_are_answered_meanwhile(server: ProgressServer) -> None:
    silent = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(CLIENTS - 1)]
    assert ask(server, "/progress")[0] == 200
    started = time.monotonic()
    silent[0].settimeout(8)
    assert silent[0].recv(10) == b""
    assert time.monotonic() - started < 6
    for client in silent:
        client.close()


def test_clients_beyond_the_limit_are_closed_at_once(server: ProgressServer) -> None:
    held = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(CLIENTS)]
    time.sleep(0.3)
    with socket.create_connection(("127.0.0.1", server.server_port)) as extra:
        extra.settimeout(1.5)
        assert extra.recv(10) == b""
    for client in held:
        client.close()


def test_a_client_that_sends_a_letter_at_a_time_is_let_go(server: ProgressServer) -> None:
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.server_port)) as slow:
        slow.settimeout(0.25)
        while time.monotonic() - started < 20 and not let_go(slow):
            pass
    assert time.monotonic() - started < 12


def let_go(slow: socket.socket) -> bool:
    """Sends one more letter and sees whether the other side is gone."""
    try:
        slow.sendall(b"G")
        return slow.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_a_taken_port_is_no_failure(server: ProgressServer, state: ProgressState, capsys: pytest.CaptureFixture[str]) -> None:
    assert serve_progress(server.server_port, state) is None
    assert "progress is not served" in capsys.readouterr().out
