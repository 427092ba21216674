"""A small institute in the middle of its work: people, jobs in every state, a data set."""

import datetime as dt
import math
import shutil
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from domain import clock
from domain.artifacts import storage
from domain.datasets.models import Dataset
from domain.jobs import claim, events, finish, pulses, service
from domain.jobs.models import Job, JobState, WorkerPulse
from domain.jobs.rules import Ending
from domain.settings import Settings
from domain.users import service as users
from domain.users import tokens
from domain.users.models import User
from domain.users.person import Person
from specs.kinds.dataset.dataset_import import DatasetImport
from specs.kinds.system.system_check import SystemCheck
from tests import factories
from tests.browser import cloths, kitchen, library, studio
from tests.imports import import_folder

OWNER = "worker@hibiscus:4242"
_GIB = 2**30
_LOG = """\
reading table /srv/pictures/weaving.parquet
row group 0 of 12: 2000 rows
\x1b[33mrow 1311: no column 'image'\x1b[0m
Traceback (most recent call last):
  File "ml/importing/tables.py", line 88, in read
    picture = row["image"]
KeyError: 'image'
"""


@dataclass
class World:
    users: dict[str, User] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)


def fill(session: Session, settings: Settings) -> World:
    world = World()
    _add_people(session, world)
    _add_worker(session)
    dataset = _add_dataset(session, settings, world)
    made = studio.fill(session, settings)
    world.addresses |= library.fill(session, settings)
    world.addresses |= kitchen.fill(session, settings)
    world.addresses |= {
        "dataset": f"/datasets/{dataset.id}",
        "succeeded": f"/jobs/{dataset.job_id}",
        "pool": f"/datasets/{made.pool.id}",
        "funnel": f"/datasets/{made.dataset.id}/funnel",
        "base": f"/variants/{made.variants[0].id}",
        "merge": f"/variants/{made.variants[2].id}",
        "compare": f"/variants/compare?{'&'.join(f'id={each.id}' for each in made.variants)}",
        "prompt set": f"/prompts/{made.prompt_set.id}",
        "benchmark": f"/benchmarks/{made.benchmark.id}",
        **{name: f"/jobs/{job.id}" for name, job in made.jobs.items()},
        **{name: f"/jobs/{job.id}" for name, job in _add_jobs(session, settings, world).items()},
    }
    return world


def _add_people(session: Session, world: World) -> None:
    names = {"admin": "Rani Wulandari", "researcher": "Dewi Anggraini", "annotator": "Budi Santoso"}
    for role, name in names.items():
        made = factories.make_user(session, role=role, name=name, email=f"{role}@example.org")
        world.users[role] = made
    admin = world.users["admin"]
    actor = Person.of(admin)
    added = users.create_user(
        session, email="siti.rahmawati@example.org", role="annotator", actor=actor
    )
    users.disable(session, added.id, actor=actor)
    tokens.create_token(session, admin, name="Notebook on the lab machine", actor=actor)
    spare = tokens.create_token(session, admin, name="An old script", actor=actor)
    tokens.revoke_token(session, spare.row.id, actor=actor)
    link = users.create_sign_in_link(session, world.users["annotator"], actor=actor)
    world.addresses |= {
        "person": f"/people/{world.users['annotator'].id}",
        "link": f"/sign-in/{link}",
        "spent link": "/sign-in/that-was-used-long-ago",
    }


def _add_worker(session: Session) -> None:
    """It stays alive for as long as the tests last."""
    device = {
        "device": "cuda",
        "name": "NVIDIA L4",
        "memory_bytes": 24 * _GIB,
        "memory_used_bytes": 9 * _GIB,
    }
    pulses.note(
        session, owner=OWNER, queues=["cpu", "gpu"], host="hibiscus", pid=4242, device=device
    )
    session.flush()
    session.get_one(WorkerPulse, OWNER).seen_at = clock.now() + dt.timedelta(days=1)


