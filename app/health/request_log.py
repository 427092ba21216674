"""Every request gets an identifier, one line in the log, and a count in the metrics.

Plain ASGI, because it also stands in front of streams: it holds nothing back and adds one header.
"""

import secrets
import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.health import metrics

log = structlog.get_logger(__name__)

# Asked every few seconds by machines; a line each would bury what matters.
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class RequestLog:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        began = time.perf_counter()
        answer = _Answer()

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer.status = int(message["status"])
                answer.seconds = time.perf_counter() - began
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                _record(scope, answer, time.perf_counter() - began)


class _Answer:
    """What is known when nothing was answered: the request ended in an error."""

    status = 500
    seconds: float | None = None


def _record(scope: Scope, answer: _Answer, seconds: float) -> None:
    route = name_route(scope)
    # A stream stays open for hours; what its reader waited for is its beginning.
    waited = seconds if answer.seconds is None else answer.seconds
    metrics.count_request(route=route, method=scope["method"], status=answer.status, seconds=waited)
    if route not in _QUIET:
        log.info(
            "request",
            method=scope["method"],
            route=route,
            # Not the path itself: one-time links carry their secret in it.
            values=scope.get("path_params") or {},
            status=answer.status,
            ms=round(seconds * 1000, 1),
        )


def name_route(scope: Scope) -> str:
    """The template of the route that answered, `/jobs/{job_id}`: there are only so many."""
    if scope.get("endpoint") is None:
        return "unmatched"
    values = scope.get("path_params") or {}
    route = scope.get("route")
    if route is not None:
        # The route does not know under which prefix its router was included; the path does.
        template: str = route.path_format
        filled = template.format(**values)
        path: str = scope["path"]
        prefix = path.removesuffix(filled) if path.endswith(filled) else ""
        return prefix + template
    if scope.get("root_path"):
        return str(scope["root_path"])  # a mounted application, such as /static
    return "unnamed" if values else str(scope["path"])
