"""Refuses requests that no page should have to think about: for a foreign host name, sent by a
foreign site, or too large. Plain ASGI, so that streams pass untouched.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import errors

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# Probes come with the address of a container as the host name, and are told nothing.
_ANY_HOST = frozenset({"/healthz", "/readyz"})


class KnownHosts:
    """Answers only under names that are ours: links that we make from the host name, and
    cookies, stay out of the reach of a name that somebody else points at us.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _ANY_HOST or self._is_known(scope):
            await self._app(scope, receive, send)
        else:
            answer = errors.answer(Request(scope, receive), errors.UnknownHost())
            await answer(scope, receive, send)

    def _is_known(self, scope: Scope) -> bool:
        try:
            host = urlsplit("//" + Headers(scope=scope).get("host", "")).hostname
        except ValueError:
            return False
        return (host or "").lower() in self._hosts


class SameOrigin:
    """Refuses what changes something and was sent by another site's page.

    Browsers say where a request comes from: Sec-Fetch-Site on https and on this machine, Origin
    everywhere. A request with neither is not from a browser's page; it needs the form token, or
    an API token, all the same. API requests carry no cookie, so no site can send them in a
    person's name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS or _is_ours(scope):
            await self._app(scope, receive, send)
        else:
            answer = errors.answer(Request(scope, receive), errors.ForeignSite())
            await answer(scope, receive, send)


def _is_ours(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None:
        # "none": the person did it, through the address bar or a bookmark.
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is not None:
        # Not the scheme: behind a proxy that speaks TLS we may see http where the browser saw
        # https, and a host that serves both is one host.
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
    return True


class BodyLimit:
    """Stops reading a request at its limit, whatever length it declared.

    `larger` names the paths, with all below them, that take more than a form.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, larger: Mapping[str, int]) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        max_bytes = self._find_limit(scope["path"])
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > max_bytes:
            answer = errors.answer(Request(scope, receive), errors.BodyTooLarge(max_bytes))
            await answer(scope, receive, send)
            return
        num_bytes = 0

        async def receive_within_limit() -> Message:
            nonlocal num_bytes
            message = await receive()
            num_bytes += len(message.get("body", b""))
            if num_bytes > max_bytes:
                raise errors.BodyTooLarge(max_bytes)
            return message

        await self._app(scope, receive_within_limit, send)

    def _find_limit(self, path: str) -> int:
        for start, max_bytes in self._larger.items():
            if path == start or path.startswith(start + "/"):
                return max_bytes
        return self._max_bytes
