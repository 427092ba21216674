"""`ggez restore`: a data folder from a backup.

Everything is made beside the data folder and takes its place at the end, by one rename: whatever
goes wrong before that leaves no trace.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import click
from sqlalchemy import inspect, text

from cli import database
from cli.archive import dumps, reading
from cli.archive.manifest import DATABASE, ITEMS, REGIONS, ArchiveDamaged, Item, Manifest
from cli.embedded import postgres, process
from cli.machine import services
from cli.machine.folder import DataFolder
from cli.options import data_option, json_option
from domain import schema
from domain.artifacts import storage
from domain.artifacts.errors import AlreadyPublished
from domain.db import connect
from domain.errors import Conflict
from domain.settings import Settings

_UPDATES = {
    "artifacts": text("UPDATE artifacts SET uri = :uri WHERE id = :id"),
    "jobs": text("UPDATE jobs SET log_uri = :uri WHERE id = :id"),
}


class FolderNotEmpty(Conflict):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The data folder {path} is not empty. A backup is restored into an empty one: "
            "name another with --data, or move this one away."
        )


class DatabaseNotEmpty(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "The database in GGEZ_DATABASE_URL holds tables already. A backup is restored into "
            "an empty one."
        )


@click.command(epilog="Example: ggez restore /mnt/backup/ggez.tar.gz --data ./var")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
@json_option
def restore(*, file: Path, data: Path, as_json: bool) -> None:
    """Make the data folder anew from the backup FILE.

    The folder must be empty or not there yet. Every file of the backup is checked against its
    digest first; a damaged backup changes nothing.
    """
    manifest = bring_back(file, data)
    elsewhere = manifest.list_items("left out") + manifest.list_items("missing")
    if as_json:
        told = {
            "data": str(data),
            "created_at": manifest.created_at.isoformat(),
            "schema_version": manifest.schema_version,
            "num_restored": len(manifest.list_items("held")),
            "not_in_backup": [item.uri for item in elsewhere],
        }
        click.echo(json.dumps(told))
        return
    click.echo(f"Restored {data} from the backup of {manifest.created_at:%Y-%m-%d %H:%M} UTC.")
    if elsewhere:
        click.echo(f"{len(elsewhere)} files were not in it and are looked for where they were.")
    click.echo(f"Next: ggez up --data {data}")


def bring_back(file: Path, data: Path) -> Manifest:
    if not file.is_file():
        raise ArchiveDamaged(file, "there is no such file.")
    final = DataFolder.at(data)
    if final.path.exists() and (not final.path.is_dir() or any(final.path.iterdir())):
        raise FolderNotEmpty(final.path)
    with _beside(final) as made:
        manifest = reading.unpack(file, made.path / "unpacked")
        if manifest.schema_version not in schema.list_versions():
            raise schema.SchemaTooNew(manifest.schema_version)
        settings = Settings(data=final.path)
        with _empty_database(made) as database_url:
            dumps.load(database_url, made.path / "unpacked" / DATABASE)
            _move_addresses(database_url, manifest, settings)
            _place_files(made, manifest, settings)
        shutil.rmtree(made.path / "unpacked")
        made.path.rename(final.path)
    return manifest


@contextmanager
def _beside(final: DataFolder) -> Iterator[DataFolder]:
    """A folder that becomes the data folder or nothing."""
    made = DataFolder(final.path.with_name(f".{final.path.name}.restoring"))
    shutil.rmtree(made.path, ignore_errors=True)
    made.make()
    try:
        yield made
    finally:
        shutil.rmtree(made.path, ignore_errors=True)


@contextmanager
def _empty_database(made: DataFolder) -> Iterator[str]:
    given = services.given_database_url()
    if given:
        _check_empty(given)
        yield given
        return
    server = services.describe_postgres(made)
    server.prepare()
    running = server.start(output=subprocess.DEVNULL)
    try:
        server.wait_until_ready(running)
        yield server.url
    finally:
        process.stop(running, postgres.STOP_SIGNAL, grace_s=services.POSTGRES_GRACE_S)


def _check_empty(database_url: str) -> None:
    engine = connect(database_url, pool_size=1)
    try:
        if inspect(engine).get_table_names():
            raise DatabaseNotEmpty
    finally:
        engine.dispose()


def _move_addresses(database_url: str, manifest: Manifest, settings: Settings) -> None:
    """Rows name their files by full address, and the folder may have another name now."""
    reached = settings.model_copy(update={"database_url": database_url})
    with database.unit_of_work(reached) as session:
        for item in manifest.list_items("held"):
            address = storage.join(settings.artifacts_root, item.path)
            session.execute(_UPDATES[item.table], {"uri": address, "id": item.id})


def _place_files(made: DataFolder, manifest: Manifest, settings: Settings) -> None:
    unpacked = made.path / "unpacked"
    for name in (ITEMS, REGIONS):
        if (unpacked / name).is_dir():
            shutil.copytree(
                unpacked / name, made.path / name, dirs_exist_ok=True, copy_function=_move
            )
    if settings.artifacts_uri:
        for item in manifest.list_items("held"):
            _publish(made.path / ITEMS / unquote(item.path), item, settings)


def _move(source: str, target: str) -> None:
    Path(source).rename(target)


def _publish(local: Path, item: Item, settings: Settings) -> None:
    publish = storage.publish_folder if local.is_dir() else storage.publish_file
    try:
        publish(local, storage.join(settings.artifacts_root, item.path))
    except AlreadyPublished:
        # What is published never changes: it is the very same, and was not lost.
        return
