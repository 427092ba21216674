"""Items, problems and previews are read from the files a page at a time."""

import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from domain.artifacts.errors import FileMissing
from domain.artifacts.models import Artifact
from domain.datasets import contents, errors
from domain.settings import Settings
from tests import pictures
from tests.factories import make_dataset
from tests.imports import import_folder


@pytest.fixture
def folder(settings: Settings) -> Path:
    """Positions 1, 3 and 5 have a problem, the last of another kind."""
    folder = pictures.write_folder(settings.inbox / "many", num_items=8)
    (folder / "001.jpg").write_bytes(b"<svg/>")
    (folder / "003.jpg").write_bytes(b"<svg/>")
    (folder / "005.txt").unlink()
    return folder


def test_items_are_paged_without_their_pictures(
    session: Session, settings: Settings, folder: Path
) -> None:
    dataset = import_folder(session, settings, folder)
    artifact = session.get_one(Artifact, dataset.artifact_id)
    num_shards = dataset.summary["num_shards"]
    first = contents.list_items(artifact, num_shards, limit=3)
    rest = contents.list_items(artifact, num_shards, after=first[-1]["position"])
    assert [row["position"] for row in first] == [0, 2, 4]
    assert [row["position"] for row in rest] == [6, 7]
    assert first[0]["caption"] == "Caption 0"
    assert first[0]["metadata"] == {}
    assert "image" not in first[0]


def test_problems_are_paged_and_filtered(
    session: Session, settings: Settings, folder: Path
) -> None:
    dataset = import_folder(session, settings, folder)
    artifact = session.get_one(Artifact, dataset.artifact_id)
    listed = contents.list_problems(artifact)
    assert [row.reference for row in listed] == ["001.jpg", "003.jpg", "005.jpg"]
    svg = contents.list_problems(artifact, reason="not_a_picture", limit=1)
    more = contents.list_problems(artifact, reason="not_a_picture", start=svg[-1].number + 1)
    assert [row.reference for row in (*svg, *more)] == ["001.jpg", "003.jpg"]
    assert contents.list_problems(artifact, start=3) == []


def test_preview_is_a_small_picture(session: Session, settings: Settings) -> None:
    dataset = import_folder(session, settings)
    artifact = session.get_one(Artifact, dataset.artifact_id)
    sample = dataset.summary["sample"]
    data = contents.read_preview(artifact, sample, sample[0]["position"])
    assert Image.open(io.BytesIO(data)).format == "WEBP"
    with pytest.raises(errors.PreviewNotFound):
        contents.read_preview(artifact, sample, 999)


def test_files_that_are_gone_say_so(session: Session) -> None:
    artifact = session.get_one(Artifact, make_dataset(session).artifact_id)
    with pytest.raises(FileMissing):
        contents.list_problems(artifact)
