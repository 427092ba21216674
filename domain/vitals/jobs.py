"""How the job engine is doing.

The queue itself is not asked. It only rings; how much work is waiting is known here alone.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import clock
from domain.jobs import pulses
from domain.jobs.models import Job, JobState, WorkerPulse


@dataclass(frozen=True)
class Vitals:
    num_jobs: Mapping[tuple[str, str], int]  # (state, kind)
    num_queued: Mapping[str, int]  # queue
    oldest_queued_s: Mapping[str, float]  # queue
    lease_age_s: Mapping[str, float]  # queue; the running job whose worker was silent longest
    num_expired_leases: int
    num_workers: Mapping[str, int]  # queue
    devices: tuple["DeviceMemory", ...]


@dataclass(frozen=True)
class DeviceMemory:
    worker: str
    name: str
    total_bytes: int
    used_bytes: int | None  # None: the worker could not tell


def read(session: Session) -> Vitals:
    now = clock.now()
    workers = session.scalars(select(WorkerPulse).where(pulses.is_alive())).all()
    queued = _count_queued(session)
    return Vitals(
        num_jobs=_count_jobs(session),
        num_queued={queue: num_jobs for queue, num_jobs, _ in queued},
        oldest_queued_s={queue: (now - since).total_seconds() for queue, _, since in queued},
        lease_age_s=_measure_leases(session, now),
        num_expired_leases=_count_expired(session, now),
        num_workers=Counter(queue for pulse in workers for queue in pulse.queues),
        devices=tuple(
            _device(pulse.owner, pulse.device)
            for pulse in workers
            if "memory_bytes" in pulse.device
        ),
    )


def _count_jobs(session: Session) -> dict[tuple[str, str], int]:
    rows = session.execute(
        select(Job.state, Job.kind, func.count()).group_by(Job.state, Job.kind)
    ).all()
    return {(state, kind): num_jobs for state, kind, num_jobs in rows}


def _count_queued(session: Session) -> list[tuple[str, int, dt.datetime]]:
    rows = session.execute(
        select(Job.queue, func.count(), func.min(func.coalesce(Job.queued_at, Job.created_at)))
        .where(Job.state == JobState.QUEUED)
        .group_by(Job.queue)
    ).all()
    return [(queue, num_jobs, since) for queue, num_jobs, since in rows]


def _measure_leases(session: Session, now: dt.datetime) -> dict[str, float]:
    rows = session.execute(
        select(Job.queue, func.min(func.coalesce(Job.heartbeat_at, Job.started_at)))
        .where(Job.state == JobState.RUNNING)
        .group_by(Job.queue)
    ).all()
    return {queue: (now - since).total_seconds() for queue, since in rows if since is not None}


def _count_expired(session: Session, now: dt.datetime) -> int:
    expired = select(func.count()).where(Job.state == JobState.RUNNING, Job.lease_expires_at < now)
    return session.scalar(expired) or 0


def _device(worker: str, device: Mapping[str, Any]) -> DeviceMemory:
    used = device.get("memory_used_bytes")
    return DeviceMemory(
        worker=worker,
        name=str(device.get("name", device.get("device", ""))),
        total_bytes=int(device["memory_bytes"]),
        used_bytes=None if used is None else int(used),
    )
