"""Where the picture of a row lies. Nothing is fetched: of an address, the picture counts that a
table beside the questions has, or the file of that name that somebody has put there.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from ml.datasets import confinement, pictures
from ml.datasets.pictures import Limits
from ml.datasets.problems import Reason, UnfitItem, shown
from ml.datasets.source import walk_pictures

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


class Gallery:
    def __init__(self, root: Path, limits: Limits, known: Mapping[str, Path]) -> None:
        """`known` are pictures by their addresses."""
        self._root = root.resolve()
        self._limits = limits
        self._known = known

    def load(self, reference: bytes | str, folder: Path) -> bytes:
        """`folder` is where the table lies, from which paths are seen."""
        if isinstance(reference, bytes):
            return reference
        if _ADDRESS.match(reference):
            known = self._known.get(reference) or self._find_by_name(reference)
            return pictures.read_file(known, self._limits)
        seen_from = folder.resolve().relative_to(self._root).as_posix()
        is_beside = not reference.startswith("/") and seen_from != "."
        path = f"{seen_from}/{reference}" if is_beside else reference
        return pictures.read_file(confinement.resolve(self._root, path), self._limits)

    def _find_by_name(self, address: str) -> Path:
        last = PurePosixPath(urlsplit(address).path).name
        found = {path for name in (last, unquote(last)) for path in self._by_name.get(name, ())}
        if len(found) == 1:
            relative = found.pop().relative_to(self._root).as_posix()
            return confinement.resolve(self._root, relative)
        if found:
            raise UnfitItem(
                Reason.REMOTE_PICTURE,
                f"'{shown(address)}' is an address, and {len(found)} files are called like its "
                "picture.",
            )
        raise UnfitItem(
            Reason.REMOTE_PICTURE,
            f"'{shown(address)}' is an address. Remote pictures are not fetched: put the file "
            f"'{shown(unquote(last))}' into the folder of the tables.",
        )

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for entry in walk_pictures(self._root):
            found.setdefault(entry.name, []).append(Path(entry.path))
        return found
