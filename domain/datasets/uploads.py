"""Files that people send, kept as artifacts of the kind 'upload' until a job reads them."""

import hashlib
import re
import unicodedata
import uuid
from pathlib import Path

from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.artifacts.models import Artifact
from domain.datasets import errors
from domain.db import new_id
from domain.errors import Word
from domain.settings import Settings

KIND = "upload"
HEAD_BYTES = 4096
LONGEST_NAME_BYTES = 200  # file systems take 255; a letter of Thai or Burmese is three
_TEXT_TYPES = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".jsonl": "application/jsonl",
    ".ndjson": "application/jsonl",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
}
_PICKLE = re.compile(rb"\x80[\x02-\x05]")


def make_staging(settings: Settings) -> Path:
    """A new empty folder beside the artifacts, for a file on its way in."""
    name = f"{KIND}-{uuid.uuid4().hex}"
    return storage.make_staging(settings.artifacts_root, settings.data.resolve() / "work", name)


def accept(session: Session, staged: Path, name: str, settings: Settings) -> Artifact:
    """Publish a staged file if its contents are of a kind that can be imported."""
    name = clean_name(name)
    with staged.open("rb") as file:
        head = file.read(HEAD_BYTES)
        media_type = find_media_type(head, name)
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size_bytes = staged.stat().st_size
    uri = storage.join(settings.artifacts_root, "uploads", str(new_id()), name)
    storage.publish_file(staged, uri)
    return artifacts.record(
        session, kind=KIND, uri=uri, sha256=sha256, size_bytes=size_bytes, media_type=media_type
    )


def clean_name(name: str) -> str:
    """The last part of a path, of letters, digits and a few marks: it becomes part of an address
    and of sentences.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        letter if letter.isalnum() or letter in "._-" or unicodedata.category(letter)[0] == "M"
        else "-"
        for letter in last
    ).lstrip(".-")  # fmt: skip
    # The end is what tells the kind.
    return kept.encode()[-LONGEST_NAME_BYTES:].decode(errors="ignore").lstrip(".-") or "upload"


def find_media_type(head: bytes, name: str) -> str:
    """By contents; only between kinds of text does the name decide."""
    if not head:
        raise errors.UploadRefused(name, Word("empty"))
    if _PICKLE.match(head):
        pickle = Word("a Python pickle, which can run code and is never opened")
        raise errors.UploadRefused(name, pickle)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "application/zip"
    if head.startswith(b"PAR1"):
        return "application/vnd.apache.parquet"
    if b"\0" in head:
        raise errors.UploadRefused(name, Word("of another kind, by its contents"))
    found = _TEXT_TYPES.get(Path(name).suffix.lower())
    if found is None:
        raise errors.UploadRefused(name, Word("neither CSV, JSONL nor Markdown, by its name"))
    return found
