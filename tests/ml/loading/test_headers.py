"""A safetensors file is believed only when its header and its size tell the same story."""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save, save_file

from ml.loading import headers
from ml.loading.problems import UnfitModel

A = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


def write(path: Path, header: Any, num_bytes: int = 8) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(num_bytes))
    return path


def test_places_are_where_the_bytes_are(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    left, right = np.arange(6, dtype=np.float16).reshape(2, 3), np.array([7], dtype=np.int64)
    save_file({"left": left, "right": right}, path, metadata={"format": "pt"})
    found = headers.read(path)
    assert found.metadata == {"format": "pt"}
    assert found.size_bytes == path.stat().st_size
    place = found.tensors["left"]
    assert (place.dtype, place.shape) == ("F16", (2, 3))
    assert path.read_bytes()[place.start : place.end] == left.tobytes()
    place = found.tensors["right"]
    assert path.read_bytes()[place.start : place.end] == right.tobytes()


@pytest.mark.parametrize(
    ("header", "num_bytes", "sentence"),
    [
        ({"a": A}, 7, r"'f' was cut off: it should have 77 bytes and has 76\. Copy it anew\."),
        ({"a": A}, 9, r"'f' has 1 bytes that belong to no tensor\."),
        (
            {"a": A | {"shape": [3]}},
            8,
            r"lies: 'a' of shape \[3\] and type F32 has 12 bytes, not 8",
        ),
        ({"a": A | {"shape": [-2]}}, 8, "describes 'a' in a way that cannot be understood"),
        ({"a": A | {"dtype": "F5"}}, 8, "describes 'a' in a way that cannot be understood"),
        ({"a": [1]}, 8, "describes 'a' in a way that cannot be understood"),
        ({"a": A, "b": A}, 8, r"lies: 'b' begins at byte \d+, not \d+"),
        ({"a": A | {"data_offsets": [8, 16]}}, 16, r"lies: 'a' begins at byte"),
        (b'{"a": 1, "a": 2}', 8, "names a tensor twice"),
        (b"{" * 40, 8, "its header is not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", 8, "its header is not JSON"),
        ({"a": A | {"shape": [10**4000, 10**4000]}}, 8, "describes 'a' in a way that cannot be"),
        ({"a": A | {"shape": [9] * 1000}}, 8, "describes 'a' in a way that cannot be understood"),
        ({"a": A | {"shape": [2.0]}}, 8, "describes 'a' in a way that cannot be understood"),
        ({"a": A | {"shape": [True, 2]}}, 8, "describes 'a' in a way that cannot be understood"),
        ({"a": A | {"data_offsets": [-8, 0]}}, 8, "describes 'a' in a way that cannot be underst"),
        ({"a\ud800": A}, 8, r"names a tensor that is no text: 'a\?'"),
        ([A], 8, "its header holds no tensors"),
    ],
)
def test_header_that_lies_is_refused_with_the_values(
    tmp_path: Path, header: Any, num_bytes: int, sentence: str
) -> None:
    with pytest.raises(UnfitModel, match=sentence):
        headers.read(write(tmp_path / "f", header, num_bytes))


def test_pickle_is_refused_by_content_whatever_it_is_called(tmp_path: Path) -> None:
    plain, zipped = tmp_path / "model.safetensors", tmp_path / "other.safetensors"
    plain.write_bytes(pickle.dumps({"a": 1}))
    torch.save({"a": torch.zeros(1)}, zipped)
    for path in (plain, zipped):
        with pytest.raises(UnfitModel, match=r"is a pickle, whatever its name says\."):
            headers.read(path)


def test_header_whose_length_looks_like_a_pickle_is_read(tmp_path: Path) -> None:
    """640 is 80 02 in little endian: the first bytes of a pickle of protocol 2."""
    text = json.dumps({"a": A}).encode().ljust(640)
    assert headers.read(write(tmp_path / "f", text)).tensors["a"].shape == (2,)


@settings(max_examples=40, deadline=None)
@given(length=st.integers(0, 135))
def test_file_that_was_cut_off_anywhere_is_refused(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    whole = save({"a": np.zeros(9, np.float64)})
    assert len(whole) == 136
    path = tmp_path_factory.getbasetemp() / "cut.safetensors"
    path.write_bytes(whole[:length])
    with pytest.raises(UnfitModel, match="cut off"):
        headers.read(path)
