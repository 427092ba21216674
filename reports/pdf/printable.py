"""Which characters the carried fonts have: what they lack would be printed as empty boxes, and a
report says so instead of leaving its reader to guess.

Reads the `cmap` table of a TrueType file (OpenType 1.9, formats 4 and 12).
"""

import functools
import struct
import unicodedata
from collections.abc import Iterator

from reports import fonts

_NEEDS_NO_GLYPH = ("Cc", "Cf", "Zl", "Zp")


def list_lacking(text: str) -> list[str]:
    """Each character once, in the order of their numbers."""
    there = _list_characters()
    return sorted(
        letter
        for letter in set(text)
        if ord(letter) not in there and unicodedata.category(letter) not in _NEEDS_NO_GLYPH
    )


@functools.cache
def _list_characters() -> frozenset[int]:
    return frozenset(
        code for path in sorted(fonts.FOLDER.glob("*.ttf")) for code in _read(path.read_bytes())
    )


def _read(font: bytes) -> Iterator[int]:
    start = _find_table(font, b"cmap")
    (num_tables,) = struct.unpack_from(">H", font, start + 2)
    for number in range(num_tables):
        (offset,) = struct.unpack_from(">I", font, start + 4 + 8 * number + 4)
        (kind,) = struct.unpack_from(">H", font, start + offset)
        if kind == 4:  # noqa: PLR2004 - a format's number is its name
            yield from _read_segments(font, start + offset)
        elif kind == 12:  # noqa: PLR2004 - the same
            yield from _read_groups(font, start + offset)


def _find_table(font: bytes, name: bytes) -> int:
    (num_tables,) = struct.unpack_from(">H", font, 4)
    for number in range(num_tables):
        tag, _checksum, offset, _length = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if tag == name:
            return int(offset)
    raise ValueError(f"A font of ours has no table '{name.decode()}'.")


def _read_segments(font: bytes, at: int) -> Iterator[int]:
    """Ranges of the first plane. The subsetter leaves no gap inside a range."""
    (double,) = struct.unpack_from(">H", font, at + 6)
    num = double // 2
    ends = struct.unpack_from(f">{num}H", font, at + 14)
    starts = struct.unpack_from(f">{num}H", font, at + 16 + double)
    for first, last in zip(starts, ends, strict=True):
        yield from range(first, min(last, 0xFFFE) + 1)


def _read_groups(font: bytes, at: int) -> Iterator[int]:
    (num,) = struct.unpack_from(">I", font, at + 12)
    for number in range(num):
        first, last, _glyph = struct.unpack_from(">III", font, at + 16 + 12 * number)
        yield from range(first, last + 1)
