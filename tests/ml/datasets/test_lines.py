from pathlib import Path

import pytest

from ml.datasets import lines
from ml.datasets.problems import UnreadableSource


def test_every_line_that_is_not_blank_is_read_with_its_number(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text('{"text": "one\N{LINE SEPARATOR}line"}\n\n[2]\n', "utf-8")
    assert list(lines.read(path, "p", ValueError)) == [
        (1, {"text": "one\N{LINE SEPARATOR}line"}),
        (3, [2]),
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"[1]\n{", r"^Line 2 of the file is not JSON\.$"),
        (b"9" * 5000, r"^Line 1 of the file is not JSON\.$"),
        (b"[" * 200_000, r"^Line 1 of the file is not JSON\.$"),
        (b"caf\xe9", r"^the file is not text in UTF-8 \(byte 3\)\.$"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_whoever_reads(
    tmp_path: Path, data: bytes, sentence: str
) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(data)
    with pytest.raises(UnreadableSource, match=sentence):
        list(lines.read(path, "the file", UnreadableSource))
