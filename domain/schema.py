"""Bring a database to the version this code was written for, and say which version it has."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from domain.errors import Conflict

_ROOT = Path(__file__).parents[1]


class SchemaTooNew(Conflict):
    def __init__(self, found: str) -> None:
        latest = latest_version()
        super().__init__(
            "This data folder was written by a newer version of GG-EZ (schema %(found)s); "
            "this version knows up to %(latest)s. Update GG-EZ, or restore a backup.",
            found=found,
            latest=latest,
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_ROOT / "migrations"))
    return config


def latest_version() -> str:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "There is always at least the first migration."
    return head


def list_versions() -> list[str]:
    """Every version this code can read, newest first."""
    script = ScriptDirectory.from_config(_config())
    return [revision.revision for revision in script.walk_revisions()]


def find_version(connection: Connection) -> str | None:
    """The schema version of the database; None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def needs_migration(connection: Connection) -> bool:
    """Whether `migrate` would change anything. Refuses a database from a newer version."""
    found = find_version(connection)
    if found is not None and found not in list_versions():
        raise SchemaTooNew(found)
    return found != latest_version()


def migrate(connection: Connection) -> None:
    """Upgrade to the latest version inside the caller's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
