"""The cookie that says which session a browser has. It is never readable by scripts.

On https it is called __Host-..., which browsers accept only with Secure, for this very host and
all its paths: no neighbouring name can plant one.
"""

from starlette.requests import Request
from starlette.responses import Response

_NAME = "ggez_session"


def _is_https(request: Request) -> bool:
    return request.url.scheme == "https" or bool(request.app.state.settings.is_https)


def _name(request: Request) -> str:
    return f"__Host-{_NAME}" if _is_https(request) else _NAME


def read(request: Request) -> str | None:
    return request.cookies.get(_name(request))


def give(request: Request, response: Response, token: str) -> None:
    response.set_cookie(
        _name(request),
        token,
        max_age=request.app.state.settings.session_days * 24 * 60 * 60,
        path="/",
        secure=_is_https(request),
        httponly=True,
        samesite="lax",
    )


def take(request: Request, response: Response) -> None:
    response.delete_cookie(
        _name(request), path="/", secure=_is_https(request), httponly=True, samesite="lax"
    )
