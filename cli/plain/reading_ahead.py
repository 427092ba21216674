"""Lets the disk work while Python loads what computes: seconds in which it would idle."""

import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

_PIECE_BYTES = 2 * 2**20
_SHARE_OF_MEMORY = 0.4  # more would push out what was read first


def begin(models: Iterable[str | None]) -> None:
    """Read the weights of these models into the system's cache, in a thread of its own. What cannot
    be read is passed over: whoever needs it will say so.
    """
    paths = [Path(model) for model in models if model]
    threading.Thread(target=_read_all, args=(paths,), daemon=True).start()


def _read_all(models: Iterable[Path]) -> None:
    left = _SHARE_OF_MEMORY * os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    piece = bytearray(_PIECE_BYTES)
    for path in _list_weights(models):
        try:
            with path.open("rb", buffering=0) as file:
                while left > 0 and (size := file.readinto(piece)):
                    left -= size
        except OSError:
            continue


def _list_weights(models: Iterable[Path]) -> Iterator[Path]:
    for model in models:
        try:
            yield from [model] if model.is_file() else sorted(model.rglob("*.safetensors"))
        except OSError:
            continue  # a folder may go while it is looked through
