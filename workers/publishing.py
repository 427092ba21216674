"""From the folder an attempt wrote to a published one. The row comes later, with the winner, and is
made of what lies in it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from domain.artifacts import storage
from domain.artifacts.errors import FileMissing, StorageAway
from domain.artifacts.models import Artifact
from ml import digests

_LONGEST_CARD = 200_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Published:
    uri: str
    sha256: str
    size_bytes: int


def publish(out_dir: Path, uri: str) -> Published | None:
    """Publish the folder whole; None when the computation wrote nothing."""
    files = [path for path in out_dir.rglob("*") if path.is_file()]
    if not files:
        return None
    found = Published(uri, digests.of_folder(out_dir), sum(path.stat().st_size for path in files))
    storage.publish_folder(out_dir, uri)
    return found


def keep_log(path: Path, root_uri: str, name: str) -> str:
    """Where the log can be read from now on: where the files go, when that is not a disk here."""
    if storage.find_local(root_uri) is not None or not path.exists():
        return path.as_uri()
    uri = storage.join(root_uri, "logs", f"{name}.log")
    try:
        storage.publish_file(path, uri)
    except StorageAway as error:
        # A log is no reason for a job to fail; it stays where it was written.
        log.warning("job.log_not_published", error=str(error))
        return path.as_uri()
    return uri


def read_card(artifact: Artifact, *names: str) -> str:
    """A card's text; empty when the computation wrote none."""
    try:
        with storage.open_read(storage.join(artifact.uri, *names)) as file:
            return file.read(_LONGEST_CARD).decode(errors="replace").replace("\0", "")
    except FileMissing:
        return ""


def read_rows(artifact: Artifact, name: str) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    with storage.open_read(storage.join(artifact.uri, name)) as file:
        for line in file:
            yield json.loads(line)
