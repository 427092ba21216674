"""A browser as light as can be, so that asking costs little beside answering: one kept connection,
cookies, forms. Parses with the parser that the server uses.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast
from urllib.parse import urlencode

import httptools

_TIMEOUT_S = 30.0

Fields = Sequence[tuple[str, str]]


class Unexpected(Exception):
    """An answer that no page of ours should have given."""


@dataclass
class Answer:
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""

    @property
    def location(self) -> str:
        return next(value for name, value in self.headers if name == b"location").decode()

    def check(self, status: HTTPStatus, what: str) -> "Answer":
        if self.status != status:
            raise Unexpected(f"{what}: {self.status} {self.body[:300]!r}")
        return self


class _Wire(asyncio.Protocol):
    """One connection; one question at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, question: bytes) -> asyncio.Future[Answer]:
        assert self._transport is not None, "Asked only while it is open."
        self._parser = httptools.HttpResponseParser(self)
        self._answer = Answer()
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(question)
        return self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # that of TCP, whoever's loop it is

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError(str(error)))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._answer.headers.append((name.lower(), value))

    def on_body(self, body: bytes) -> None:
        self._answer.body += body

    def on_message_complete(self) -> None:
        self._answer.status = self._parser.get_status_code()
        if not self._parser.should_keep_alive():
            self.close()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(self._answer)


class Browser:
    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}
        self._wire = _Wire()

    async def get(self, path: str, *, accept: str = "text/html") -> Answer:
        return await self._ask("GET", path, {"Accept": accept}, b"")

    async def post(
        self, path: str, fields: Fields, headers: Mapping[str, str] | None = None
    ) -> Answer:
        said = {
            "Accept": "text/html",
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        }
        return await self._ask("POST", path, said | dict(headers or {}), urlencode(fields).encode())

    def close(self) -> None:
        self._wire.close()

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        question = self._write(method, path, headers, body)
        is_kept = self._wire.is_open
        try:
            answer = await self._send(question)
        except ConnectionResetError:
            # A server closes what was idle for too long, perhaps in this very moment. Browsers then
            # ask once more, too.
            if not is_kept:
                raise
            answer = await self._send(question)
        for name, value in answer.headers:
            if name == b"set-cookie":
                cookie, _, content = value.decode().partition(";")[0].partition("=")
                self._cookies[cookie] = content
        return answer

    async def _send(self, question: bytes) -> Answer:
        if not self._wire.is_open:
            loop = asyncio.get_running_loop()
            _, self._wire = await loop.create_connection(_Wire, "127.0.0.1", self._port)
        return await asyncio.wait_for(self._wire.ask(question), _TIMEOUT_S)

    def _write(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}"]
        lines += ["User-Agent: Benchmark", "Accept-Language: en"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if self._cookies:
            lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self._cookies.items()))
        if body:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body
