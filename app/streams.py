"""Live pages: server-sent events made of parts of the page.

A stream looks at the rows, says what changed, and waits. Redis wakes it; when Redis is away it
looks every few seconds instead. Between looks it holds nothing: no database session, no thread.

    @router.get("/jobs/stream")
    def follow(request: Request, streams: StreamsDep, person: Researcher) -> Response:
        return streams.open(person.id, ALL_JOBS_CHANNEL, look)

`look` runs in a thread, opens and closes its own session, and returns what is to be sent. Every
stream ends after some minutes: the browser comes back by itself, and its session is checked anew.
"""

import time
import uuid
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Annotated, Self

import anyio
import structlog
from anyio import to_thread
from fastapi import Depends
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, ServerSentEvent, format_sse_event
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from app.errors import WebError

log = structlog.get_logger(__name__)

POLL_S = 2.5
# Several changes within this time are told together.
GATHER_S = 0.3
PING_S = 15.0
# The browser then comes back and is asked who it is: so long may somebody look on who was just
# disabled, or lost the role.
MAX_AGE_S = 60.0
MAX_PER_PERSON = 12
_RETRY_MS = 2000
_REDIS_PATIENCE_S = 1.0


class TooManyStreams(WebError):
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self) -> None:
        super().__init__(
            "%(limit)s live pages are open already. Close some, or reload this one by hand.",
            limit=MAX_PER_PERSON,
        )
        self.headers = {"Retry-After": "30"}


@dataclass(frozen=True)
class Seen:
    """What one look found: the events to send, and whether there will be no more."""

    events: Sequence[ServerSentEvent] = ()
    is_last: bool = False


Look = Callable[[], Seen]


class Streams:
    """The open streams of this process."""

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url
        self._num_open: Counter[uuid.UUID] = Counter()

    def open(self, person_id: uuid.UUID, channel: str, look: Look) -> EventSourceResponse:
        if self._num_open[person_id] >= MAX_PER_PERSON:
            raise TooManyStreams
        return _Stream(_follow(self._redis_url, channel, look), self._num_open, person_id)

    def count(self) -> int:
        return self._num_open.total()


def get_streams(request: Request) -> Streams:
    streams: Streams = request.app.state.streams
    return streams


StreamsDep = Annotated[Streams, Depends(get_streams)]


def read_last_event_id(request: Request, after: int) -> int:
    """Where to go on: after the last event that this browser got, else where its page ended."""
    given = request.headers.get("last-event-id", "")
    return int(given) if given.isascii() and given.isdecimal() else after


class _Stream(EventSourceResponse):
    """Counts itself while it runs, and closes its generator when the reader goes away."""

    def __init__(
        self, chunks: AsyncGenerator[bytes], num_open: Counter[uuid.UUID], person_id: uuid.UUID
    ) -> None:
        # A proxy that gathers what it passes on would make a live page late.
        super().__init__(chunks, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._chunks = chunks
        self._num_open = num_open
        self._person_id = person_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._num_open[self._person_id] += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._num_open[self._person_id] -= 1
            if not self._num_open[self._person_id]:
                del self._num_open[self._person_id]
            with anyio.CancelScope(shield=True):
                await self._chunks.aclose()


async def _follow(redis_url: str, channel: str, look: Look) -> AsyncGenerator[bytes]:
    began = said_at = time.monotonic()
    yield format_sse_event(retry=_RETRY_MS)
    # Listening begins before the first look: what happens in between is heard.
    async with _Hints(redis_url, channel) as hints:
        while time.monotonic() - began < MAX_AGE_S:
            try:
                seen = await to_thread.run_sync(look)
            except (OperationalError, PoolExhausted) as error:
                log.warning("stream.database_away", error=str(error))
                return  # the browser comes back, and is told by then
            for event in seen.events:
                yield _write(event)
                said_at = time.monotonic()
            if seen.is_last:
                return
            if time.monotonic() - said_at >= PING_S:
                yield KEEPALIVE_COMMENT
                said_at = time.monotonic()
            await hints.wait()


def _write(event: ServerSentEvent) -> bytes:
    return format_sse_event(
        data_str=event.raw_data, event=event.event, id=event.id, comment=event.comment
    )


class _Hints:
    """Waits until something may have changed: a message on the channel, or the poll interval."""

    def __init__(self, redis_url: str, channel: str) -> None:
        self._client = Redis.from_url(
            redis_url,
            socket_connect_timeout=_REDIS_PATIENCE_S,
            socket_timeout=_REDIS_PATIENCE_S,
        )
        self._channel = channel
        self._pubsub: PubSub | None = None

    async def __aenter__(self) -> Self:
        await self._listen()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with anyio.CancelScope(shield=True):
            await self._hang_up()
            await self._client.aclose()

    async def wait(self) -> None:
        if self._pubsub is None:
            await anyio.sleep(POLL_S)
            await self._listen()
            return
        try:
            heard = await self._pubsub.get_message(ignore_subscribe_messages=True, timeout=POLL_S)
            while heard is not None:
                await anyio.sleep(GATHER_S)
                # None after a pause: whatever was said before it is part of the next look.
                while heard is not None:
                    heard = await self._pubsub.get_message(timeout=0)
        except (RedisError, OSError) as error:
            log.warning("stream.redis_away", error=str(error))
            await self._hang_up()

    async def _listen(self) -> None:
        pubsub = self._client.pubsub()
        try:
            await pubsub.subscribe(self._channel)
        except (RedisError, OSError) as error:
            log.warning("stream.redis_away", error=str(error))
            await pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py has no type here
        else:
            self._pubsub = pubsub

    async def _hang_up(self) -> None:
        if self._pubsub is not None:
            with suppress(RedisError, OSError):
                await self._pubsub.aclose()  # type: ignore[no-untyped-call]  # the same
            self._pubsub = None
