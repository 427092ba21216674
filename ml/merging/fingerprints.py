"""SHA-256 of weight files, remembered by path, size, time of change and inode: a sweep that is made
anew does not read gigabytes only to say what they are.
"""

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

from ml import files
from ml.merging.problems import ModelChanged
from ml.progress import Progress

_MOST_ENTRIES = 2000
_PIECE_BYTES = 2**20
_LOOK_EVERY_S = 0.1
_SETTLED_S = 2.0
"""A file changed just now could be changed again within the same tick of its clock."""


def find_cache() -> Path:
    folder = os.environ.get("XDG_CACHE_HOME")
    return (Path(folder) if folder else Path.home() / ".cache") / "ggez" / "digests.json"


class Fingerprints:
    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self._seen: dict[Path, list[int]] = {}

    def of_files(self, paths: Iterable[Path], progress: Progress) -> dict[Path, str]:
        known = self._load()
        wanted = sorted(set(paths))
        self._seen = {path: _stamp(path) for path in wanted}
        found = {
            path: known[str(path.resolve())][1] for path in wanted
            if known.get(str(path.resolve()), [None])[0] == self._seen[path]
        }  # fmt: skip
        missing = [path for path in wanted if path not in found]
        found |= _digest(missing, progress)
        self.check_unchanged()
        self._save(known, {path: found[path] for path in missing})
        return found

    def check_unchanged(self) -> None:
        """That the files are still those whose digests were told."""
        for path, stamp in self._seen.items():
            if _stamp(path) != stamp:
                raise ModelChanged(path)

    def _load(self) -> dict[str, list]:  # type: ignore[type-arg]  # [stamp, digest], as JSON has it
        try:
            found = json.loads(self.cache.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError):
            return {}  # a cache that is not there, or is no cache any more, is an empty one
        return found if isinstance(found, dict) else {}

    def _save(self, known: dict[str, list], found: dict[Path, str]) -> None:  # type: ignore[type-arg]  # the same
        now = time.time_ns()
        fresh = {
            str(path.resolve()): [self._seen[path], digest] for path, digest in found.items()
            if now - self._seen[path][1] > _SETTLED_S * 1e9
        }  # fmt: skip
        if not fresh:
            return
        entries = {name: entry for name, entry in known.items() if name not in fresh} | fresh
        latest = dict(list(entries.items())[-_MOST_ENTRIES:])
        try:
            self.cache.parent.mkdir(parents=True, exist_ok=True)
            files.write_json(self.cache, latest)
        except OSError:
            return  # without a place for it, digests are computed anew next time


def _digest(paths: Sequence[Path], progress: Progress) -> dict[Path, str]:
    """Two at a time. Whoever asks to stop does not wait for gigabytes."""
    is_stopping = threading.Event()

    def digest(path: Path) -> str:
        whole, piece = hashlib.sha256(), memoryview(bytearray(_PIECE_BYTES))
        with path.open("rb", buffering=0) as file:
            while not is_stopping.is_set() and (size := file.readinto(piece)):
                whole.update(piece[:size])
        return whole.hexdigest()

    with ThreadPoolExecutor(2, "digest") as pool:
        running = {path: pool.submit(digest, path) for path in paths}
        try:
            waiting = set(running.values())
            while waiting:
                _, waiting = wait(waiting, timeout=_LOOK_EVERY_S)
                progress.check()
        finally:
            is_stopping.set()
        return {path: each.result() for path, each in running.items()}


def _stamp(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ino]
