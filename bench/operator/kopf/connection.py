"""One shared connection pool to the API server, from the same kubeconfig that the framework reads."""

import base64
import json
import os
import ssl
import tempfile
from typing import Any

import aiohttp
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


def connect() -> aiohttp.ClientSession:
    with open(os.environ["KUBECONFIG"], encoding="utf-8") as file:
        config = yaml.safe_load(file)
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    context = ssl.create_default_context(cadata=decoded(cluster["certificate-authority-data"]).decode())
    with tempfile.NamedTemporaryFile() as pair:
        pair.write(decoded(user["client-certificate-data"]) + b"\n" + decoded(user["client-key-data"]))
        pair.flush()
        context.load_cert_chain(pair.name)
    connector = aiohttp.TCPConnector(limit=CONNECTIONS, ssl=context)
    headers = {"content-type": "application/json", "accept": "application/json"}
    return aiohttp.ClientSession(cluster["server"], connector=connector, headers=headers)


def decoded(written: str) -> bytes:
    return base64.b64decode(written)


async def create(session: aiohttp.ClientSession, child: dict[str, Any]) -> None:
    version = child["apiVersion"]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    path = f"{root}/namespaces/{child['metadata']['namespace']}/{PLURALS[child['kind']]}"
    async with session.post(path, data=json.dumps(child)) as answer:
        await answer.read()
        # It is there already: made by an earlier attempt of this very handler.
        if answer.status not in (201, 409):
            raise RuntimeError(f"POST {path}: {answer.status}")
