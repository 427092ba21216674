"""What people send is judged by its contents, and kept under a name that is safe to say."""

import pickle
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.datasets import errors, sources, uploads
from domain.settings import Settings
from specs.kinds.dataset.dataset_import import DatasetImport
from tests.factories import make_job
from workers.tasks.dataset import dataset_import


def stage(settings: Settings, data: bytes) -> Path:
    path = uploads.make_staging(settings) / "file"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("a.zip", b"PK\x03\x04...", "application/zip"),
        ("a.bin", b"PAR1....", "application/vnd.apache.parquet"),
        ("A.CSV", b"image,caption\n", "text/csv"),
        ("a.jsonl", b"{}", "application/jsonl"),
    ],
)
def test_upload_is_kept_with_its_kind_and_digest(
    session: Session, settings: Settings, name: str, data: bytes, media_type: str
) -> None:
    artifact = uploads.accept(session, stage(settings, data), name, settings)
    assert (artifact.kind, artifact.media_type) == ("upload", media_type)
    assert artifact.size_bytes == len(data)
    with storage.open_read(artifact.uri) as file:
        assert file.read() == data


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        ("a.zip", b"", "empty"),
        ("a.csv", pickle.dumps([1]), "a Python pickle, which can run code and is never opened"),
        ("a.csv", b"\x00\x01", "of another kind, by its contents"),
        ("a.exe", b"hello", "neither CSV, JSONL nor Markdown, by its name"),
    ],
)
def test_upload_of_another_kind_is_refused_and_leaves_nothing(
    session: Session, settings: Settings, name: str, data: bytes, found: str
) -> None:
    with pytest.raises(errors.UploadRefused) as caught:
        uploads.accept(session, stage(settings, data), name, settings)
    assert str(caught.value).startswith(f"'{name}' is {found}. Upload a zip archive,")
    assert session.scalar(select(func.count()).select_from(Artifact)) == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\a b.zip", "a-b.zip"),
        (".hidden", "hidden"),
        ("ข้อมูล.csv", "ข้อมูล.csv"),
        ("", "upload"),
        ("a\x00\n?.csv", "a---.csv"),
        ("ข" * 250 + ".csv", "ข" * 65 + ".csv"),
    ],
)
def test_name_of_an_upload_is_safe_to_say(given: str, kept: str) -> None:
    assert uploads.clean_name(given) == kept


def test_job_reads_an_upload_under_the_name_it_came_with(
    session: Session, settings: Settings
) -> None:
    artifact = uploads.accept(session, stage(settings, b"image,caption\n"), "a.csv", settings)
    spec = DatasetImport(name="N", source=f"{sources.UPLOAD}{artifact.id}", licence="L")
    arguments = dataset_import.prepare(session, make_job(session), spec, settings)
    assert arguments["source_name"] == "a.csv"
    assert Path(arguments["path"]).read_bytes() == b"image,caption\n"


def test_upload_whose_bytes_are_gone_says_so(session: Session, settings: Settings) -> None:
    artifact = uploads.accept(session, stage(settings, b"image,caption\n"), "a.csv", settings)
    storage.delete(artifact.uri)
    spec = DatasetImport(name="N", source=f"{sources.UPLOAD}{artifact.id}", licence="L")
    with pytest.raises(errors.SourceMissing):
        dataset_import.prepare(session, make_job(session), spec, settings)
