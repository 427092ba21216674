"""What the web door needs beyond the facts: its address, whom it trusts, and its limits."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from domain.settings import Settings

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class WebSettings(Settings):
    base_url: str = Field(
        default="http://127.0.0.1:8000",
        description="The address people type; links that are handed out begin with it.",
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Further host names under which the web answers, separated by ','; the one "
        "of the base address and this machine's own names always work.",
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Addresses or networks of proxies whose X-Forwarded-For and "
        "X-Forwarded-Proto are believed, separated by ','.",
    )
    session_idle_days: int = Field(
        default=14, ge=1, description="A browser not seen for so long is signed out."
    )
    session_days: int = Field(
        default=90, ge=1, description="Every browser signs in again after so long."
    )
    attempts_per_account: int = Field(
        default=10, ge=1, description="Tries at one account or link in a quarter of an hour."
    )
    attempts_per_address: int = Field(
        default=600,
        ge=1,
        description="Tries to sign in from one address in a minute; carriers share addresses.",
    )
    max_form_bytes: int = Field(
        default=1024**2, ge=1024, description="The largest request that is not an upload."
    )
    max_upload_bytes: int = Field(
        default=20 * 1024**3, ge=1024, description="The largest upload, in bytes."
    )
    database_connections: int = Field(
        default=10,
        ge=1,
        description="Database connections that one web process keeps. A fifth of them, two at least, "
        "are in the hands of requests at a time; the others are for streams and downloads.",
    )

    @property
    def places(self) -> int:
        """How many requests have a connection at a time. Python computes one at a time, and threads
        that take turns at it cost more than they gain: with ten a rating took twice the processor
        time that it takes with two. Two, so that one can wait for the database or a file.
        """
        return max(2, self.database_connections // 5)

    @field_validator("allowed_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("base_url")
    @classmethod
    def _check_base_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"'{value}' is not an address like https://ggez.example.org.")
        return value.rstrip("/")

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def known_hosts(self) -> frozenset[str]:
        own = urlsplit(self.base_url).hostname or ""
        return frozenset(name.lower() for name in (*_LOOPBACK_NAMES, own, *self.allowed_hosts))
