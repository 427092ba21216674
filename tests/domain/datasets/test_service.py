"""Data sets: a name once, a source inside the allowed folders, archived and never deleted."""

import uuid
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.datasets import errors, queries, service, sources
from domain.datasets.models import Dataset
from domain.jobs.models import Job, JobState
from domain.launches import errors as launch_errors
from domain.launches import service as launches
from domain.settings import Settings
from domain.shelf import errors as shelf_errors
from domain.shelf import service as shelf
from domain.users.models import AuditEntry
from domain.users.person import Person
from specs.kinds.dataset.dataset_import import DatasetImport
from tests import pictures
from tests.factories import make_dataset, make_job, make_user
from tests.imports import import_folder


@pytest.fixture
def actor(session: Session) -> Person:
    return Person.of(make_user(session, role="researcher"))


@pytest.fixture
def folder(settings: Settings) -> Path:
    return pictures.write_folder(settings.inbox / "pictures")


def make_spec(**fields: str) -> DatasetImport:
    given = {"name": "Pictures", "source": "pictures", "licence": "CC0-1.0"}
    return DatasetImport.model_validate({**given, **fields})


def count_jobs(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Job)) or 0


def test_import_is_queued_and_audited(
    session: Session, settings: Settings, actor: Person, folder: Path
) -> None:
    job = launches.launch(session, make_spec(), settings, actor=actor).job
    assert (job.kind, job.state) == ("dataset.import", JobState.QUEUED)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id) == ("job.launch", str(job.id))


def test_name_that_is_taken_is_refused_before_anything_is_queued(
    session: Session, settings: Settings, actor: Person, folder: Path
) -> None:
    make_dataset(session, name="Pictures")
    num_jobs = count_jobs(session)
    with pytest.raises(shelf_errors.NameTaken) as caught:
        launches.launch(session, make_spec(), settings, actor=actor)
    assert str(caught.value) == (
        "There is already a data set named 'Pictures'. Choose another name."
    )
    assert caught.value.field == "name"
    assert count_jobs(session) == num_jobs


def test_name_of_an_import_under_way_is_refused(
    session: Session, settings: Settings, actor: Person, folder: Path
) -> None:
    launches.launch(session, make_spec(), settings, actor=actor)
    with pytest.raises(launch_errors.JobUnderWay, match="makes 'Pictures' is queued or running"):
        launches.launch(session, make_spec(), settings, actor=actor)


def test_name_is_checked_again_when_the_import_ends(session: Session, settings: Settings) -> None:
    import_folder(session, settings)
    with pytest.raises(shelf_errors.NameTaken):
        import_folder(session, settings)


@pytest.mark.parametrize("source", ["/etc", "/", "../../etc", "pictures/../../../x", "link"])
def test_source_outside_the_roots_names_the_roots(
    session: Session, settings: Settings, actor: Person, folder: Path, source: str
) -> None:
    (settings.inbox / "link").symlink_to("/etc")
    with pytest.raises(errors.SourceOutsideRoots) as caught:
        launches.launch(session, make_spec(source=source), settings, actor=actor)
    assert str(settings.inbox) in str(caught.value)
    assert count_jobs(session) == 0


def test_source_that_is_not_there(session: Session, settings: Settings, actor: Person) -> None:
    with pytest.raises(errors.SourceMissing, match="There is no file or folder 'nothing'"):
        launches.launch(session, make_spec(source="nothing"), settings, actor=actor)


@pytest.mark.parametrize("source", ["upload:", "upload:nonsense", f"upload:{uuid.UUID(int=7)}"])
def test_upload_that_is_not_there(
    session: Session, settings: Settings, actor: Person, source: str
) -> None:
    with pytest.raises(errors.UploadUnknown):
        launches.launch(session, make_spec(source=source), settings, actor=actor)


def test_another_artifact_is_no_upload(session: Session, settings: Settings, actor: Person) -> None:
    dataset = make_dataset(session)
    with pytest.raises(errors.UploadUnknown):
        sources.find(session, f"upload:{dataset.artifact_id}", settings)


