"""A text that people upload as a file or paste, and the words around it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.datastructures import UploadFile
from starlette.requests import Request

from domain.errors import Invalid

# Prompts and questions are read whole: a benchmark of the usual size is two megabytes.
MOST_BYTES = 16 * 2**20


class NotText(Invalid):
    def __init__(self, name: str) -> None:
        super().__init__("'%(name)s' is not a text file in UTF-8.", field="text", name=name)


@dataclass(frozen=True)
class SentText:
    fields: Mapping[str, str]
    data: bytes  # of the file
    source: str  # the file's name; empty: there was none

    def get(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    @property
    def pasted(self) -> str:
        # Browsers send line ends of their own.
        return self.fields.get("text", "").replace("\r\n", "\n")

    @property
    def text(self) -> str:
        """Of the file; what was pasted when there is none. Raises NotText."""
        if not self.source:
            return self.pasted
        try:
            return self.data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotText(self.source) from error


async def receive(request: Request) -> SentText:
    async with request.form() as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        file = form.get("file")
        if isinstance(file, UploadFile) and file.filename:
            return SentText(fields, await file.read(), file.filename)
        return SentText(fields, b"", "")


SentTextDep = Annotated[SentText, Depends(receive)]
