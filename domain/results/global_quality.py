"""What a benchmark says of a study's arms: global quality, prompt by prompt, to stand beside what
people said of the region.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.benchmarks.models import Benchmark, Score
from domain.jobs import queries as jobs
from domain.jobs.models import Job
from domain.launches import inputs as job_inputs
from domain.studies import service as studies
from domain.studies.models import Study
from stats import tables
from stats.frontier import ties
from stats.frontier.ties import Tie
from stats.tables import Row

FILE = "items.csv"  # of what benchmark.run publishes: the score of each item and variant
_COLUMNS = ("variant", "scope", "item_id", "score", "mode")
_FEWEST_ARMS = 2


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a benchmark over arms of a study, the baseline among them."""

    job_id: uuid.UUID
    benchmark: str
    mode: str
    judge: str
    num_arms: int

    @property
    def label(self) -> str:
        return f"{self.benchmark}, {self.mode}, {self.judge}"


@dataclass(frozen=True, kw_only=True)
class Scored:
    """The columns of `ggez pareto --global`, and where they are from."""

    label: str
    variant: list[str]
    beta: list[float]
    prompt: list[str]
    value: list[float]
    tie: list[Tie]

    def add(self, variant: str, row: Row, *, beta: float) -> None:
        self.variant.append(variant)
        self.beta.append(beta)
        self.prompt.append(row.get("item_id"))
        self.value.append(float(row.get("score")))
        self.tie.append(ties.read(row))


def list_runs(session: Session, study: Study) -> list[Run]:
    """The newest first: those that scored the baseline and another arm globally."""
    arms = _map_arms(session, study)
    baseline = [arm.variant_id for arm, _ in studies.list_arms(session, study) if arm.is_baseline]
    rows = session.execute(
        select(
            Score.job_id,
            Benchmark.name,
            Score.mode,
            Score.judge,
            func.count(Score.variant_id.distinct()),
        )
        .join(Benchmark, Benchmark.id == Score.benchmark_id)
        .where(Score.scope == "global", Score.variant_id.in_(arms))
        .group_by(Score.job_id, Benchmark.name, Score.mode, Score.judge)
        .having(
            func.count(Score.variant_id.distinct()) >= _FEWEST_ARMS,
            func.count().filter(Score.variant_id.in_(baseline)) > 0,
        )
        .order_by(Score.job_id.desc())
    )
    return [
        Run(job_id=job_id, benchmark=name, mode=mode, judge=judge, num_arms=num)
        for job_id, name, mode, judge, num in rows
    ]


def find(session: Session, study: Study, job_id: str | None) -> Scored | None:
    """Of this run, or of the newest; None where there is none whose file is still there."""
    for run in list_runs(session, study):
        if job_id is None or str(run.job_id) == job_id:
            return read(session, study, run)
    return None


def read(session: Session, study: Study, run: Run) -> Scored | None:
    """Of the arms of the study; None where the file was given up to save room."""
    artifact = find_answers(session, run.job_id)
    if artifact is None:
        return None
    with storage.open_read(storage.join(artifact.uri, FILE)) as file:
        table = tables.parse(file.read().decode("utf-8"), FILE, _COLUMNS)
    arms = _map_arms(session, study)
    ids = map_names(session, run.job_id)
    found = Scored(label=run.label, variant=[], beta=[], prompt=[], value=[], tie=[])
    for row in table.rows:
        arm = arms.get(ids.get(row.get("variant")))
        if arm is None or row.get("scope") != "global":
            continue
        name, beta = arm
        found.add(name, row, beta=beta)
    return found


def find_answers(session: Session, job_id: uuid.UUID) -> Artifact | None:
    there: Sequence[Artifact] = [
        each
        for each in jobs.list_artifacts(session, job_id).values()
        if each.kind == "answers" and each.released_at is None and each.erased_at is None
    ]
    return there[0] if there else None


def _map_arms(session: Session, study: Study) -> dict[uuid.UUID | None, tuple[str, float]]:
    """Variant -> the arm's name and beta; a base is beta 0, and so is what never was a merge."""
    return {
        variant.id: (variant.name, variant.beta or 0.0)
        for arm, variant in studies.list_arms(session, study)
        if not arm.is_photo
    }


def map_names(session: Session, job_id: uuid.UUID) -> Mapping[str, uuid.UUID]:
    """How the run called its variants -> the variant. What scores outputs repeats the names of the
    job that made them; what scores models itself has its own.
    """
    source = job_inputs.list_rows(session, job_id).get("outputs")
    named = source if isinstance(source, Job) else session.get_one(Job, job_id)
    return {name: uuid.UUID(each) for name, each in (named.result or {}).get("rows", {}).items()}
