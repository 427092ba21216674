"""The header of a safetensors file: what the file holds, and whether it can be believed.

Nothing here runs code from a file or needs torch. A pickle is known by its first bytes, whatever
its name: loading one may run anything.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.datasets.problems import shown
from ml.loading.problems import UnfitModel

_LENGTH_BYTES = 8
_LONGEST_HEADER = 100_000_000  # the limit of the format's own library
_MOST_DIMENSIONS = 64
_LARGEST_SIZE = 2**63
_SIZES = {
    1: ("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0"),
    2: ("U16", "I16", "F16", "BF16"),
    4: ("U32", "I32", "F32"),
    8: ("U64", "I64", "F64", "C64"),
}
ITEM_SIZES: Mapping[str, int] = {name: size for size, names in _SIZES.items() for name in names}
FLOATS = frozenset({"F16", "BF16", "F32", "F64"})
PICKLE_SUFFIXES = frozenset({".bin", ".ckpt", ".pickle", ".pkl", ".pt", ".pth"})


@dataclass(frozen=True)
class TensorPlace:
    dtype: str  # as the format calls it, such as F16
    shape: tuple[int, ...]
    start: int  # in the file, in bytes
    end: int


@dataclass(frozen=True)
class WeightFile:
    path: Path
    tensors: Mapping[str, TensorPlace]
    metadata: Mapping[str, str]
    size_bytes: int


def is_pickle(path: Path) -> bool:
    """By content: a pickle of protocol 2 and later, or the zip archive in which torch saves."""
    with path.open("rb") as file:
        head = file.read(_LENGTH_BYTES + 1)
    if head[_LENGTH_BYTES:] == b"{":  # a safetensors header of 640 bytes also begins with 80 02
        return False
    return head.startswith(b"PK\x03\x04") or (head[:1] == b"\x80" and head[1:2] in b"\2\3\4\5")


def read(path: Path, name: str = "") -> WeightFile:
    """Check that the file is whole and that its header tells the truth about it. Sentences call it
    `name`.
    """
    name = shown(name or path.name)
    size = path.stat().st_size
    if size and is_pickle(path):
        raise UnfitModel(
            f"'{name}' is a pickle, whatever its name says. Loading a pickle may run anything, so "
            "weights are read from safetensors only."
        )
    with path.open("rb") as file:
        first = file.read(_LENGTH_BYTES)
        length = int.from_bytes(first, "little")
        if len(first) < _LENGTH_BYTES or length > size - _LENGTH_BYTES:
            raise UnfitModel(
                f"'{name}' is no safetensors file, or was cut off: of its {size:,} bytes, not even "
                "the header is whole."
            )
        if length > _LONGEST_HEADER:
            raise UnfitModel(f"'{name}' has a header of {length:,} bytes; nothing real has.")
        header = _parse(file.read(length), name)
    _check_names(header, name)
    metadata = header.pop("__metadata__", None) or {}
    begin = _LENGTH_BYTES + length
    tensors = {key: _read_place(name, key, facts, begin) for key, facts in header.items()}
    _check_coverage(name, tensors, begin, size)
    return WeightFile(path, tensors, metadata, size)


def _parse(data: bytes, name: str) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise UnfitModel(f"The header of '{name}' names a tensor twice.")
        return found

    try:
        header = json.loads(data, object_pairs_hook=once)
    except UnfitModel:
        raise
    except (ValueError, RecursionError) as error:  # also for numbers of thousands of digits
        raise UnfitModel(f"'{name}' is no safetensors file: its header is not JSON.") from error
    if not isinstance(header, dict) or not isinstance(header.get("__metadata__", {}), dict | None):
        raise UnfitModel(f"'{name}' is no safetensors file: its header holds no tensors.")
    return header


def _check_names(header: Mapping[str, Any], name: str) -> None:
    """JSON can say halves of characters, which no file and no sentence can hold."""
    for key in header:
        if any("\ud800" <= letter <= "\udfff" for letter in key):
            raise UnfitModel(
                f"The header of '{name}' names a tensor that is no text: '{shown(key)}'."
            )


def _read_place(name: str, key: str, facts: Any, begin: int) -> TensorPlace:
    try:
        dtype, shape, (start, end) = facts["dtype"], tuple(facts["shape"]), facts["data_offsets"]
        item_size = ITEM_SIZES[dtype]
    except (KeyError, TypeError, ValueError) as error:
        raise _not_understood(name, key) from error
    # Before anything is computed: a product of millions of numbers would take for ever.
    if len(shape) > _MOST_DIMENSIONS or not all(map(_is_size, (*shape, start, end))):
        raise _not_understood(name, key)
    size = math.prod(shape) * item_size
    if end - start != size:
        raise UnfitModel(
            f"The header of '{name}' lies: '{shown(key)}' of shape {list(shape)} and type "
            f"{shown(dtype)} has {size} bytes, not {end} - {start}."
        )
    return TensorPlace(dtype, shape, begin + start, begin + end)


def _is_size(value: Any) -> bool:
    return type(value) is int and 0 <= value < _LARGEST_SIZE


def _not_understood(name: str, key: str) -> UnfitModel:
    return UnfitModel(
        f"The header of '{name}' describes '{shown(key)}' in a way that cannot be understood."
    )


def _check_coverage(name: str, tensors: Mapping[str, TensorPlace], begin: int, size: int) -> None:
    """The tensors lie side by side and fill the file: nothing overlaps, nothing hides between."""
    at = begin
    for key, place in sorted(tensors.items(), key=lambda each: (each[1].start, each[1].end)):
        if place.start != at:
            raise UnfitModel(
                f"The header of '{name}' lies: '{shown(key)}' begins at byte {place.start:,}, not "
                f"{at:,}."
            )
        at = place.end
    if at > size:
        raise UnfitModel(
            f"'{name}' was cut off: it should have {at:,} bytes and has {size:,}. Copy it anew."
        )
    if at < size:
        raise UnfitModel(f"'{name}' has {size - at:,} bytes that belong to no tensor.")
