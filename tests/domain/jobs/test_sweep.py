import datetime as dt
import os
import uuid
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts import service as artifacts
from domain.jobs import sweep
from domain.jobs.models import JobState
from tests.factories import make_job

WEEK = dt.timedelta(days=7)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "var"


def make_file(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "file").write_text("x")
    return folder


def root(data: Path) -> str:
    return (data / "artifacts").as_uri()


def test_the_winners_folder_stays_and_the_others_go(session: Session, data: Path) -> None:
    job = make_job(session, state=JobState.SUCCEEDED, fencing_token=12)
    jobs = data / "artifacts" / "jobs" / str(job.id)
    won, lost = make_file(jobs / "12"), make_file(jobs / "1")
    artifacts.record(session, kind="x", uri=won.as_uri(), sha256="0" * 64, size_bytes=1)
    assert sweep.sweep_published(session, root(data)) == [lost.as_uri()]
    assert won.exists()
    assert not lost.exists()


def test_what_a_running_attempt_has_just_published_stays(session: Session, data: Path) -> None:
    job = make_job(session, state=JobState.RUNNING, fencing_token=2)
    jobs = data / "artifacts" / "jobs" / str(job.id)
    now, before = make_file(jobs / "2"), make_file(jobs / "1")
    sweep.sweep_published(session, root(data))
    assert now.exists()
    assert not before.exists()


def test_folders_of_unknown_jobs_go_and_other_names_stay(session: Session, data: Path) -> None:
    jobs = data / "artifacts" / "jobs"
    orphan, foreign = make_file(jobs / str(uuid.uuid4()) / "1"), make_file(jobs / "notes")
    sweep.sweep_published(session, root(data))
    assert not orphan.exists()
    assert foreign.exists()


def test_only_running_attempts_keep_their_unpublished_folder(session: Session, data: Path) -> None:
    job = make_job(session, state=JobState.RUNNING, fencing_token=2)
    staging = data / "artifacts" / ".staging"
    mine, old = make_file(staging / f"{job.id}-2"), make_file(staging / f"{job.id}-1")
    upload = make_file(staging / "upload-7")
    assert sweep.sweep_local(session, root(data), data, keep_state=WEEK) == 1
    assert mine.exists()
    assert upload.exists()
    assert not old.exists()


def test_a_file_whose_sending_was_cut_off_days_ago_goes(session: Session, data: Path) -> None:
    upload = make_file(data / "artifacts" / ".staging" / "upload-7")
    long_ago = clock.now().timestamp() - 3 * 24 * 3600
    os.utime(upload, (long_ago, long_ago))
    assert sweep.sweep_local(session, root(data), data, keep_state=WEEK) == 1
    assert not upload.exists()


@pytest.mark.parametrize(
    ("state", "age_days", "stays"),
    [
        (JobState.SUCCEEDED, 0, False),
        (JobState.CANCELLED, 1, True),
        (JobState.CANCELLED, 8, False),
        (JobState.QUEUED, 0, True),
        (JobState.RUNNING, 0, True),
    ],
)
def test_what_a_job_saved_stays_while_it_can_be_resumed(
    session: Session, data: Path, state: str, age_days: int, *, stays: bool
) -> None:
    finished = (
        clock.now() - dt.timedelta(days=age_days) if state in ("succeeded", "cancelled") else None
    )
    job = make_job(session, state=state, finished_at=finished)
    saved = make_file(data / "state" / str(job.id) / "0")
    sweep.sweep_local(session, root(data), data, keep_state=WEEK)
    assert saved.exists() == stays


def test_an_empty_installation_has_nothing_to_sweep(session: Session, data: Path) -> None:
    assert sweep.sweep_published(session, root(data)) == []
    assert sweep.sweep_local(session, root(data), data, keep_state=WEEK) == 0
