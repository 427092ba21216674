"""An installation as `ggez up` makes it, with open studies in it, and its books afterwards."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import Engine, distinct, func, or_, select, text
from sqlalchemy.orm import Session

from cli.machine import instance
from cli.machine.folder import DataFolder
from cli.machine.instance import Instance
from domain.artifacts.models import Artifact
from domain.db import connect
from domain.ratings import enrolment
from domain.ratings.models import Assignment, AssignmentState, Rating
from domain.settings import Settings
from domain.studies.models import ItemKind, Study, StudyItem, StudyPicture
from tests import pictures
from tests.factories import list_prompts, make_prompt_set
from tests.studies import make_design, make_draft, open_study

_STRATA = ("tradition", "landmark", "cuisine")
_SIDE = 256  # pixels of a picture
_NUM_DRAWN = 40  # different pictures; each file holds one of them


@dataclass(frozen=True, kw_only=True)
class Size:
    num_prompts: int
    num_arms: int
    quota: int

    @property
    def num_items(self) -> int:
        return self.num_prompts * self.num_arms


@dataclass(frozen=True, kw_only=True)
class Books:
    """What is in the database once everybody has gone."""

    num_ratings: int
    num_keys: int  # different ones
    num_scored: int  # primary and surplus
    num_full: int  # items that have all that they want
    num_wrong: int  # items over their quota, or whose count is not what was rated


class Installation:
    def __init__(self, data: Path) -> None:
        found = instance.find_running(DataFolder.at(data))
        assert found is not None, "It was started just now."
        self.running: Instance = found
        self.engine: Engine = connect(found.database_url)
        self._data = data

    def open_study(self, size: Size) -> str:
        """The address of an invite to a new one: likert, two criteria, with repeats."""
        settings = Settings(data=self._data, database_url=self.running.database_url)
        design = make_design(
            raters_per_item=size.quota, controls={"repeats": 0.05, "warn_after": 0}
        )
        with Session(self.engine) as session, session.begin():
            prompts = make_prompt_set(
                session, *(f"dish {n}" for n in range(size.num_prompts)), scope="regional"
            )
            for number, prompt in enumerate(list_prompts(session, prompts)):
                prompt.stratum = _STRATA[number % len(_STRATA)]
            session.flush()
            draft = make_draft(
                session, settings, design=design, prompts=prompts, num_arms=size.num_arms
            )
            study = open_study(session, draft)
            self._draw_pictures(session, study)
            return f"/join/{enrolment.invite(session, study, actor=None)}"

    def settle(self) -> None:
        """What PostgreSQL does by itself within a minute or two."""
        with self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))

    def read_books(self) -> Books:
        scored = (AssignmentState.PRIMARY, AssignmentState.SURPLUS)
        primary = func.count(Assignment.id).filter(Assignment.state == AssignmentState.PRIMARY)
        with Session(self.engine) as session:
            items = (
                select(StudyItem.id)
                .outerjoin(Assignment, Assignment.item_id == StudyItem.id)
                .group_by(StudyItem.id)
                .having(or_(primary > StudyItem.quota, primary != StudyItem.num_primary))
            )
            return Books(
                num_ratings=session.scalar(select(func.count(Rating.id))) or 0,
                num_keys=session.scalar(select(func.count(distinct(Rating.client_key)))) or 0,
                num_scored=session.scalar(
                    select(func.count())
                    .select_from(Assignment)
                    .join(StudyItem, StudyItem.id == Assignment.item_id)
                    .where(Assignment.state.in_(scored), StudyItem.kind != ItemKind.PRACTICE)
                )
                or 0,
                num_full=session.scalar(
                    select(func.count()).where(StudyItem.num_primary == StudyItem.quota)
                )
                or 0,
                num_wrong=session.scalar(select(func.count()).select_from(items.subquery())) or 0,
            )

    def read_processors(self) -> dict[str, float]:
        """Seconds of processor time so far: of the web, of PostgreSQL, of everything else here."""
        found = {
            "web": 0.0,
            "PostgreSQL": 0.0,
            "the rest": _sum_times(self.running.pid, below=False),
        }
        for name, pid in self.running.processes.items():
            group = {"web": "web", "postgres": "PostgreSQL"}.get(name.partition("-")[0], "the rest")
            found[group] += _sum_times(pid)
        own = psutil.Process().cpu_times()
        return {**found, "asking": own.user + own.system}

    def _draw_pictures(self, session: Session, study: Study) -> None:
        folder = self._data / "benchmark" / str(study.id)
        folder.mkdir(parents=True)
        drawn = [
            pictures.encode(pictures.draw(_SIDE, _SIDE, seed=n), "WEBP") for n in range(_NUM_DRAWN)
        ]
        rows = session.scalars(select(StudyPicture).where(StudyPicture.study_id == study.id))
        for number, row in enumerate(rows):
            (folder / row.file).write_bytes(drawn[number % _NUM_DRAWN])
            row.width = row.height = _SIDE
            session.get_one(Artifact, row.artifact_id).uri = folder.as_uri()


@contextmanager
def running() -> Iterator[Installation]:
    with tempfile.TemporaryDirectory(prefix="ggez-bench-") as folder:
        data = Path(folder) / "var"
        _ggez("up", "--data", str(data), "--detach", "--port", "0")
        try:
            made = Installation(data)
            yield made
            made.engine.dispose()
        finally:
            _ggez("down", "--data", str(data))


def _ggez(*words: str) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GGEZ_")}
    command = [sys.executable, "-m", "cli.main", *words]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, env=environment)


def _sum_times(pid: int, *, below: bool = True) -> float:
    """Of the process and, but for the supervisor, of all below it, dead ones included."""
    process = psutil.Process(pid)
    family = [process, *(process.children(recursive=True) if below else [])]
    seconds = 0.0
    for each in family:
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        seconds += times.user + times.system
        seconds += (times.children_user + times.children_system) if below else 0.0
    return seconds
