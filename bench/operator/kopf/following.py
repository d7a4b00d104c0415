"""Keeps children as they were made: watches each of their kinds, and writes again what was changed or taken away."""

from typing import Any

import aiohttp
import kopf
from connection import apply

LABELS = {"app.kubernetes.io/managed-by": "tidegate"}
KINDS = {
    "deployments": "apps",
    "services": "",
    "horizontalpodautoscalers": "autoscaling",
    "poddisruptionbudgets": "policy",
    "networkpolicies": "networking.k8s.io",
    "ingresses": "networking.k8s.io",
}

# What each child should be, by kind, namespace and name.
wanted: dict[tuple[str, str, str], dict[str, Any]] = {}


def key(child: dict[str, Any]) -> tuple[str, str, str]:
    return child["kind"], child["metadata"]["namespace"], child["metadata"]["name"]


def remember(children: list[dict[str, Any]]) -> None:
    for child in children:
        wanted[key(child)] = child


def follow() -> None:
    for plural, group in KINDS.items():
        kopf.on.event(group, plural, labels=LABELS, id=f"follow-{plural}")(followed)


async def followed(event: kopf.RawEvent, memo: kopf.Memo, **_: Any) -> None:
    live = dict(event["object"])
    child = wanted.get(key(live))
    if child is not None and (event["type"] == "DELETED" or not includes(live["spec"], child["spec"])):
        session: aiohttp.ClientSession = memo.session
        await apply(session, child)


def includes(whole: Any, part: Any) -> bool:
    """Everything of the part stands in the whole, which may say more."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(includes(whole.get(name), value) for name, value in part.items())
    if isinstance(part, list):
        return isinstance(whole, list) and len(whole) == len(part) and all(map(includes, whole, part))
    return bool(whole == part) or (whole is None and part in (False, 0, ""))
