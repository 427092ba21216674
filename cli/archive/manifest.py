"""The list of contents of a backup, and what can be wrong with one.

It is the last thing written into the archive: an archive without it was cut off.
"""

import datetime as dt
import uuid
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from domain.errors import Conflict, Invalid

NAME = "manifest.json"
DATABASE = "database.dump"
ITEMS = "artifacts"
REGIONS = "regions"


class ArchiveDamaged(Invalid):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The backup {path} cannot be used: {reason} Nothing was changed.", field="file"
        )


class FileExists(Conflict):
    def __init__(self, path: Path) -> None:
        super().__init__(f"There is already a file {path}; choose another name.")


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Member(_Value):
    """One file inside the archive."""

    name: str
    sha256: str
    size_bytes: int


class Item(_Value):
    """A file or folder that a row of the database points to."""

    table: Literal["artifacts", "jobs"]
    id: uuid.UUID
    uri: str
    path: str  # below ITEMS, and below the root of the artifacts after restoring
    sha256: str
    size_bytes: int
    state: Literal["held", "left out", "missing"]


class Manifest(_Value):
    format: Literal[1] = 1
    version: str
    schema_version: str
    created_at: dt.datetime
    members: tuple[Member, ...]
    items: tuple[Item, ...]

    def list_items(self, state: Literal["held", "left out", "missing"]) -> list[Item]:
        return [item for item in self.items if item.state == state]
