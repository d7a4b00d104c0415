"""Speaks MLflow's REST: calls and uploads, each bounded in time and in size. Redirects are not followed."""

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

#: Seconds for one answer. All of them together end at the deadline.
_PATIENCE: Final = 5.0
_MOST_BYTES: Final = 1 << 20
_API: Final = "/api/2.0/mlflow/"
_ARTIFACTS: Final = "/api/2.0/mlflow-artifacts/artifacts/"


class Trouble(Exception):
    """The server is not there, is late, or says no; `code` is MLflow's own word for it."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Server:
    uri: str
    #: By the monotonic clock.
    deadline: float

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return self._call("GET", f"{path}?{urlencode(query)}", None)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._call("POST", path, json.dumps(body, allow_nan=False).encode())

    def upload(self, place: str, content: bytes) -> None:
        """Puts an artifact below the root of the server's own artifact store."""
        status, said = self._exchange("PUT", _ARTIFACTS + quote(place), content)
        if status != http.client.OK:
            raise _trouble(f"PUT {place}", status, said)

    def _call(self, method: str, path: str, body: bytes | None) -> dict[str, Any]:
        status, said = self._exchange(method, _API + path, body)
        attempt = f"{method} {path.split('?', maxsplit=1)[0]}"
        if status != http.client.OK:
            raise _trouble(attempt, status, said)
        document = _parsed(said)
        if document is None:
            raise Trouble(f"{attempt}: the answer is not a JSON object; is {self.uri} an MLflow server?")
        return document

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        patience = min(_PATIENCE, self.deadline - time.monotonic())
        if patience <= 0:
            raise Trouble("the time that a run gives to tracking is over")
        parts = urlsplit(self.uri)
        connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = connect(parts.hostname or "", parts.port, timeout=patience)
        try:
            connection.request(method, parts.path.rstrip("/") + path, body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            return answer.status, answer.read(_MOST_BYTES)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Trouble(f"{method} {self.uri}: {type(error).__name__}: {error}") from error
        finally:
            connection.close()


def _trouble(attempt: str, status: int, said: bytes) -> Trouble:
    document = _parsed(said) or {}
    code = str(document.get("error_code", ""))
    why = str(document.get("message") or said[:200].decode("utf-8", "replace"))
    return Trouble(f"{attempt}: {status} {code} {' '.join(why.split())[:300]}", code)


def _parsed(said: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(said)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
