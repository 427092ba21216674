"""Keeps every path inside the source's folder, symbolic links followed."""

import os
import re
import stat
from pathlib import Path

from ml.datasets.problems import Reason, UnfitItem, UnreadableSource, shown

_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://|data:")


def check_table(root: Path, table: Path) -> None:
    """Refuse a table that is no plain file inside `root`: what it says is repeated in sentences,
    and opening a pipe would wait for ever.
    """
    if not table.resolve().is_relative_to(root.resolve()):
        raise UnreadableSource(
            f"'{shown(table.name)}' is a link that leads outside the folder that is being imported."
        )
    if not table.is_file():
        raise UnreadableSource(f"'{shown(table.name)}' is not a file.")
    if not os.access(table, os.R_OK):
        raise UnreadableSource(f"'{shown(table.name)}' cannot be read: permission denied.")


def resolve(root: Path, reference: str) -> Path:
    """The regular file that `reference` names, which lies inside `root` (a real path)."""
    if _ADDRESS.match(reference):
        raise UnfitItem(
            Reason.REMOTE_PICTURE,
            f"'{shown(reference)}' is an address. Remote pictures are not fetched.",
        )
    if "\\" in reference and "/" not in reference:
        reference = reference.replace("\\", "/")  # a table that was written on Windows
    try:
        path = (root / reference).resolve()
        mode = path.stat().st_mode if path.is_relative_to(root) else 0
    except (OSError, ValueError, RuntimeError) as error:  # absent, a NUL byte, a loop of links
        raise UnfitItem(Reason.MISSING_FILE, f"There is no file '{shown(reference)}'.") from error
    if not path.is_relative_to(root):
        raise UnfitItem(
            Reason.OUTSIDE_FOLDER,
            f"'{shown(reference)}' leads outside the folder that is being imported.",
        )
    if not stat.S_ISREG(mode):
        raise UnfitItem(Reason.MISSING_FILE, f"'{shown(reference)}' is not a file.")
    return path
