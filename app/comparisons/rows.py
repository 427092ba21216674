"""Comparisons as lists show them: what was set side by side, and where what was found is shown."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from domain.jobs.models import Job, JobState
from domain.variants import queries as variants
from specs.kinds.answers.answers_ablate import AnswersAblate
from specs.kinds.answers.answers_compare import AnswersCompare
from specs.kinds.distillation.distillation_run import DistillationRun

# Where what a kind found is shown, and what may be taken along from there.
PAGES: Mapping[str, str] = {
    DistillationRun.kind: "/distillation/",
    AnswersCompare.kind: "/two-by-two/",
    AnswersAblate.kind: "/ablation/",
}
REPORTS: Mapping[str, str] = {
    DistillationRun.kind: "report.pdf",
    AnswersAblate.kind: "figures.csv",
}
# Of a 2x2: the two models that were compared, each by its cell.
_CELLS = ("base_plain", "adapted_plain")


@dataclass(frozen=True, kw_only=True)
class Row:
    job: Job
    name: str  # of a study, or of the quiz that was asked; empty before it is known
    models: Sequence[str]  # teachers; or the base and the adapted one
    labels: Sequence[str]  # methods; or what was learnt from
    num_seeds: int

    @property
    def address(self) -> str:
        """Of what was found; until then, of the job."""
        if self.job.state == JobState.SUCCEEDED and self.job.kind in PAGES:
            return f"{PAGES[self.job.kind]}{self.job.id}"
        return f"/jobs/{self.job.id}"

    @property
    def report(self) -> str | None:
        has_report = self.job.state == JobState.SUCCEEDED and self.job.kind in REPORTS
        return f"{self.address}/{REPORTS[self.job.kind]}" if has_report else None

    @property
    def report_kind(self) -> str:
        return REPORTS[self.job.kind].rpartition(".")[2].upper()


def make_rows(session: Session, jobs: Sequence[Job]) -> list[Row]:
    names = _name_variants(session, jobs)
    return [_describe(job, names) for job in jobs]


def _describe(job: Job, names: Mapping[str, str]) -> Row:
    found = job.result or {}
    if job.kind == DistillationRun.kind:
        return Row(
            job=job,
            name=found.get("name") or job.spec.get("name", ""),
            models=[each["name"] for each in found.get("teachers", ())],
            labels=[each["label"] for each in found.get("methods", ())],
            num_seeds=len(found.get("seeds", ())),
        )
    cells = (found.get("rows", {}).get(cell) for cell in _CELLS)
    return Row(
        job=job,
        name=found.get("quiz", {}).get("name", ""),
        models=[names[each] for each in cells if each in names],
        labels=job.spec.get("labels", ()),
        num_seeds=0,
    )


def _name_variants(session: Session, jobs: Sequence[Job]) -> dict[str, str]:
    told: list[Mapping[str, Any]] = [(job.result or {}).get("rows", {}) for job in jobs]
    ids = {each[cell] for each in told for cell in _CELLS if cell in each}
    rows = variants.list_by_id(session, [uuid.UUID(each) for each in ids])
    return {str(variant_id): row.name for variant_id, row in rows.items()}
