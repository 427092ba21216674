"""`ggez backup`: an instance in one file."""

import json
from pathlib import Path

import click

from cli import database
from cli.archive import writing
from cli.archive.manifest import Manifest
from cli.machine.folder import DataFolder
from cli.options import data_option, json_option
from domain import clock
from domain.settings import Settings


@click.command(epilog="Example: ggez backup --data ./var /mnt/backup/ggez.tar.gz")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--no-artifacts",
    is_flag=True,
    help="Leave out the files that jobs and uploads published; only list them.",
)
@data_option
@json_option
def backup(*, file: Path | None, no_artifacts: bool, data: Path, as_json: bool) -> None:
    """Write the whole instance to FILE, also while it runs.

    The database, the published files, job logs and own regions go in. The import inbox and the
    secrets do not. Without FILE it is written to the folder 'backups' of the data folder.
    """
    with database.reach(data) as settings:
        written, manifest = back_up(settings, file, with_artifacts=not no_artifacts)
    for item in manifest.list_items("missing"):
        click.echo(f"Not in the backup, because it is not there any more: {item.uri}", err=True)
    if as_json:
        click.echo(json.dumps(_describe(written, manifest)))
    else:
        click.echo(_tell(written, manifest))


def back_up(
    settings: Settings, file: Path | None = None, *, with_artifacts: bool = True
) -> tuple[Path, Manifest]:
    """Where the backup is, and what is in it."""
    target = file or _choose_name(DataFolder.at(settings.data))
    return target, writing.write(target, settings, with_artifacts=with_artifacts)


def _choose_name(folder: DataFolder) -> Path:
    return folder.backups / f"ggez-{clock.now():%Y%m%d-%H%M%S}.tar.gz"


def _tell(written: Path, manifest: Manifest) -> str:
    held, left_out = manifest.list_items("held"), manifest.list_items("left out")
    files = f"{len(held)} published files and folders"
    if left_out:
        files = f"without {len(left_out)} published files and folders, which it only lists"
    size_mb = written.stat().st_size / 1e6
    return f"Wrote {written} ({size_mb:.1f} MB): the database, {files}."


def _describe(written: Path, manifest: Manifest) -> dict[str, object]:
    return {
        "file": str(written),
        "size_bytes": written.stat().st_size,
        "schema_version": manifest.schema_version,
        "num_held": len(manifest.list_items("held")),
        "num_left_out": len(manifest.list_items("left out")),
        "missing": [item.uri for item in manifest.list_items("missing")],
    }
