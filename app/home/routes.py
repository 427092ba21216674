"""Home: the first page after signing in. Annotators get a calm one of their own."""

from fastapi import APIRouter
from fastapi.sse import ServerSentEvent
from starlette.requests import Request
from starlette.responses import Response

from app import rendering
from app.dependencies import Researcher, SessionDep, SettingsDep, SignedIn
from app.home import open_studies, pages
from app.jobs.live import Said, open_session
from app.streams import Seen, StreamsDep
from domain.jobs import queue

router = APIRouter()


@router.get("/")
def show_home(
    request: Request, session: SessionDep, settings: SettingsDep, person: SignedIn
) -> Response:
    sandbox_studies = pages.list_sandbox_studies(session, person)
    if not person.is_researcher:
        language = rendering.choose_language(request).code
        studies = pages.list_studies(session, person, language)
        return rendering.page(
            request, "home/annotator.html", studies=studies, sandbox_studies=sandbox_studies
        )
    home = pages.make_home(session, person, settings.base_url)
    return rendering.page(
        request,
        "home/home.html",
        home=home,
        sandbox_studies=sandbox_studies,
        open_studies=open_studies.list_open(session, person, settings),
    )


@router.get("/home/stream")
def follow_home(
    request: Request, streams: StreamsDep, settings: SettingsDep, person: Researcher
) -> Response:
    said = Said()

    def look() -> Seen:
        with open_session(request) as session:
            home = pages.make_home(session, person, settings.base_url)
        events: list[ServerSentEvent] = []
        for part in ("attention", "activity"):
            html = rendering.render_fragment(request, "home/home.html", part, home=home)
            events += said.news(part, html)
        return Seen(events)

    return streams.open(person.id, queue.ALL_JOBS_CHANNEL, look)
