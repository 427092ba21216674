"""What the process of a job's last attempt printed."""

from collections.abc import Iterator

from domain.artifacts import storage
from domain.artifacts.errors import FileMissing
from domain.jobs.models import Job

_CHUNK = 65_536


def read_tail(job: Job, *, max_bytes: int = 65_536) -> str:
    """The end of the log, from the start of a line; empty when nothing was printed yet."""
    text = b""
    for chunk in stream(job):
        text = (text + chunk)[-max_bytes - 1 :]
    if len(text) > max_bytes:
        text = text.partition(b"\n")[2]
    return text.decode(errors="replace")


def stream(job: Job) -> Iterator[bytes]:
    """The whole log, in chunks; nothing when nothing was printed yet."""
    if job.log_uri is None:
        return
    try:
        with storage.open_read(job.log_uri) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except FileMissing:
        return
