"""Styles, scripts and pictures of our own, served so that a browser asks for each only once.

The address carries a digest of the whole folder (/static/<digest>/app.css), not of one file: so
what a stylesheet or module names relatively lies under the same digest, without a bundler.
"""

import functools
import hashlib
import mimetypes
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

ROOT = Path(__file__).resolve().parents[1] / "static"
MOUNT = "/static"
_DIGEST_LENGTH = 16


@functools.cache
def digest_folder(root: Path = ROOT) -> str:
    whole = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file():
            whole.update(f"{path.relative_to(root).as_posix()}\0".encode())
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:_DIGEST_LENGTH]


def address(path: str) -> str:
    """Where a page finds a file. A name that is not there is a mistake in the page."""
    if not (ROOT / path).is_file():
        raise FileNotFoundError(f"There is no file '{path}' in the static folder.")
    return f"{MOUNT}/{digest_folder()}/{path}"


class DigestedFiles(StaticFiles):
    """`app.mount(static_files.MOUNT, static_files.DigestedFiles())`."""

    def __init__(self, root: Path = ROOT) -> None:
        super().__init__(directory=root)
        # Python knows no type for fonts, and not every machine has a list that does.
        mimetypes.add_type("font/woff2", ".woff2")
        self._digest = digest_folder(root)

    async def get_response(self, path: str, scope: Scope) -> Response:
        first, _, rest = path.partition("/")
        if not _is_digest(first):
            return _mark(await super().get_response(path, scope), "no-cache")
        # A page from before an upgrade names the older digest: it gets the file there is now,
        # but must not keep it under that name.
        caching = "public, max-age=31536000, immutable" if first == self._digest else "no-cache"
        return _mark(await super().get_response(rest, scope), caching)


def _is_digest(name: str) -> bool:
    return len(name) == _DIGEST_LENGTH and all(letter in "0123456789abcdef" for letter in name)


def _mark(response: Response, caching: str) -> Response:
    response.headers["Cache-Control"] = caching
    return response
