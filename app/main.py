"""The web application, put together in one place. Nothing happens when this module is imported.

A new capability adds its pages to `_list_pages`, its JSON routes to `_list_apis` and, when it
takes uploads, their path to `_list_large_bodies`.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import redis
from fastapi import APIRouter, Depends, FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app import api, errors, static_files
from app.ablation import routes as ablation
from app.audit import api as audit_api
from app.audit import routes as audit
from app.auth import account
from app.auth import api as auth_api
from app.auth import routes as auth
from app.benchmarks import api as benchmarks_api
from app.benchmarks import routes as benchmarks
from app.comparisons import routes as comparisons
from app.datasets import api as datasets_api
from app.datasets import funnel
from app.datasets import routes as datasets
from app.distillation import routes as distillation
from app.grids import api as grids_api
from app.health import routes as health
from app.health.request_log import RequestLog
from app.home import routes as home
from app.jobs import api as jobs_api
from app.jobs import routes as jobs
from app.knowledge import api as knowledge_api
from app.knowledge import routes as knowledge
from app.outputs import api as outputs_api
from app.outputs import looking
from app.outputs import routes as outputs
from app.people import api as people_api
from app.people import routes as people
from app.prompts import api as prompts_api
from app.prompts import routes as prompts
from app.prompts.sent import MOST_BYTES as MOST_TEXT_BYTES
from app.quizzes import routes as quizzes
from app.rate import joining
from app.rate import routes as rate
from app.rate import sandbox as sandbox_study
from app.recipes import routes as recipes
from app.results import api as results_api
from app.results import frontier
from app.results import routes as results
from app.security.gates import BodyLimit, KnownHosts, SameOrigin
from app.security.headers import SecurityHeaders
from app.security.limits import Attempts
from app.settings import WebSettings
from app.streams import Streams
from app.studies import api as studies_api
from app.studies import routes as studies
from app.styleguide import routes as styleguide
from app.tokens import api as tokens_api
from app.tokens import routes as tokens
from app.two_by_two import routes as two_by_two
from app.variants import api as variants_api
from app.variants import routes as variants
from domain import logs
from domain.db import connect, make_session_factory
from domain.errors import Unavailable
from domain.jobs import bell
from domain.settings import find_version
from specs import registry

_REDIS_PATIENCE_S = 2


class ServiceNotNamed(Unavailable):
    def __init__(self, what: str, setting: str) -> None:
        super().__init__(
            "The web does not know its %(what)s. Start it with `ggez up`, or set %(setting)s.",
            what=what,
            setting=setting,
        )


def _list_pages() -> Sequence[APIRouter]:
    # Addresses are tried in this order: raters' come first, for they are asked for most.
    return (
        rate.router,
        health.router,
        home.router,
        auth.router,
        account.router,
        people.router,
        tokens.router,
        audit.router,
        datasets.router,
        funnel.router,
        knowledge.router,
        styleguide.router,
        jobs.router,
        recipes.router,
        comparisons.router,
        two_by_two.router,
        distillation.router,
        ablation.router,
        variants.router,
        outputs.router,
        looking.router,
        prompts.router,
        quizzes.router,
        benchmarks.router,
        frontier.router,
        studies.router,
        results.router,
        joining.router,
        sandbox_study.router,
    )


def _list_apis() -> Sequence[APIRouter]:
    return (
        auth_api.router,
        people_api.router,
        tokens_api.router,
        audit_api.router,
        datasets_api.router,
        jobs_api.router,
        grids_api.router,
        variants_api.router,
        prompts_api.router,
        knowledge_api.router,
        outputs_api.router,
        benchmarks_api.router,
        studies_api.router,
        results_api.router,
    )


def _list_large_bodies(settings: WebSettings) -> Mapping[str, int]:
    return {
        "/datasets/uploads": settings.max_upload_bytes,
        "/knowledge/uploads": settings.max_upload_bytes,
        "/outputs/uploads": settings.max_upload_bytes,
        "/benchmarks/uploads": settings.max_upload_bytes,
        "/api/v1/uploads": settings.max_upload_bytes,
        "/prompts/new": MOST_TEXT_BYTES,
        "/benchmarks/new": MOST_TEXT_BYTES,
        "/studies": MOST_TEXT_BYTES,  # words hold every prompt in every language
        "/api/v1/prompt-sets": MOST_TEXT_BYTES,
        "/api/v1/knowledge-bases": MOST_TEXT_BYTES,
        "/api/v1/benchmarks": MOST_TEXT_BYTES,
    }


def create_app(settings: WebSettings | None = None) -> FastAPI:
    settings = settings or WebSettings()
    app = api.Api(
        title="GG-EZ",
        version=find_version(),
        description=api.DESCRIPTION,
        openapi_url=f"{api.PREFIX}/openapi.json",
        docs_url=None,  # the usual viewers come from another origin
        redoc_url=None,
        lifespan=_lifespan,
    )
    registry.load_modules(settings.kind_modules)
    _open_services(app, settings)
    errors.install(app)
    _add_gates(app, settings)
    app.mount(static_files.MOUNT, static_files.DigestedFiles(), name="static")
    for router in _list_pages():
        app.include_router(router, include_in_schema=False)
    for router in _list_apis():
        app.include_router(
            router,
            prefix=api.PREFIX,
            dependencies=[Depends(api.bearer)],
            responses=api.PROBLEMS,
        )
    return app


def _open_services(app: FastAPI, settings: WebSettings) -> None:
    """Connections are made when first used: the web starts, and says so, without them."""
    if not settings.database_url:
        raise ServiceNotNamed("database", "GGEZ_DATABASE_URL")
    if not settings.redis_url:
        raise ServiceNotNamed("Redis", "GGEZ_REDIS_URL")
    app.state.settings = settings
    app.state.engine = connect(settings.database_url, pool_size=settings.database_connections)
    app.state.places = asyncio.Semaphore(settings.places)
    app.state.session_factory = make_session_factory(app.state.engine)
    bell.attach(app.state.session_factory, settings.redis_url)
    app.state.streams = Streams(settings.redis_url)
    app.state.redis = redis.Redis.from_url(
        settings.redis_url,
        decode_responses=True,
        socket_timeout=_REDIS_PATIENCE_S,
        socket_connect_timeout=_REDIS_PATIENCE_S,
    )
    app.state.attempts = Attempts(app.state.redis)


def _add_gates(app: FastAPI, settings: WebSettings) -> None:
    """Starlette wraps: what is added last sees a request first."""
    large_bodies = _list_large_bodies(settings)
    app.add_middleware(BodyLimit, max_bytes=settings.max_form_bytes, larger=large_bodies)
    app.add_middleware(SameOrigin)
    app.add_middleware(KnownHosts, hosts=settings.known_hosts)
    app.add_middleware(errors.UnexpectedErrors)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog)
    # Uvicorn's own copy of this must be off: it would believe every process on this machine.
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: WebSettings = app.state.settings
    logs.configure(level=settings.log_level, style=settings.log_style)
    yield
    app.state.redis.close()
    app.state.engine.dispose()
