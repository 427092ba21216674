"""From the folder an attempt wrote to a published one. The row comes later, with the winner."""

from dataclasses import dataclass
from pathlib import Path

import structlog

from domain.artifacts import storage
from domain.artifacts.errors import StorageAway
from ml import digests

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
