"""How every process of the product writes its log: one line of JSON per event, or readable text
when a person watches on a terminal.

    log = structlog.get_logger(__name__)
    log.info("job.claimed", fencing_token=3)

`configure` is called once when a process starts. Libraries that use the standard `logging`
(uvicorn, Celery, SQLAlchemy, Alembic) come out of the same pipe. Identifiers of the request or job
at hand are bound with `structlog.contextvars` and stand on every line below it.
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Style = Literal["auto", "json", "pretty"]

HIDDEN = "[hidden]"
_SECRET_NAME = re.compile(
    r"passw|secret|token|authorization|cookie|api_?key|credential|csrf|invite_code|sign_in_link",
    re.IGNORECASE,
)
# These carry "token" in their name and no secret: counts, and the number that fences off zombies.
_HARMLESS_NAME = re.compile(r"^(fencing_token|(num|max|min)_\w*tokens?)$", re.IGNORECASE)
_PASSWORD_IN_ADDRESS = re.compile(r"(?P<before>\w://[^\s/:@]*:)[^\s/@]+(?=@)")
_BEARER = re.compile(r"(?P<before>\bBearer\s+)[\w.~+/=-]+", re.IGNORECASE)


def configure(*, level: str = "INFO", style: Style = "auto") -> None:
    """Take over all logging of this process. Calling it again is harmless."""
    known: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *known,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*known, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                hide_secrets,
                _renderer(style),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    _route_libraries()


class _StandardError(logging.StreamHandler[TextIO]):
    """Asks for `sys.stderr` at each line: a job's child process replaces it with the job's log."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, value: TextIO) -> None: ...


def _route_libraries() -> None:
    """Libraries that brought handlers of their own hand their records up to the root instead."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "celery", "celery.task"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    # Each request is logged once, by us, with its route and duration.
    logging.getLogger("uvicorn.access").setLevel(logging.WARNING)
    for chatty in ("httpx", "httpx2", "botocore", "s3fs", "fsspec", "alembic.runtime"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _renderer(style: Style) -> Processor:
    if style == "pretty" or (style == "auto" and sys.stderr.isatty()):
        return structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    return structlog.processors.JSONRenderer(default=str, ensure_ascii=False)


def hide_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001 - the signature is structlog's
    """The last processor before a line is written: nothing secret gets past it."""
    return {name: _hidden(name, value) for name, value in event.items()}


def _hidden(name: str, value: Any) -> Any:
    if _SECRET_NAME.search(name) and not _HARMLESS_NAME.search(name):
        return HIDDEN
    if isinstance(value, str):
        without_passwords = _PASSWORD_IN_ADDRESS.sub(rf"\g<before>{HIDDEN}", value)
        return _BEARER.sub(rf"\g<before>{HIDDEN}", without_passwords)
    if isinstance(value, Mapping):
        return {str(key): _hidden(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden("", inner) for inner in value]
    return value
