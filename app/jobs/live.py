"""What the live pages of jobs send: the parts that changed since they were last sent."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.sse import ServerSentEvent
from sqlalchemy.orm import Session
from starlette.requests import Request

from app import rendering
from app.jobs import pages, rows
from app.streams import Seen
from domain.jobs import queries, rules
from domain.jobs.models import JobEvent

# The parts of a job's page, each swapped by itself: an open dialog or a selection in one is not
# disturbed by news in another.
JOB_PARTS = ("live", "controls", "outcome", "measures", "history", "log", "aside")
_MAX_EVENTS = 500


class Said:
    """Remembers what each part of a page looked like when it was last sent."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}

    def news(self, name: str, html: str) -> list[ServerSentEvent]:
        if self._said.get(name) == html:
            return []
        self._said[name] = html
        return [ServerSentEvent(event=name, raw_data=html)]


class JobWatch:
    """One job: every event row as JSON under its number, then the parts of the page as HTML.

    The numbers have no gap, so a reader that names the last one it got misses nothing. Parts
    carry no number: they are sent anew to whoever comes back.
    """

    def __init__(self, request: Request, job_id: uuid.UUID, *, after: int) -> None:
        self._request = request
        self._job_id = job_id
        self._after = after
        self._said = Said()

    def __call__(self) -> Seen:
        with open_session(self._request) as session:
            # The row before its events: when the row has ended, all its events are there.
            view = pages.make_view(session, self._job_id)
            happened = queries.list_events(
                session, self._job_id, after=self._after, limit=_MAX_EVENTS
            )
        events = [_write_event(each) for each in happened]
        if happened:
            self._after = happened[-1].number
        for part in JOB_PARTS:
            html = rendering.render_fragment(self._request, "jobs/job.html", part, view=view)
            events += self._said.news(part, html)
        is_last = view.job.state in rules.FINISHED and len(happened) < _MAX_EVENTS
        if is_last:
            events.append(ServerSentEvent(event="ended", raw_data=view.job.state))
        return Seen(events, is_last)


def describe_event(event: JobEvent) -> dict[str, Any]:
    return {
        "number": event.number,
        "at": event.at.isoformat(),
        "kind": event.kind,
        "data": event.data,
    }


def _write_event(event: JobEvent) -> ServerSentEvent:
    data = json.dumps(describe_event(event), ensure_ascii=False)
    return ServerSentEvent(event="happened", id=str(event.number), raw_data=data)


class ListWatch:
    """The first page of a list: the whole of it when rows came, went or moved, else the rows
    that changed.
    """

    def __init__(self, request: Request, values: Mapping[str, Any]) -> None:
        self._request = request
        self._values = values
        self._ids: Sequence[uuid.UUID] | None = None
        self._said = Said()

    def __call__(self) -> Seen:
        with open_session(self._request) as session:
            found = rows.make_list(session, **self._values)
        ids = [row.id for row in found.rows]
        news: list[ServerSentEvent] = []
        for row in found.rows:
            html = rendering.render_fragment(
                self._request, "jobs/list.html", "row", row=row, found=found
            )
            news += self._said.news(f"job-{row.id}", html)
        if ids != self._ids:
            self._ids = ids
            html = rendering.render_fragment(self._request, "jobs/list.html", "rows", found=found)
            news = [ServerSentEvent(event="rows", raw_data=html)]
        return Seen(news)


class QueueWatch:
    """The order of the queues; small enough to be sent whole."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._said = Said()

    def __call__(self) -> Seen:
        with open_session(self._request) as session:
            queues = rows.make_queues(session)
        html = rendering.render_fragment(
            self._request, "jobs/queue.html", "queues", queues=queues, priorities=rows.PRIORITIES
        )
        return Seen(self._said.news("queues", html))


def open_session(request: Request) -> Session:
    session: Session = request.app.state.session_factory()
    return session
