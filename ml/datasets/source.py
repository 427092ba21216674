"""Where a reader reads, and how it walks folders: sorted, one folder in memory at a time."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ml.datasets.problems import UnreadableSource, shown

PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"}
)
SPLITS = ("train", "validation", "valid", "val", "test", "dev")


@dataclass(frozen=True, kw_only=True)
class Source:
    path: Path  # a file or a folder, its real path
    name: str  # as the person who asked knows it
    image_column: str
    caption_column: str
    # Whole sentences about what was not taken over, for the data set's page.
    notes: list[str] = field(default_factory=list)

    @property
    def root(self) -> Path:
        """No picture is read from outside this folder."""
        return self.path if self.path.is_dir() else self.path.parent

    def describe(self, path: Path) -> str:
        """How a sentence calls a file of the source."""
        if path == self.path:
            return shown(self.name)
        return shown(path.relative_to(self.root).as_posix())

    def note(self, sentence: str) -> None:
        if sentence not in self.notes:
            self.notes.append(sentence)


def open_source(path: Path, name: str, *, image_column: str, caption_column: str) -> Source:
    if not path.exists():
        raise UnreadableSource(f"There is no file or folder '{shown(name)}'.")
    return Source(
        path=path.resolve(), name=name, image_column=image_column, caption_column=caption_column
    )


def walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Files below the folder, sorted by name, hidden ones left out. Links to folders are not
    followed: they may lead outside or in a circle.
    """
    # The folders that are open, the innermost last: a call in a call would end at a depth of 1000.
    levels = [_list_entries(folder)]
    while levels:
        entry = next(levels[-1], None)
        if entry is None:
            levels.pop()
        elif entry.name.startswith(".") or entry.name == "__MACOSX":
            continue
        elif entry.is_dir(follow_symlinks=False):
            levels.append(_list_entries(Path(entry.path)))
        elif not _leads_to_folder(entry):
            yield entry


def _list_entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return iter(sorted(found, key=lambda entry: entry.name))
    except OSError as error:
        raise UnreadableSource(
            f"The folder '{shown(folder.name)}' cannot be read: {error.strerror}."
        ) from error


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # links that lead to each other: whoever opens it says that nothing is there
        return False


def is_picture_name(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in PICTURE_SUFFIXES  # noqa: PTH122 - names, by the million


def walk_pictures(folder: Path) -> Iterator[os.DirEntry[str]]:
    return (entry for entry in walk(folder) if is_picture_name(entry.name))


def find_files(folder: Path, *suffixes: str) -> list[Path]:
    return [Path(entry.path) for entry in walk(folder) if entry.name.lower().endswith(suffixes)]


def split_of(path: Path) -> str:
    """Hugging Face names shards train-00000-of-00003.parquet."""
    return next((name for name in SPLITS if path.name.startswith((f"{name}-", f"{name}."))), "")


def fingerprint(path: Path) -> str:
    """Changes when a file of the source is added, removed or written to. By size and time of
    change, without reading: an import is only resumed on the source it began with.
    """
    whole = hashlib.sha256()
    if path.is_file():
        state = path.stat()
        whole.update(f"{state.st_size} {state.st_mtime_ns}".encode())
        return whole.hexdigest()
    for entry in walk(path):
        state = entry.stat(follow_symlinks=False)
        whole.update(os.fsencode(entry.path) + f"\0{state.st_size} {state.st_mtime_ns}\n".encode())
    return whole.hexdigest()
