"""Unpacks a zip archive into a folder of our own, member by member, under limits.

An archive with one member that tries to leave the folder is refused whole: that is an attack and
no accident. What the archive declares about sizes is checked first, what comes out is checked too.
"""

import shutil
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ml.datasets import filetypes
from ml.datasets.problems import UnreadableSource, shown
from ml.progress import Progress, word

CHUNK_BYTES = 2**20
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, NotImplementedError,
    UnicodeDecodeError,
)  # fmt: skip
# The other methods can ask for gigabytes of memory before they give out the first byte.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, kw_only=True)
class ArchiveLimits:
    max_members: int = 500_000
    max_bytes: int = 64 * 2**30
    # Pictures hardly shrink and text shrinks tenfold: beyond this it is made to explode.
    max_ratio: int = 100
    ratio_from_bytes: int = 64 * 2**20
    spare_bytes: int = 2**30  # of the disk, that are left free
    max_depth: int = 64  # folders in folders


def is_archive(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def extract(
    archive: Path, into: Path, *, name: str, limits: ArchiveLimits, progress: Progress
) -> None:
    """Whole or not at all: an earlier, unfinished attempt is begun anew."""
    partial = into.with_name(f"{into.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        with zipfile.ZipFile(archive) as file:
            members = [member for member in file.infolist() if not member.filename.endswith("/")]
            _check_members(members, archive, name, limits, partial)
            budget = _byte_budget(archive, limits)
            for number, member in enumerate(members):
                progress.check()
                progress.update(number, len(members), unit=word("files"), message=word("Unpacking"))
                budget -= _extract_member(file, member, partial, budget, name)
    except _DAMAGE as error:
        raise UnreadableSource(
            f"The zip archive '{shown(name)}' cannot be read: {shown(error).rstrip('.')}."
        ) from error
    partial.rename(into)


def _byte_budget(archive: Path, limits: ArchiveLimits) -> int:
    by_ratio = max(limits.ratio_from_bytes, archive.stat().st_size * limits.max_ratio)
    return min(limits.max_bytes, by_ratio)


def _check_members(
    members: list[zipfile.ZipInfo], archive: Path, name: str, limits: ArchiveLimits, into: Path
) -> None:
    label = f"The zip archive '{shown(name)}'"
    if not members:
        raise UnreadableSource(f"{label} is empty.")
    if len(members) > limits.max_members:
        raise UnreadableSource(
            f"{label} holds {len(members):,} files; at most {limits.max_members:,} are unpacked."
        )
    for member in members:
        _check_member(member, label, limits)
    num_bytes = sum(member.file_size for member in members)
    if num_bytes > _byte_budget(archive, limits):
        raise _explodes(name, num_bytes, archive.stat().st_size)
    free = shutil.disk_usage(into).free - limits.spare_bytes
    if num_bytes > free:
        raise UnreadableSource(
            f"{label} needs {num_bytes / 1e9:,.1f} GB unpacked; {max(free, 0) / 1e9:,.1f} GB of "
            "the disk are free for it."
        )


def _check_member(member: zipfile.ZipInfo, label: str, limits: ArchiveLimits) -> None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    shown_name = shown(member.filename)
    if not 1 <= len(path.parts) <= limits.max_depth:
        raise UnreadableSource(
            f"{label} holds '{shown_name}', which lies in {len(path.parts)} folders; a name and at "
            f"most {limits.max_depth} are expected. Nothing was unpacked."
        )
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        raise UnreadableSource(
            f"{label} holds '{shown_name}', which leads outside the archive. Nothing was unpacked."
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise UnreadableSource(f"{label} holds the link '{shown_name}'. Nothing was unpacked.")
    if member.flag_bits & 0x1:
        raise UnreadableSource(f"{label} is encrypted ('{shown_name}'). Unlock it and try again.")
    if member.compress_type not in _METHODS:
        raise UnreadableSource(
            f"{label} is packed by method {member.compress_type} ('{shown_name}'). Pack it by the "
            "usual one, 'deflate'."
        )
    if path.name == "data.pkl":
        raise UnreadableSource(
            f"{label} holds the Python pickle '{shown_name}'. Pickles can run code and are never "
            "opened."
        )


def _extract_member(
    file: zipfile.ZipFile, member: zipfile.ZipInfo, into: Path, budget: int, name: str
) -> int:
    target = into / member.filename.replace("\\", "/")
    if "\x00" in member.filename or len(target.name.encode()) > 255:  # noqa: PLR2004 - NAME_MAX
        raise UnreadableSource(
            f"The zip archive '{shown(name)}' holds a file whose name is not usable: "
            f"'{shown(member.filename)}'."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    num_bytes = 0
    with file.open(member) as packed, target.open("wb") as out:
        while chunk := packed.read(CHUNK_BYTES):
            if num_bytes == 0 and filetypes.is_pickle(chunk[: filetypes.HEAD_BYTES]):
                raise UnreadableSource(
                    f"The zip archive '{shown(name)}' holds the Python pickle "
                    f"'{shown(member.filename)}'. Pickles can run code and are never opened."
                )
            num_bytes += len(chunk)
            if num_bytes > budget:
                raise _explodes(name, num_bytes, Path(str(file.filename)).stat().st_size)
            out.write(chunk)
    return num_bytes


def _explodes(name: str, num_bytes: int, packed_bytes: int) -> UnreadableSource:
    return UnreadableSource(
        f"The zip archive '{shown(name)}' of {packed_bytes / 1e6:,.1f} MB unpacks to "
        f"{num_bytes / 1e6:,.1f} MB or more, which is beyond the limit. It was not unpacked."
    )


def find_top(folder: Path, keep: tuple[str, ...]) -> Path:
    """Archives often hold one folder with everything in it; names in `keep` mean something."""
    entries = [e for e in folder.iterdir() if not e.name.startswith((".", "__MACOSX"))]
    if len(entries) == 1 and entries[0].is_dir() and entries[0].name not in keep:
        return find_top(entries[0], keep)
    return folder
