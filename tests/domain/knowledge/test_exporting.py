"""A base as files: what computations read, whatever becomes of the base meanwhile."""

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts.errors import ArtifactReleased
from domain.jobs.models import JobState
from domain.knowledge import curating, errors, exporting, queries
from specs.kinds.knowledge.knowledge_import import KnowledgeImport
from specs.knowledge import PassageLine
from tests import pictures
from tests.factories import make_artifact, make_job, make_knowledge_base


def read_rows(folder: Path) -> list[dict[str, str]]:
    lines = (folder / "passages.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_passages_that_were_meant_are_written_though_the_base_has_changed(
    session: Session, tmp_path: Path
) -> None:
    base = make_knowledge_base(session, "Soto.", "Rendang.", name="Dishes")
    meant = base.digest
    first, _ = queries.list_passages(session, base.id)
    curating.edit(session, base.id, first.id, {"text": "Soto ayam.", "country": "ID"}, actor=None)
    folder = exporting.write_folder(session, base, meant, tmp_path)
    assert [row["text"] for row in read_rows(folder)] == ["Soto.", "Rendang."]
    assert json.loads((folder / "knowledge.json").read_text()) == {
        "name": "Dishes", "digest": meant, "num_passages": 2,
    }  # fmt: skip
    now = exporting.write_folder(session, base, base.digest, tmp_path)
    line = PassageLine(text="Soto ayam.", country="ID")
    assert read_rows(now)[0] == json.loads(line.to_json())
    assert "".join(exporting.write_lines(session, base)) == (now / "passages.jsonl").read_text()
    assert exporting.write_folder(session, base, meant, tmp_path) == folder


def test_a_digest_that_the_base_never_had_is_refused(session: Session, tmp_path: Path) -> None:
    base = make_knowledge_base(session, "Soto.", name="Dishes")
    with pytest.raises(errors.RevisionUnknown, match="'Dishes' never had the passages"):
        exporting.write_folder(session, base, "0" * 64, tmp_path)


def test_pictures_come_along_from_where_they_were_imported(
    session: Session, tmp_path: Path
) -> None:
    (tmp_path / "made" / "pictures").mkdir(parents=True)
    (tmp_path / "made" / "pictures" / "a.png").write_bytes(pictures.png())
    artifact = make_artifact(session, kind="knowledge", uri=(tmp_path / "made").as_uri())
    spec = KnowledgeImport(name="Dishes", source="a.md")
    job = make_job(session, state=JobState.SUCCEEDED, spec=spec)
    base = make_knowledge_base(session)
    lines = [PassageLine(text="Soto.", picture="pictures/a.png")]
    curating.take_in(session, base.id, lines, artifact=artifact, job=job)
    folder = exporting.write_folder(session, base, base.digest, tmp_path / "out")
    assert (folder / "pictures" / "a.png").read_bytes() == pictures.png()
    with pytest.raises(errors.FolderTooLarge, match=r"pictures of .* have more than 0 MB"):
        exporting.write_folder(session, base, base.digest, tmp_path / "small", most_bytes=10)
    (passage,) = queries.list_passages(session, base.id)
    assert exporting.read_picture(session, passage) == pictures.png()
    artifacts.release(session, artifact.id)
    with pytest.raises(ArtifactReleased):
        exporting.write_folder(session, base, base.digest, tmp_path / "later")
    assert not list((tmp_path / "later").glob(f"{base.digest}"))
    bare = curating.edit(
        session, base.id, passage.id, {"text": "Soto."}, actor=None, keep_picture=False
    )
    assert (bare.picture, bare.artifact_id) == ("", None)
    with pytest.raises(errors.NoPassagePicture):
        exporting.read_picture(session, bare)
