"""Keeps a bundle whole: written beside its place, synced, renamed once, and known by the digest of what is in it."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .contract import ENV_JOB_UID
from .failure import Failure
from .log import log
from .wording import shown

#: Times and ids of the run; the only file that the digest leaves out.
RUN_FILE: Final = "run.json"


@dataclass(frozen=True)
class Place:
    """Where the bundle of a run goes on the artifacts volume."""

    root: Path
    model: str
    uid: str

    @property
    def path(self) -> str:
        return f"{self.model}/{self.uid}"

    @property
    def folder(self) -> Path:
        return self.root / self.model / self.uid

    def ranked(self, rank: int) -> "Place":
        """Where the bundle of that rank goes; the best has the plain name."""
        return self if rank == 1 else Place(self.root, self.model, f"{self.uid}-{rank}")

    @property
    def _temporary_prefix(self) -> str:
        return f".{self.uid}.tmp-"

    def temporary(self) -> Path:
        return self.folder.parent / f"{self._temporary_prefix}{os.getpid()}-{time.time_ns()}"

    def remove_leftovers(self) -> None:
        """What an earlier pod of the same job began and did not end."""
        for left in self.folder.parent.glob(f"{self._temporary_prefix}*"):
            log("info", "a bundle that was not finished is removed", path=str(left))
            shutil.rmtree(left, ignore_errors=True)


def place_for(root: Path, model: str) -> Place:
    """The place, named by the uid of the Job."""
    uid = os.environ.get(ENV_JOB_UID, "")
    if not uid or len(uid) > 64 or not all(c.isascii() and (c.isalnum() or c == "-") for c in uid):
        raise Failure("ConfigInvalid", f"{ENV_JOB_UID}: must be the uid of the Job, got {shown(uid)}; set it from the pod's metadata")
    if not model or len(model) > 63 or not all(c.isascii() and (c.isalnum() or c == "-") for c in model):
        raise Failure("ConfigInvalid", f"model: {shown(model)} is not a name; use lower-case letters, digits and '-', at most 40")
    return Place(root, model, uid)


def canonical(listing: Mapping[str, tuple[str, int]]) -> bytes:
    """One line of sha256, size and path for each file of a bundle but run.json, sorted by the bytes of the path."""
    lines = [
        f"{sha256}  {size}  {path}\n"
        for path, (sha256, size) in sorted(listing.items(), key=lambda item: item[0].encode())
        if path != RUN_FILE
    ]
    return "".join(lines).encode()


def digest_of(listing: Mapping[str, tuple[str, int]]) -> str:
    """The digest of a bundle is that of its canonical listing."""
    return f"sha256:{hashlib.sha256(canonical(listing)).hexdigest()}"


def list_folder(folder: Path) -> dict[str, tuple[str, int]]:
    """sha256 and size of every file below the folder."""
    listing = {}
    for file in folder.rglob("*"):
        if file.is_symlink() or not file.is_dir():
            with file.open("rb") as content:
                sha256 = hashlib.file_digest(content, "sha256").hexdigest()
            listing[file.relative_to(folder).as_posix()] = (sha256, file.lstat().st_size)
    return listing


@dataclass(frozen=True)
class Written:
    digest: str
    size: int


def written_as(files: Mapping[str, bytes]) -> Written:
    """Digest and size of these files as a bundle."""
    listing = {path: (hashlib.sha256(content).hexdigest(), len(content)) for path, content in files.items()}
    return Written(digest_of(listing), sum(size for _, size in listing.values()))


def write_bundle(place: Place, files: Mapping[str, bytes], run: Mapping[str, Any]) -> Written:
    """Writes all files and makes them visible at once."""
    written = written_as(files)
    run_file = json.dumps({**run, "digest": written.digest, "sizeBytes": written.size}, indent=2).encode() + b"\n"
    os.umask(0o022)
    try:
        place.folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.temporary()
        for path, content in {**files, RUN_FILE: run_file}.items():
            _write(temporary / path, content)
        for folder in (temporary, *(path for path in temporary.rglob("*") if path.is_dir())):
            _sync_folder(folder)
        temporary.rename(place.folder)
        _sync_folder(place.folder.parent)
    except OSError as error:
        raise storage_failure(place, error) from error
    return written


def existing_bundle(place: Place) -> tuple[Written, dict[str, Any]] | None:
    """The bundle of an earlier pod of the same job with its run.json, when it is whole; a damaged one is moved aside."""
    try:
        place.remove_leftovers()
        if not place.folder.is_dir():
            return None
        listing = list_folder(place.folder)
        run = _read_run(place.folder)
        if run.get("digest") == digest_of(listing):
            return Written(run["digest"], sum(size for path, (_, size) in listing.items() if path != RUN_FILE)), run
    except OSError as error:
        raise storage_failure(place, error) from error
    set_aside(place, "it is damaged")
    return None


def set_aside(place: Place, why: str) -> None:
    """Makes room for another bundle; nothing is deleted."""
    aside = place.folder.with_name(f".{place.uid}.damaged-{time.time_ns()}")
    log("warn", f"the bundle of an earlier pod is moved aside: {why}", path=str(aside))
    try:
        place.folder.rename(aside)
    except OSError as error:
        raise storage_failure(place, error) from error


def storage_failure(place: Place, error: OSError) -> Failure:
    return Failure(
        "StorageFailed",
        f"the bundle cannot be written to {place.path} on the artifacts claim: {error.strerror or error}; "
        "check the free space of the claim, and that user or group 10001 may write to it",
    )


def _read_run(folder: Path) -> dict[str, Any]:
    try:
        run = json.loads((folder / RUN_FILE).read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return run if isinstance(run, dict) else {}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
