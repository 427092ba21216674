"""What every door needs to know to reach the facts: the database, Redis and the files.

Read when a process starts, never at import. `ggez up` hands them to its children by environment.
"""

import functools
import importlib.metadata
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

# Docker and Kubernetes hand secrets over as files; a setting may come from one of its name.
_SECRETS = Path("/run/secrets")


@functools.cache
def find_version() -> str:
    """Of the product. Read from the installed package's files, once."""
    return importlib.metadata.version("ggez")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="GGEZ_",
        frozen=True,
        extra="ignore",
        secrets_dir=_SECRETS if _SECRETS.is_dir() else None,
    )

    data: Path = Field(default=Path("var"), description="The data folder of this instance.")
    database_url: str = Field(
        default="", description="PostgreSQL 15 or newer; empty: the embedded one is started."
    )
    redis_url: str = Field(
        default="", description="Redis 6.2 or newer; empty: the embedded one is started."
    )
    artifacts_uri: str = Field(
        default="", description="Where files go, file:// or s3://; empty: under the data folder."
    )
    import_roots: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(),
        description="Folders that imports may read, separated by ':'; the data folder's "
        "inbox is always one of them.",
    )
    region_dirs: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(), description="Further folders with region files, separated by ':'."
    )
    kind_modules: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Python modules that register further job kinds, separated by ':'."
    )
    model_hub: bool = Field(
        default=False,
        description="Whether model.import may bring models from a hub (hub:OWNER/NAME).",
    )
    sandbox_study: Literal["auto", "yes", "no"] = Field(
        default="auto",
        description="Whether 'ggez up' brings an open study with pictures, to try rating. auto: "
        "into a new data folder with the embedded database; yes: wherever there is none; no: "
        "nowhere.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="The least serious event that is written to the log."
    )
    log_style: Literal["auto", "json", "pretty"] = Field(
        default="auto",
        description="json: one object per line; pretty: for reading; auto: pretty on a terminal.",
    )

    @field_validator("import_roots", "region_dirs", "kind_modules", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part for part in value.split(os.pathsep) if part)
        return value

    @property
    def inbox(self) -> Path:
        return self.data.resolve() / "inbox"

    @property
    def allowed_import_roots(self) -> tuple[Path, ...]:
        return (self.inbox, *(root.resolve() for root in self.import_roots))

    @property
    def artifacts_root(self) -> str:
        return self.artifacts_uri or (self.data.resolve() / "artifacts").as_uri()
