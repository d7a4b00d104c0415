"""Tracking never fails a run and never holds it up for long. That it logs what it should is tested against a real MLflow in test/tracking."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from trainer import mlflow_rest, tracking
from trainer.mlflow_model import model_files
from trainer.tracking import Tracked, track

from .building import Ended, Pod, config

Talk = Callable[[socket.socket], None]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ended: Ended = Pod(tmp_path_factory.mktemp("tracked")).run(config())
    assert ended.code == 0, ended.output
    return ended.bundle


@contextmanager
def server(talk: Talk) -> Iterator[str]:
    """A server that says what it is told to say, to everybody who comes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=_quietly, args=(talk, connection), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def _quietly(talk: Talk, connection: socket.socket) -> None:
    with connection:
        try:
            talk(connection)
        except OSError:
            return


def says(status: str, body: str) -> Talk:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        answer(connection, status, body)

    return talk


def answer(connection: socket.socket, status: str, body: str) -> None:
    connection.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode())


def hang(connection: socket.socket) -> None:
    time.sleep(60)
    connection.close()


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


def tracked(bundle: Path, uri: str) -> Tracked:
    run = json.loads((bundle / "run.json").read_bytes())
    return track(config({"tracking": {"uri": uri, "experiment": "iris"}}), bundle, run)


@pytest.mark.parametrize(
    ("talk", "note"),
    [
        (says("200 OK", "<html>"), "is not a JSON object"),
        (says("403 Forbidden", "Invalid Host header"), "403  Invalid Host header"),
        (says("500 Oops", '{"error_code": "INTERNAL_ERROR", "message": "database is locked"}'), "INTERNAL_ERROR database is locked"),
        (says("302 Found", ""), "302"),
        (says("200 OK", '{"experiment": {}}'), "experiment_id"),
        (hang, "timed out"),
    ],
)
def test_a_server_of_no_use_leaves_a_word(bundle: Path, talk: Talk, note: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mlflow_rest, "_PATIENCE", 0.3)
    began = time.monotonic()
    with server(talk) as uri:
        result = tracked(bundle, uri)
    assert result.run_id == ""
    assert result.note.startswith("not tracked: ")
    assert note in result.note
    assert time.monotonic() - began < 3


def test_a_server_that_never_ends_its_answer_is_left_when_the_time_is_over(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "BUDGET", 0.5)
    began = time.monotonic()
    with server(drip) as uri:
        result = tracked(bundle, uri)
    assert result.note == f"not tracked in time: {uri} did not answer"
    assert time.monotonic() - began < 3


def plays(answers: dict[str, str], heard: list[str]) -> Talk:
    """Answers by the end of the path, and remembers what was asked."""

    def talk(connection: socket.socket) -> None:
        asked = _whole(connection)
        heard.append(asked)
        path = asked.split()[1].split("?")[0]
        body = next((body for end, body in answers.items() if path.endswith(end)), "")
        answer(connection, "200 OK" if body else "500 Oops", body)

    return talk


def _whole(connection: socket.socket) -> str:
    asked = b""
    while b"\r\n\r\n" not in asked:
        asked += connection.recv(65536)
    head, _, body = asked.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return (head + b"\r\n\r\n" + body).decode()


BEGUN = {
    "get-by-name": '{"experiment": {"experiment_id": "1"}}',
    "runs/search": "{}",
    "runs/create": '{"run": {"info": {"run_id": "r1", "artifact_uri": "s3://bucket/1/r1/artifacts"}}}',
    "runs/update": "{}",
}


def test_a_run_that_is_logged_in_part_keeps_its_id_and_is_not_left_running(bundle: Path) -> None:
    heard: list[str] = []
    with server(plays(BEGUN, heard)) as uri:
        result = tracked(bundle, uri)
    assert result.run_id == "r1"
    assert result.note.startswith("not tracked completely: POST runs/log-batch: 500")
    assert "FAILED" in heard[-1]


def test_a_server_that_takes_no_artifacts_gets_the_rest(bundle: Path) -> None:
    heard: list[str] = []
    with server(plays({**BEGUN, "log-batch": "{}", "log-inputs": "{}"}, heard)) as uri:
        result = tracked(bundle, uri)
    assert result == Tracked("r1", "tracked without artifacts: the server wants them at s3, and takes none itself")
    assert "FINISHED" in heard[-1]


def test_without_a_server_nothing_is_logged(bundle: Path) -> None:
    assert track(config(), bundle, {}) == Tracked()


def test_a_run_succeeds_though_nobody_listens_and_says_so(pod: Pod) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ended = pod.run(config({"tracking": {"uri": f"http://127.0.0.1:{port}", "experiment": "iris"}}))
    assert ended.code == 0, ended.output
    assert ended.summary["outcome"] == "Succeeded"
    assert "not tracked: GET " in ended.summary["message"]
    assert "mlflowRunId" not in ended.summary
    assert any(json.loads(line)["level"] == "warn" and "not logged" in json.loads(line)["msg"] for line in ended.output.splitlines())


def test_a_model_of_mlflow_holds_no_pickle_and_names_its_files(bundle: Path) -> None:
    manifest: Any = json.loads((bundle / "manifest.json").read_bytes())
    files = model_files(b"graph", manifest, "r1")
    assert set(files) == {"MLmodel", "model.onnx", "requirements.txt", "conda.yaml", "python_env.yaml"}
    described = json.loads(files["MLmodel"])
    assert described["run_id"] == "r1"
    assert json.loads(described["signature"]["inputs"]) == [
        {"name": "numeric", "type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}}
    ]
    assert {flavor["data"] for flavor in described["flavors"].values()} == {"model.onnx"}
    assert b"onnxruntime==" in files["requirements.txt"]
