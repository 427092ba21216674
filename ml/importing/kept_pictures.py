"""Pictures as they came, under their digests: the same one is kept once, however many rows name
it.
"""

from pathlib import Path

from ml import files
from ml.datasets.pictures import Picture

FOLDER = "pictures"
# What browsers show, and how such a file is called.
SUFFIXES = {
    "JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif", "BMP": "bmp", "AVIF": "avif",
}  # fmt: skip


class KeptPictures:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: set[str] = set()  # since the start of this attempt
        self._unsynced: list[Path] = []

    def keep(self, picture: Picture, data: bytes) -> str:
        """Its name in the folder."""
        name = f"{FOLDER}/{picture.sha256[:2]}/{picture.sha256}.{SUFFIXES[picture.format]}"
        if name not in self._kept:
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            self._kept.add(name)
            self._unsynced.append(path)
        return name

    def sync(self) -> None:
        for path in self._unsynced:
            files.sync(path)
        self._unsynced.clear()
