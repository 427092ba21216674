"""The funnel of a filtered data set: what each stage dropped and why, with samples to look at."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app import errors, rendering
from app.dependencies import Researcher, SessionDep
from domain.artifacts import service as artifacts
from domain.artifacts.errors import ArtifactGone, FileMissing
from domain.datasets import contents, queries
from domain.datasets import service as datasets
from domain.datasets.contents import RejectedRow
from domain.datasets.models import Dataset
from domain.errors import NotFound
from specs.filters.registry import FILTERS
from specs.filters.reward import Reward

router = APIRouter(prefix="/datasets")

ROWS_PER_PAGE = 50
SAMPLES_PER_REASON = 12
PREVIEW_HEADERS = {"Cache-Control": "private, max-age=31536000, immutable"}


class NotFiltered(NotFound):
    def __init__(self, name: str) -> None:
        super().__init__("'%(name)s' was not made by a filter: it has no funnel.", name=name)


@dataclass(frozen=True)
class Dropped:
    reason: str
    count: int
    samples: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Stage:
    name: str
    label: str
    num_in: int
    num_kept: int
    dropped: Sequence[Dropped]

    @property
    def share_kept(self) -> float:
        return self.num_kept / self.num_in if self.num_in else 0.0


@dataclass(frozen=True, kw_only=True)
class View:
    dataset: Dataset
    parent: Dataset | None
    stages: Sequence[Stage]
    kept_samples: Sequence[Mapping[str, Any]]
    rows: Sequence[RejectedRow]
    stage: str
    reason: str
    start: int
    next_start: int | None
    missing: str  # why the files cannot be read, when they cannot
    # How often the reward agrees with people; None: there was no reward. Empty: nobody found out.
    calibration: Mapping[str, Any] | None
    card: str


def read_stages(dataset: Dataset) -> list[Stage]:
    samples: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for entry in dataset.summary.get("rejected_sample", []):
        if entry.get("preview"):
            samples.setdefault((entry["stage"], entry["reason"]), []).append(entry)
    return [
        Stage(
            name=entry["stage"],
            label=FILTERS[entry["stage"]].label if entry["stage"] in FILTERS else entry["stage"],
            num_in=entry["in"],
            num_kept=entry["kept"],
            dropped=[
                Dropped(
                    reason, count, samples.get((entry["stage"], reason), [])[:SAMPLES_PER_REASON]
                )
                for reason, count in entry["reasons"].items()
            ],
        )
        for entry in dataset.funnel or []
    ]


@router.get("/{dataset_id}/funnel")
def show_funnel(
    request: Request,
    session: SessionDep,
    person: Researcher,
    dataset_id: uuid.UUID,
    stage: Annotated[str, Query(max_length=60)] = "",
    reason: Annotated[str, Query(max_length=60)] = "",
    start: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    dataset = datasets.get(session, dataset_id)
    if dataset.funnel is None:
        raise NotFiltered(dataset.name)
    view = _make_view(session, request, dataset, stage, reason, start)
    if "hx-request" in request.headers:
        return rendering.fragment(request, "datasets/funnel.html", "rejected", view=view)
    return rendering.page(request, "datasets/funnel.html", view=view)


@router.get("/{dataset_id}/rejected/{position}")
def show_rejected_preview(
    session: SessionDep, person: Researcher, dataset_id: uuid.UUID, position: int
) -> Response:
    dataset = datasets.get(session, dataset_id)
    artifact = artifacts.get_readable(session, dataset.artifact_id)
    sample = [each for each in dataset.summary.get("rejected_sample", []) if each.get("preview")]
    data = contents.read_rejected_preview(artifact, sample, position)
    return Response(data, media_type="image/webp", headers=PREVIEW_HEADERS)


def _make_view(
    session: Session, request: Request, dataset: Dataset, stage: str, reason: str, start: int
) -> View:
    rows: Sequence[RejectedRow] = ()
    missing = ""
    try:
        artifact = artifacts.get_readable(session, dataset.artifact_id)
        rows = contents.list_rejected(
            artifact, stage=stage, reason=reason, start=start, limit=ROWS_PER_PAGE + 1
        )
    except (ArtifactGone, FileMissing) as error:
        missing = errors.tell(request, error)
    return View(
        dataset=dataset,
        parent=queries.find_parent(session, dataset),
        stages=read_stages(dataset),
        kept_samples=dataset.summary.get("sample", [])[:SAMPLES_PER_REASON],
        rows=rows[:ROWS_PER_PAGE],
        stage=stage,
        reason=reason,
        start=start,
        next_start=rows[ROWS_PER_PAGE].number if len(rows) > ROWS_PER_PAGE else None,
        missing=missing,
        calibration=_find_calibration(dataset),
        card=dataset.summary.get("card", ""),
    )


def _find_calibration(dataset: Dataset) -> Mapping[str, Any] | None:
    stages = [entry["stage"] for entry in dataset.funnel or []]
    found: Mapping[str, Any] = dataset.summary.get("calibration", {})
    return found if Reward.model_fields["method"].default in stages else None