def _add_dataset(session: Session, settings: Settings, world: World) -> Dataset:
    folder = cloths.write_folder(settings.inbox / "cloths", num_items=24)
    made = import_folder(
        session, settings, folder, name="Batik from the dye vat", licence="CC-BY-4.0"
    )
    shutil.copytree(folder, settings.inbox / "more-cloths")
    researcher = world.users["researcher"]
    made.created_by_id = researcher.id
    job = service.get(session, made.job_id)
    job.created_by_id = researcher.id
    job.finished_at = clock.now() - dt.timedelta(minutes=12)
    job.started_at = job.finished_at - dt.timedelta(seconds=41)
    return made


def _add_jobs(session: Session, settings: Settings, world: World) -> dict[str, Job]:
    """The one that fails runs first, then the one that goes on running."""
    who = world.users["researcher"].id

    def enqueue(name: str, **options: object) -> Job:
        spec = DatasetImport(name=name, source=str(settings.inbox / "cloths"), licence="CC0-1.0")
        return service.enqueue(session, spec, created_by=who, **options).job  # type: ignore[arg-type]  # a test's own shorthand

    check = factories.make_job(
        session,
        state=JobState.SUCCEEDED,
        spec=SystemCheck(),
        started_at=clock.now() - dt.timedelta(seconds=6),
        created_by_id=world.users["admin"].id,
        result={"multiply_gflops": 96.4, "memory": {"total_bytes": 16 * _GIB}},
    )
    failed = enqueue("Weaving from Sumba")
    _fail(session, settings, failed)
    running = enqueue("Songket from Palembang")
    _run(session, running)
    blocked = enqueue("Weaving, second reading", parents={"first": failed.id})
    blocked.state = JobState.BLOCKED
    waiting = enqueue("Songket, cleaned", parents={"raw": running.id})
    cancelled = enqueue("Songket, by mistake")
    service.request_cancel(session, cancelled.id)
    for name in ("Ikat from Flores", "Ulos from Toba", "Tapis from Lampung"):
        queued = enqueue(name)
    return {
        "check": check,
        "failed": failed,
        "running": running,
        "blocked": blocked,
        "waiting": waiting,
        "queued": queued,
        "cancelled": cancelled,
    }


def _take(session: Session, job: Job) -> claim.Claim:
    session.flush()
    taken = claim.take(session, [job.queue], owner=OWNER, lease_s=24 * 3600)
    assert taken is not None
    assert taken.job_id == job.id
    return taken


def _fail(session: Session, settings: Settings, job: Job) -> None:
    taken = _take(session, job)
    log = settings.data / "work" / "made-up.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(_LOG)
    uri = storage.join(settings.artifacts_root, "logs", "made-up.log")
    storage.publish_file(log, uri)
    message = "The table has no column 'image'; it has 'photo', 'caption' and 'village'."
    end = finish.AttemptEnd(ending=Ending.INVALID, message=message, log_uri=uri)
    finish.conclude(session, taken, end)


def _run(session: Session, job: Job, *, num_reports: int = 14) -> None:
    """Two minutes in, a report every ten seconds."""
    taken = _take(session, job)
    job.started_at = clock.now() - dt.timedelta(seconds=10 * num_reports + 5)
    for number in range(num_reports):
        speed = 31 + 6 * math.sin(number / 2) - 8 * math.exp(-number / 2)
        progress = {
            "done": 240.0 * (number + 1),
            "total": 7200.0,
            "unit": "pictures",
            "message": "Reading",
            "metrics": {"pictures_per_second": round(speed, 1)},
        }
        job.progress = progress
        event = events.add(session, job, "progress", **progress)
        event.at = job.started_at + dt.timedelta(seconds=10 * (number + 1))
    assert taken.attempt == 1


def make_empty(session: Session) -> World:
    """As on the first day: one admin and nothing else."""
    world = World()
    made = factories.make_user(session, role="admin", name="", email=users.FIRST_ADMIN_EMAIL)
    world.users["admin"] = made
    return world
