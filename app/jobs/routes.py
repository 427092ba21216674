"""Jobs: the list, the queue, one job, its log; live where the browser can.

Literal paths come first: /jobs/new would otherwise be the job called 'new'.
"""

import uuid
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app import rendering
from app.dependencies import Researcher, SessionDep
from app.jobs import actions, launch, live, outcomes, pages, preview, rows
from app.streams import StreamsDep, read_last_event_id
from domain.jobs import logs, queue, service

router = APIRouter(prefix="/jobs")
# What is published never changes.
_PICTURE_HEADERS = {"Cache-Control": "private, max-age=31536000, immutable"}
router.include_router(launch.router)
router.include_router(preview.router)


@router.get("")
def list_jobs(
    request: Request,
    session: SessionDep,
    person: Researcher,
    state: str = "",
    kind: str = "",
    cursor: uuid.UUID | None = None,
) -> Response:
    found = rows.make_list(session, state=state, kind=kind, cursor=cursor)
    values: dict[str, Any] = {
        "found": found,
        "is_live": cursor is None,
        "query": urlencode({"state": state, "kind": kind}),
    }
    if "hx-request" in request.headers:
        return rendering.fragment(request, "jobs/list.html", "results", **values)
    return rendering.page(request, "jobs/list.html", **values)


@router.get("/stream")
def follow_list(
    request: Request, streams: StreamsDep, person: Researcher, state: str = "", kind: str = ""
) -> Response:
    watch = live.ListWatch(request, {"state": state, "kind": kind})
    return streams.open(person.id, queue.ALL_JOBS_CHANNEL, watch)


@router.get("/queue")
def show_queue(request: Request, session: SessionDep, person: Researcher) -> Response:
    return rendering.page(
        request,
        "jobs/queue.html",
        queues=rows.make_queues(session),
        priorities=rows.PRIORITIES,
    )


@router.get("/queue/stream")
def follow_queue(request: Request, streams: StreamsDep, person: Researcher) -> Response:
    return streams.open(person.id, queue.ALL_JOBS_CHANNEL, live.QueueWatch(request))


@router.get("/{job_id}")
def show_job(
    request: Request,
    session: SessionDep,
    person: Researcher,
    job_id: uuid.UUID,
    reused: bool = False,  # noqa: FBT001, FBT002 - a flag in the address
) -> Response:
    view = pages.make_view(session, job_id)
    return rendering.page(request, "jobs/job.html", view=view, reused=reused, refusal="")


@router.get("/{job_id}/pictures/{number}")
def show_picture(
    session: SessionDep, person: Researcher, job_id: uuid.UUID, number: int
) -> Response:
    data = outcomes.read_picture(session, service.get(session, job_id), number)
    return Response(data, media_type="image/png", headers=_PICTURE_HEADERS)


@router.get("/{job_id}/stream")
def follow_job(
    request: Request,
    session: SessionDep,
    streams: StreamsDep,
    person: Researcher,
    job_id: uuid.UUID,
    after: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    service.get(session, job_id)
    after = read_last_event_id(request, after)
    watch = live.JobWatch(request, job_id, after=after)
    return streams.open(person.id, queue.job_channel(job_id), watch)


@router.get("/{job_id}/log")
def download_log(session: SessionDep, person: Researcher, job_id: uuid.UUID) -> Response:
    job = service.get(session, job_id)
    return StreamingResponse(
        logs.stream(job),
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="job-{job_id}.log"'},
    )


router.include_router(actions.router)
