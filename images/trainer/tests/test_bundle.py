"""A bundle is whole or not there, and its digest names its content."""

import errno
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.bundle import Place, digest_of, existing_bundle, list_folder, place_for, write_bundle
from trainer.failure import Failure

from .building import UID

FILES = {"model.onnx": b"graph", "manifest.json": b"{}", "evaluation/report.json": b"[]", "evaluation/a-b.txt": b""}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, "iris", UID)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_the_digest_is_that_of_the_listing(place: Place) -> None:
    written = write_bundle(place, FILES, {"run": 1})
    listing = (
        f"{sha(b'')}  0  evaluation/a-b.txt\n{sha(b'[]')}  2  evaluation/report.json\n"
        f"{sha(b'{}')}  2  manifest.json\n{sha(b'graph')}  5  model.onnx\n"
    )
    assert written.digest == f"sha256:{sha(listing.encode())}"
    assert written.size == 9
    assert digest_of(list_folder(place.folder)) == written.digest


def test_a_bundle_is_found_again_with_its_run(place: Place) -> None:
    written = write_bundle(place, FILES, {"run": 1})
    found = existing_bundle(place)
    assert found is not None
    assert found[0] == written
    assert found[1] == {"run": 1, "digest": written.digest, "sizeBytes": 9}


def test_everybody_may_read_a_bundle_and_nothing_else_is_left(place: Place) -> None:
    write_bundle(place, FILES, {})
    assert {oct(path.stat().st_mode & 0o777) for path in place.folder.rglob("*") if path.is_file()} == {"0o644"}
    assert oct(place.folder.stat().st_mode & 0o777) == "0o755"
    assert [path.name for path in place.folder.parent.iterdir()] == [UID]


@pytest.mark.parametrize("damage", ["change", "remove", "add", "run"])
def test_a_damaged_bundle_is_moved_aside(place: Place, damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_bundle(place, FILES, {})
    match damage:
        case "change":
            (place.folder / "model.onnx").write_bytes(b"grapH")
        case "remove":
            (place.folder / "manifest.json").unlink()
        case "add":
            (place.folder / "evaluation" / "more").write_bytes(b"")
        case _:
            (place.folder / "run.json").write_bytes(b"[]")
    assert existing_bundle(place) is None
    assert not place.folder.exists()
    assert [path.name.startswith(f".{UID}.damaged-") for path in place.folder.parent.iterdir()] == [True]
    assert "moved aside: it is damaged" in capsys.readouterr().out


def test_leftovers_of_the_same_job_are_removed_and_others_are_not(place: Place) -> None:
    mine, other = place.temporary(), Place(place.root, "iris", "another").temporary()
    for folder in (mine, other):
        folder.mkdir(parents=True)
        (folder / "model.onnx").write_bytes(b"half")
    assert existing_bundle(place) is None
    assert not mine.exists()
    assert other.exists()


def test_no_bundle_is_found_on_an_empty_volume(place: Place) -> None:
    assert existing_bundle(place) is None


def test_a_second_pod_that_comes_late_changes_nothing(place: Place) -> None:
    first = write_bundle(place, FILES, {})
    with pytest.raises(Failure, match="Directory not empty"):
        write_bundle(place, {**FILES, "model.onnx": b"other"}, {})
    assert digest_of(list_folder(place.folder)) == first.digest


@pytest.mark.parametrize(("code", "words"), [(errno.ENOSPC, "No space left on device"), (errno.EROFS, "Read-only file system")])
def test_a_volume_that_takes_nothing_fails_the_run_for_a_retry(
    place: Place, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, words)

    monkeypatch.setattr("trainer.bundle.os.fsync", refuse)
    with pytest.raises(Failure) as failure:
        write_bundle(place, FILES, {})
    assert (failure.value.reason, failure.value.exit_code) == ("StorageFailed", 1)
    assert failure.value.message == (
        f"the bundle cannot be written to iris/{UID} on the artifacts claim: {words}; "
        "check the free space of the claim, and that user or group 10001 may write to it"
    )
    assert not place.folder.exists()


def test_a_volume_that_is_a_file_fails_the_run_for_a_retry(tmp_path: Path) -> None:
    (tmp_path / "iris").write_bytes(b"")
    with pytest.raises(Failure, match="the bundle cannot be written") as failure:
        write_bundle(Place(tmp_path, "iris", UID), FILES, {})
    assert failure.value.reason == "StorageFailed"


@pytest.mark.parametrize("uid", ["", "../x", "a/b", "u" * 65, "ü"])
def test_a_uid_that_is_no_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uid: str) -> None:
    monkeypatch.setenv("TIDEGATE_JOB_UID", uid)
    with pytest.raises(Failure, match=r"TIDEGATE_JOB_UID: must be the uid of the Job, got '.*'; set it from the pod's metadata"):
        place_for(tmp_path, "iris")


@pytest.mark.parametrize("model", ["", "..", "a/b", "m" * 64])
def test_a_model_that_is_no_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    monkeypatch.setenv("TIDEGATE_JOB_UID", UID)
    with pytest.raises(Failure, match="is not a name"):
        place_for(tmp_path, model)


PATHS = st.text("ab/-.é", min_size=1, max_size=6)
LISTINGS = st.dictionaries(PATHS, st.tuples(st.just("0" * 64), st.integers(0, 99)), max_size=5)


@given(LISTINGS)
def test_the_digest_does_not_depend_on_the_order_or_on_run_json(listing: dict[str, tuple[str, int]]) -> None:
    turned = dict(reversed(listing.items()))
    assert digest_of(listing) == digest_of(turned) == digest_of({**listing, "run.json": ("1" * 64, 5)})


def test_run_json_carries_the_digest(place: Place) -> None:
    written = write_bundle(place, FILES, {"jobUid": UID})
    assert json.loads((place.folder / "run.json").read_bytes())["digest"] == written.digest
