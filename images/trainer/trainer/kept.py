"""Keeps the bundles of one run: the runners-up first and the best last, so that where the best is, all of them are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .bundle import RUN_FILE, Place, Written, existing_bundle, set_aside, write_bundle, written_as
from .contract import RunnerUp
from .log import log


@dataclass(frozen=True)
class Bundle:
    """What one candidate leaves; the record becomes its run.json."""

    files: Mapping[str, bytes]
    record: dict[str, Any]


def keep(place: Place, bundles: list[Bundle]) -> tuple[Written, dict[str, Any]]:
    """Writes all of them, and answers for the best, whose record tells of the others. They come the best first."""
    best, *others = bundles
    runners_up: list[RunnerUp] = []
    for rank, bundle in reversed(list(enumerate(others, 2))):
        written = _settle(place.ranked(rank), bundle)
        result = bundle.record["summary"]
        about: RunnerUp = {
            "digest": written.digest,
            "sizeBytes": written.size,
            "algorithm": result["algorithm"],
            "metrics": [{"name": metric["name"], "value": metric["value"]} for metric in result["metrics"]],
        }
        runners_up.insert(0, about)
    record = {**best.record, "summary": {**best.record["summary"], "runners_up": runners_up}}
    return write_bundle(place, best.files, record), record


def kept_already(place: Place) -> tuple[Written, dict[str, Any]] | None:
    """What an earlier pod of the same job kept, when all of it is whole."""
    found = existing_bundle(place)
    if found is None:
        return None
    for rank, about in enumerate(found[1].get("summary", {}).get("runners_up", []), 2):
        other = existing_bundle(place.ranked(rank))
        if other is None or other[0].digest != about["digest"]:
            set_aside(place, "a bundle that was kept beside it is not what it was")
            return None
    return found


def record_of(place: Place) -> dict[str, Any]:
    """The run.json of a bundle that is known to be whole."""
    record: dict[str, Any] = json.loads((place.folder / RUN_FILE).read_bytes())
    return record


def _settle(place: Place, bundle: Bundle) -> Written:
    """An earlier pod may have ended between this one and the best: nobody was told of it, so the same is kept, and another gives way."""
    found = existing_bundle(place)
    if found is not None and found[0] == written_as(bundle.files):
        log("info", "an earlier pod of this job wrote this bundle already", path=place.path, digest=found[0].digest)
        return found[0]
    if found is not None:
        set_aside(place, "it is not what this pod has trained")
    return write_bundle(place, bundle.files, bundle.record)