def test_further_roots_are_allowed_by_the_settings(tmp_path: Path, settings: Settings) -> None:
    pictures.write_folder(tmp_path / "shared" / "a")
    wider = settings.model_copy(update={"import_roots": (tmp_path / "shared",)})
    assert sources.confine("a", wider.allowed_import_roots) == tmp_path / "shared" / "a"
    listed = sources.list_suggestions(wider.allowed_import_roots)
    assert listed == [tmp_path / "shared" / "a"]


def test_row_holds_what_the_import_found(session: Session, settings: Settings) -> None:
    dataset = import_folder(session, settings)
    assert (dataset.num_items, dataset.num_problems, dataset.source_kind) == (3, 1, "folder")
    assert dataset.summary["counts"]["problem"] == {"not_a_picture": 1}
    assert dataset.summary["num_left_out"] == 1
    assert len(dataset.summary["sample"]) == 3
    job = session.get_one(Job, dataset.job_id)
    assert job.result == {
        "dataset_id": str(dataset.id), "rows": {"": str(dataset.id)}, "name": "Pictures",
        "digest": dataset.digest, "num_items": 3, "num_problems": 1,
    }  # fmt: skip


def test_archived_data_sets_leave_the_list_and_come_back(session: Session, actor: Person) -> None:
    first, second = make_dataset(session), make_dataset(session)
    service.archive(session, first.id, actor=actor)
    session.flush()
    assert queries.list_datasets(session) == [second]
    assert queries.list_datasets(session, archived=True) == [first]
    assert (queries.count_datasets(session), queries.count_datasets(session, archived=True)) == (
        1,
        1,
    )
    with pytest.raises(shelf_errors.AlreadyArchived):
        service.archive(session, first.id, actor=actor)
    service.unarchive(session, first.id, actor=actor)
    with pytest.raises(shelf_errors.NotArchived):
        service.unarchive(session, first.id, actor=actor)


def test_archived_name_stays_taken(session: Session, actor: Person) -> None:
    dataset = make_dataset(session, name="Old")
    service.archive(session, dataset.id, actor=actor)
    with pytest.raises(shelf_errors.NameTaken, match="already an archived data set named 'Old'"):
        shelf.check_name(session, Dataset, "Old")


def test_rename(session: Session, actor: Person) -> None:
    dataset, other = make_dataset(session), make_dataset(session, name="Taken")
    service.rename(session, dataset.id, "  New name ", actor=actor)
    assert session.get_one(Dataset, dataset.id).name == "New name"
    service.rename(session, other.id, "Taken", actor=actor)
    with pytest.raises(shelf_errors.NameTaken):
        service.rename(session, dataset.id, "Taken", actor=actor)
    with pytest.raises(shelf_errors.NameEmpty):
        service.rename(session, dataset.id, "  ", actor=actor)


def test_list_is_continued_by_cursor(session: Session) -> None:
    made = [make_dataset(session) for _ in range(3)]
    first = queries.list_datasets(session, limit=2)
    rest = queries.list_datasets(session, before=first[-1].id)
    assert [*first, *rest] == made[::-1]


def test_data_set_that_is_not_there(session: Session) -> None:
    with pytest.raises(errors.DatasetNotFound):
        service.get(session, uuid.uuid4())


def test_job_of_another_kind_does_not_hold_a_name(
    session: Session, settings: Settings, actor: Person, folder: Path
) -> None:
    make_job(session)
    launches.launch(session, make_spec(name="system.check"), settings, actor=actor)


@pytest.mark.parametrize("source", ["loop", "a" * 300, "loop/inside"])
def test_source_that_the_disk_cannot_even_look_up_is_not_there(
    session: Session, settings: Settings, source: str
) -> None:
    settings.inbox.mkdir(parents=True, exist_ok=True)
    (settings.inbox / "loop").symlink_to("loop")
    with pytest.raises(errors.SourceMissing):
        sources.find(session, source, settings)
