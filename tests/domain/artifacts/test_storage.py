"""The same promises on a disk and in S3, the latter on moto's server."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from domain.artifacts import errors, storage


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture(params=["file", "s3"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "file":
        return (tmp_path / "artifacts").as_uri()
    monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("s3_server"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    import fsspec  # noqa: PLC0415 - its instances keep the address they were made with

    fsspec.filesystem("s3").clear_instance_cache()
    bucket = f"ggez-{abs(hash(str(tmp_path))):x}"[:40]
    fsspec.filesystem("s3").mkdir(bucket)
    return f"s3://{bucket}/artifacts"


def make_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "made"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("one")
    (folder / "deep" / "b.txt").write_text("two")
    return folder


def read(uri: str) -> bytes:
    with storage.open_read(uri) as file:
        return file.read()


def test_a_folder_is_published_whole_and_moved(root: str, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    uri = storage.join(root, "jobs", "1", "7")
    storage.publish_folder(folder, uri)
    assert read(storage.join(uri, "a.txt")) == b"one"
    assert read(storage.join(uri, "deep", "b.txt")) == b"two"
    assert storage.list_names(uri) == ["a.txt", "deep"]
    assert not folder.exists()


def test_a_file_is_published_and_moved(root: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("three")
    storage.publish_file(tmp_path / "x", storage.join(root, "uploads", "x"))
    assert read(storage.join(root, "uploads", "x")) == b"three"
    assert not (tmp_path / "x").exists()


def test_what_is_published_is_never_replaced(root: str, tmp_path: Path) -> None:
    uri = storage.join(root, "jobs", "1")
    storage.publish_folder(make_folder(tmp_path), uri)
    with pytest.raises(errors.AlreadyPublished):
        storage.publish_folder(make_folder(tmp_path), uri)
    (tmp_path / "x").write_text("other")
    with pytest.raises(errors.AlreadyPublished):
        storage.publish_file(tmp_path / "x", storage.join(uri, "a.txt"))
    assert read(storage.join(uri, "a.txt")) == b"one"


def test_a_local_copy_has_the_same_files(root: str, tmp_path: Path) -> None:
    uri = storage.join(root, "jobs", "1")
    storage.publish_folder(make_folder(tmp_path), uri)
    with storage.local_copy(uri) as folder:
        assert (folder / "deep" / "b.txt").read_text() == "two"
    with storage.local_copy(storage.join(uri, "a.txt")) as file:
        assert file.read_text() == "one"


def test_deleting_is_final_and_may_be_repeated(root: str, tmp_path: Path) -> None:
    uri = storage.join(root, "jobs", "1")
    storage.publish_folder(make_folder(tmp_path), uri)
    for _ in range(2):
        storage.delete(uri)
        assert not storage.exists(uri)
        assert storage.list_names(uri) == []


def test_a_missing_file_is_named(root: str) -> None:
    with pytest.raises(errors.FileMissing, match="nothing"):
        read(storage.join(root, "nothing"))
    with pytest.raises(errors.FileMissing), storage.local_copy(storage.join(root, "nothing")):
        pass


def test_staging_is_empty_and_beside_the_artifacts(tmp_path: Path) -> None:
    root = (tmp_path / "artifacts").as_uri()
    first = storage.make_staging(root, tmp_path / "spare", "1")
    (first / "left over").write_text("x")
    again = storage.make_staging(root, tmp_path / "spare", "1")
    assert again == first == tmp_path / "artifacts" / ".staging" / "1"
    assert list(again.iterdir()) == []
    elsewhere = storage.make_staging("s3://bucket/x", tmp_path / "spare", "1")
    assert elsewhere == tmp_path / "spare" / "1"


@pytest.mark.parametrize("uri", ["http://host/x", "/plain/path", "ftp://host/x", "memory://x"])
def test_only_disks_and_s3_are_supported(uri: str) -> None:
    with pytest.raises(errors.SchemeNotSupported):
        storage.exists(uri)


def test_a_storage_that_does_not_answer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fsspec.filesystem", _refuse)
    with pytest.raises(errors.StorageAway, match="refused"):
        storage.exists("s3://bucket/x")


def _refuse(*_names: str, **_options: object) -> None:
    raise ConnectionRefusedError("connection refused")


def test_what_is_fetched_stays_and_is_fetched_once(root: str, tmp_path: Path) -> None:
    uri = storage.join(root, "jobs", "1", "7")
    storage.publish_folder(make_folder(tmp_path), uri)
    into = tmp_path / "inputs"
    found = storage.fetch(uri, into)
    assert (found / "deep" / "b.txt").read_text() == "two"
    assert storage.fetch(storage.join(uri, "deep"), into / "part").name == "deep"
    assert storage.fetch(storage.join(uri, "a.txt"), into).read_text() == "one"
    assert storage.fetch(uri, into) == found
    if root.startswith("file:"):
        assert not into.exists()
    else:
        (found / "a.txt").write_text("kept")
        assert (storage.fetch(uri, into) / "a.txt").read_text() == "kept"
    with pytest.raises(errors.FileMissing):
        storage.fetch(storage.join(root, "jobs", "2"), into)
