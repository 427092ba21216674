"""Deleting what nobody owns: folders of attempts that did not win, saved states nobody needs, and
files whose sending was cut off.

An attempt publishes its folder first and its rows after that, so a crash in between leaves a folder
without a row. Names are listed before rows are read: a folder that is there was published by an
attempt whose row, read later, is running still or has its artifact.
"""

import datetime as dt
import re
import shutil
import uuid
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.jobs import rules
from domain.jobs.models import Job, JobState

# Nobody sends a file for so long: whoever received it was killed.
_ON_ITS_WAY_IN = dt.timedelta(days=2)
_ATTEMPT = re.compile(r"^(?P<job>[0-9a-f-]{36})-(?P<token>\d+)$")


def sweep_published(session: Session, root_uri: str) -> list[str]:
    """Delete published folders that belong to no row. Returns their addresses."""
    jobs_uri = storage.join(root_uri, "jobs")
    gone = []
    for name in storage.list_names(jobs_uri):
        job_id = _read_id(name)
        if job_id is None:
            continue
        for token in storage.list_names(storage.join(jobs_uri, name)):
            uri = storage.join(jobs_uri, name, token)
            if not (_is_at_work(session, job_id, token) or _is_recorded(session, uri)):
                storage.delete(uri)
                gone.append(uri)
    return gone


def sweep_local(session: Session, root_uri: str, data: Path, *, keep_state: dt.timedelta) -> int:
    """Delete what attempts on this machine left behind. Returns how many folders."""
    root = storage.find_local(root_uri)
    stagings = [data / "work", *([root / ".staging"] if root else [])]
    gone = 0
    for folder in [each for staging in stagings for each in _list_folders(staging)]:
        if _is_left_behind(session, folder):
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    for folder in _list_folders(data / "state"):
        job_id = _read_id(folder.name)
        if job_id is not None and not _can_be_resumed(session, job_id, keep_state):
            shutil.rmtree(folder, ignore_errors=True)
            gone += 1
    return gone


def _is_left_behind(session: Session, folder: Path) -> bool:
    named = _ATTEMPT.match(folder.name)
    if named:
        return not _is_at_work(session, uuid.UUID(named["job"]), named["token"])
    age_s = clock.now().timestamp() - folder.stat().st_mtime
    return age_s > _ON_ITS_WAY_IN.total_seconds()


def _list_folders(folder: Path) -> list[Path]:
    return [each for each in folder.iterdir() if each.is_dir()] if folder.is_dir() else []


def _read_id(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(name)
    except ValueError:
        return None


def _is_at_work(session: Session, job_id: uuid.UUID, token: str) -> bool:
    row = session.execute(select(Job.state, Job.fencing_token).where(Job.id == job_id)).first()
    return row is not None and row[0] == JobState.RUNNING and str(row[1]) == token


def _is_recorded(session: Session, uri: str) -> bool:
    is_inside = Artifact.uri.startswith(f"{uri}/", autoescape=True)
    query = select(Artifact.id).where((Artifact.uri == uri) | is_inside).limit(1)
    return session.scalar(query) is not None


def _can_be_resumed(session: Session, job_id: uuid.UUID, keep_state: dt.timedelta) -> bool:
    row = session.execute(select(Job.state, Job.finished_at).where(Job.id == job_id)).first()
    if row is None or row[0] == JobState.SUCCEEDED:
        return False
    if row[0] not in rules.FINISHED or row[1] is None:
        return True
    return bool(clock.now() - row[1] < keep_state)
