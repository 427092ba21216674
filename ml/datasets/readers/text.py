"""Lines of a text file, each of bounded length, in UTF-8 with or without a byte-order mark."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from ml.datasets import filetypes
from ml.datasets.problems import UnreadableSource

LONGEST_LINE_BYTES = 4 * 2**20


def check_text(path: Path, where: str, expected: str) -> None:
    """Say early what a file is when it is not the text that its name claims."""
    with path.open("rb") as file:
        head = file.read(filetypes.HEAD_BYTES)
    found = filetypes.name_contents(head)
    if found == "empty":
        raise UnreadableSource(f"'{where}' is empty.")
    if found == "UTF-16 text":
        raise UnreadableSource(f"'{where}' is UTF-16 text; save it as UTF-8.")
    if found != "text" and not (found == "of an unknown binary kind" and b"\x00" not in head):
        raise UnreadableSource(f"'{where}' is not {expected}: by its contents it is {found}.")


def read_lines(path: Path, where: str) -> Iterator[str]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE_BYTES + 1):
            number += 1
            if len(line) > LONGEST_LINE_BYTES:
                raise UnreadableSource(
                    f"Line {number:,} of '{where}' is longer than "
                    f"{LONGEST_LINE_BYTES / 2**20:.0f} MiB."
                )
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            yield _decode(line, number, where)


def _decode(line: bytes, number: int, where: str) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableSource(
            f"'{where}' is not UTF-8: line {number:,} holds the byte "
            f"0x{line[error.start]:02x}. Save it as UTF-8."
        ) from error
