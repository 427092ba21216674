"""A source as a folder or file that can be read, whether it came packed or not."""

from pathlib import Path

from ml.datasets import archives, detection
from ml.datasets.archives import ArchiveLimits
from ml.datasets.problems import UnreadableSource, shown
from ml.datasets.source import SPLITS, fingerprint
from ml.progress import Progress


def unpack(
    path: Path, name: str, state_dir: Path, progress: Progress, limits: ArchiveLimits
) -> tuple[Path, str]:
    """The folder or file to read, and a mark that changes when the source does."""
    if not path.exists():
        raise UnreadableSource(f"There is no file or folder '{shown(name)}'.")
    mark = fingerprint(path)
    if path.is_dir():
        return path, mark
    detection.refuse_pickle(path, name)
    if not archives.is_archive(path):
        return path, mark
    folder = state_dir / f"unpacked-{mark[:16]}"
    if not folder.exists():
        archives.extract(path, folder, name=name, limits=limits, progress=progress)
    return archives.find_top(folder, SPLITS), mark
