"""/healthz, /readyz and /metrics.

Bare Starlette routes: no session, no form, no schema. /healthz answers from the event loop and
asks nobody, so a probe every second costs nothing and a full thread pool cannot fail it.

/metrics names job kinds and machines: it is answered to this machine itself, and to others with
an administrator's API token.
"""

import ipaddress

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from app.dependencies import SessionDep
from app.health import metrics, readiness
from domain.errors import Forbidden
from domain.users import tokens
from domain.vitals import jobs as vitals

_NEVER_STORED = {"Cache-Control": "no-store"}
_FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-real-ip"})


class MetricsForbidden(Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "Metrics are for this machine itself, or with an administrator's API token."
        )


async def healthz(request: Request) -> Response:
    return PlainTextResponse("ok\n", headers=_NEVER_STORED)


def readyz(request: Request) -> Response:
    state = request.app.state
    findings = readiness.look(engine=state.engine, redis=state.redis, data=state.settings.data)
    ready = all(finding.problem is None for finding in findings)
    return JSONResponse(
        {
            "ready": ready,
            "checks": {finding.name: finding.problem or "ok" for finding in findings},
        },
        status_code=200 if ready else 503,
        headers=_NEVER_STORED,
    )


router = APIRouter(include_in_schema=False)
router.routes.append(Route("/healthz", healthz))
router.routes.append(Route("/readyz", readyz))


@router.get("/metrics")
def read_metrics(request: Request, session: SessionDep) -> Response:
    if not (_is_this_machine(request) or _is_admin(request, session)):
        raise MetricsForbidden
    return Response(
        metrics.render(vitals.read(session)),
        media_type=CONTENT_TYPE_LATEST,
        headers=_NEVER_STORED,
    )


def _is_this_machine(request: Request) -> bool:
    # A proxy on this machine also calls from loopback, on behalf of anyone.
    if request.client is None or _FORWARDED & set(request.headers.keys()):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:  # a unix socket has no address
        return False


def _is_admin(request: Request, session: Session) -> bool:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        return False
    person = tokens.find_person(session, secret.strip())
    return person is not None and person.is_admin
