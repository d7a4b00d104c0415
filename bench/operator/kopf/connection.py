"""Connections to the API server, for the framework and for its handlers, from one kubeconfig."""

import base64
import json
import os
import ssl
import tempfile
from typing import Any

import aiohttp
import kopf
import yaml

PLURALS = {
    "Deployment": "deployments",
    "Service": "services",
    "HorizontalPodAutoscaler": "horizontalpodautoscalers",
    "PodDisruptionBudget": "poddisruptionbudgets",
    "NetworkPolicy": "networkpolicies",
    "Ingress": "ingresses",
}
CONNECTIONS = 32


def login() -> kopf.AiohttpSession:
    """The framework's own session, with as many connections as it likes."""
    cluster, context = trusted()
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, ssl=context))
    return kopf.AiohttpSession(server=cluster["server"], aiohttp_session=session)


def connect() -> aiohttp.ClientSession:
    """The session that children are created over."""
    cluster, context = trusted()
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, ssl=context)
    headers = {"content-type": "application/json", "accept": "application/json"}
    return aiohttp.ClientSession(cluster["server"], connector=connector, headers=headers)


def trusted() -> tuple[dict[str, Any], ssl.SSLContext]:
    with open(os.environ["KUBECONFIG"], encoding="utf-8") as file:
        config = yaml.safe_load(file)
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    context = ssl.create_default_context(cadata=decoded(cluster["certificate-authority-data"]).decode())
    # The authority of a test cluster leaves out extensions that Python asks for from 3.13 on; the chain is verified all the same.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    with tempfile.NamedTemporaryFile() as pair:
        pair.write(decoded(user["client-certificate-data"]) + b"\n" + decoded(user["client-key-data"]))
        pair.flush()
        context.load_cert_chain(pair.name)
    return cluster, context


def decoded(written: str) -> bytes:
    return base64.b64decode(written)


def path_of(child: dict[str, Any]) -> str:
    version = child["apiVersion"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    return f"{root}/namespaces/{child['metadata']['namespace']}/{PLURALS[child['kind']]}"


async def create(session: aiohttp.ClientSession, child: dict[str, Any]) -> None:
    path = path_of(child)
    async with session.post(path, data=json.dumps(child)) as answer:
        await answer.read()
        # It is there already: made by an earlier attempt of this very handler.
        if answer.status not in (201, 409):
            raise RuntimeError(f"POST {path}: {answer.status}")


async def apply(session: aiohttp.ClientSession, child: dict[str, Any]) -> None:
    path = f"{path_of(child)}/{child['metadata']['name']}?fieldManager=kopf&force=true"
    headers = {"content-type": "application/apply-patch+yaml"}
    async with session.patch(path, data=json.dumps(child), headers=headers) as answer:
        await answer.read()
        if answer.status not in (200, 201):
            raise RuntimeError(f"PATCH {path}: {answer.status}")
