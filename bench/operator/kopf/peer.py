"""The same work as the operator under test, in the framework's own way; BENCH_CONFIGURATION chooses how the framework is set up.

usual   the framework as it comes
quiet   nothing posted as events, logs of errors alone, workers that end as soon as they have nothing to do
events  like quiet, and the lowest-level handler, for which the framework keeps no records of its own in the object

With BENCH_FOLLOWS=yes it also keeps the children as they were made, which the operator under test always does.
"""

import asyncio
import logging
import os
from datetime import UTC, datetime
from typing import Any

import kopf
from children import children
from connection import connect, create, login
from following import follow, remember

GROUP, VERSION = "tidegate.io", "v1alpha1"
CONFIGURATION = os.environ["BENCH_CONFIGURATION"]
FOLLOWS = os.environ.get("BENCH_FOLLOWS") == "yes"
IMAGE = os.environ["TIDEGATE_SERVER_IMAGE"]
IDLE_SECONDS = 0.1

seen: dict[str, int] = {}


@kopf.on.startup()
async def begin(settings: kopf.OperatorSettings, memo: kopf.Memo, **_: Any) -> None:
    memo.session = connect()
    if CONFIGURATION != "usual":
        settings.posting.enabled = False
        settings.queueing.idle_timeout = IDLE_SECONDS
        logging.getLogger("kopf").setLevel(logging.ERROR)


@kopf.on.login()
async def authenticate(**_: Any) -> kopf.AiohttpSession:
    return login()


@kopf.on.cleanup()
async def end(memo: kopf.Memo, **_: Any) -> None:
    await memo.session.close()


@kopf.index(GROUP, VERSION, "models")
async def holders(namespace: str, name: str, status: kopf.Status, **_: Any) -> dict[Any, Any]:
    return {(namespace, name): dict(status.get("holders", {}))}


@kopf.index(GROUP, VERSION, "modelversions")
async def versions(namespace: str, spec: kopf.Spec, **_: Any) -> dict[Any, Any]:
    return {(namespace, spec["model"], spec["version"]): dict(spec)}


async def make(body: kopf.Body, patch: kopf.Patch, **given: Any) -> None:
    namespace, model = body["metadata"]["namespace"], body["spec"]["model"]
    (held,) = given["holders"][namespace, model]
    (version,) = given["versions"][namespace, model, held[body["spec"]["traffic"][0]["stage"]]]
    session = given["memo"].session
    wanted = children(dict(body), {"spec": version}, IMAGE)
    if FOLLOWS:
        remember(wanted)
    await asyncio.gather(*(create(session, child) for child in wanted))
    patch.status.update(status(body, version))


def status(body: kopf.Body, version: dict[str, Any]) -> dict[str, Any]:
    name, namespace = body["metadata"]["name"], body["metadata"]["namespace"]
    number, generation = version["version"], body["metadata"]["generation"]
    said = [
        ("Ready", "Unknown", "Starting", f"version {number}: 0 of 1 pods ready"),
        ("RolloutHealthy", "Unknown", "RollingOut", f"version {number}: 0 of 1 pods ready"),
        ("Scalable", "False", "PinnedToNode", "all pods run on the node that has the claim"),
        ("RouteReady", "Unknown", "RoutePending", "no Ingress controller has given the Ingress an address"),
    ]
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    common = {"observedGeneration": generation, "lastTransitionTime": moment}
    return {
        "observedGeneration": generation,
        "url": f"http://{body['spec']['ingress']['host']}",
        "address": f"http://{name}.{namespace}.svc",
        "entry": number,
        "traffic": [{"version": number, "digest": version["digest"], "replicas": 1, "ready": 0}],
        "replicas": 0,
        "conditions": [{"type": t, "status": s, "reason": r, "message": m, **common} for t, s, r, m in said],
    }


if FOLLOWS:
    follow()

if CONFIGURATION == "events":

    @kopf.on.event(GROUP, VERSION, "inferenceservices")
    async def changed(event: kopf.RawEvent, body: kopf.Body, patch: kopf.Patch, **given: Any) -> None:
        uid, generation = body["metadata"]["uid"], body["metadata"]["generation"]
        if event["type"] == "DELETED" or seen.get(uid) == generation:
            return
        seen[uid] = generation
        await make(body, patch, **given)

else:

    @kopf.on.create(GROUP, VERSION, "inferenceservices")
    async def created(body: kopf.Body, patch: kopf.Patch, **given: Any) -> None:
        await make(body, patch, **given)
