"""How often something may be tried: counted in Redis, for all web processes together.

When Redis is away people can still sign in: each process then counts for itself and allows only a
part of the number, because it does not see what the others allowed.
"""

import hashlib
import threading
import time

import structlog
from redis import Redis
from redis.exceptions import RedisError

from app.errors import TooManyAttempts

log = structlog.get_logger(__name__)

_SHARE_WITHOUT_REDIS = 4
_MAX_REMEMBERED = 10_000


class Attempts:
    """Counts tries per name in windows of fixed length."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._own: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def count(self, what: str, who: str, *, limit: int, window_s: int) -> None:
        """Note one try; refuse it when there were more than `limit` in the window."""
        key = _key(what, who)
        try:
            with self._redis.pipeline(transaction=True) as pipeline:
                pipeline.set(key, 0, ex=window_s, nx=True)
                pipeline.incr(key)
                pipeline.ttl(key)
                _, num_tries, remaining_s = pipeline.execute()
        except RedisError as error:
            log.warning("attempts.counted_without_redis", error=str(error))
            limit = max(1, limit // _SHARE_WITHOUT_REDIS)
            num_tries, remaining_s = self._count_here(key, window_s)
        if num_tries > limit:
            raise TooManyAttempts(max(1, remaining_s))

    def forget(self, what: str, who: str) -> None:
        """After a success the tries before it no longer count."""
        key = _key(what, who)
        with self._lock:
            self._own.pop(key, None)
        try:
            self._redis.delete(key)
        except RedisError as error:
            log.warning("attempts.not_forgotten", error=str(error))

    def _count_here(self, key: str, window_s: int) -> tuple[int, int]:
        now = time.monotonic()
        with self._lock:
            if len(self._own) >= _MAX_REMEMBERED:
                self._own = {name: kept for name, kept in self._own.items() if kept[0] > now}
            if len(self._own) >= _MAX_REMEMBERED and key not in self._own:
                return _MAX_REMEMBERED, window_s  # a flood: nobody new until windows end
            ends_at, num_tries = self._own.get(key, (0.0, 0))
            if ends_at <= now:
                ends_at, num_tries = now + window_s, 0
            self._own[key] = (ends_at, num_tries + 1)
            return num_tries + 1, int(ends_at - now)


def _key(what: str, who: str) -> str:
    """Digested: addresses of people and links do not lie about in Redis."""
    return f"ggez:attempts:{what}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
