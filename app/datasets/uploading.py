"""Files on their way in: to the disk as they come, whatever their size."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from anyio import open_file, to_thread
from fastapi import Depends, Query
from starlette.datastructures import UploadFile
from starlette.requests import Request

from app.dependencies import Researcher, SettingsDep
from app.errors import BodyTooLarge
from domain.datasets import errors, uploads


@dataclass(frozen=True)
class Arrived:
    path: Path
    name: str


async def receive_form(
    request: Request, settings: SettingsDep, person: Researcher
) -> AsyncIterator[Arrived]:
    """From a page's form. Asks for the role first: strangers do not fill the disk."""
    del person
    async with request.form() as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise errors.NoFile
        staging = await to_thread.run_sync(uploads.make_staging, settings)
        try:
            path = staging / "file"
            await to_thread.run_sync(_copy, file, path)
            yield Arrived(path, file.filename)
        finally:
            await to_thread.run_sync(lambda: shutil.rmtree(staging, ignore_errors=True))


def _copy(file: UploadFile, path: Path) -> None:
    with path.open("wb") as out:
        shutil.copyfileobj(file.file, out, 2**20)


async def receive_body(
    request: Request,
    settings: SettingsDep,
    person: Researcher,
    name: Annotated[str, Query(max_length=400, description="The file's name.")],
) -> AsyncIterator[Arrived]:
    """From a program: the body is the file."""
    del person
    staging = await to_thread.run_sync(uploads.make_staging, settings)
    num_bytes = 0
    try:
        path = staging / "file"
        async with await open_file(path, "wb") as out:
            async for chunk in request.stream():
                num_bytes += len(chunk)
                if num_bytes > settings.max_upload_bytes:
                    raise BodyTooLarge(settings.max_upload_bytes)
                await out.write(chunk)
        yield Arrived(path, name)
    finally:
        await to_thread.run_sync(lambda: shutil.rmtree(staging, ignore_errors=True))


SentFile = Annotated[Arrived, Depends(receive_form)]
SentBody = Annotated[Arrived, Depends(receive_body)]
