"""What a picture's file may tell: nothing but the picture."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ml.blinding import pictures
from ml.progress import Silent
from specs.kinds.study.study_open import StudyOpen

SPEC = StudyOpen(study="Breakfast")


def draw(path: Path, size: tuple[int, int], colour: str, **how: object) -> Path:
    Image.new("RGB", size, colour).save(path, **how)  # type: ignore[arg-type]
    return path


def encode(sources: dict[str, Path], folder: Path) -> list[dict[str, object]]:
    folder.mkdir(exist_ok=True)
    pictures.encode_all(SPEC, sources=sources, out_dir=folder, state_dir=folder, progress=Silent())
    return [json.loads(line) for line in (folder / pictures.TABLE).read_text().splitlines()]


def test_all_come_out_in_one_size_and_format_under_names_that_say_nothing(tmp_path: Path) -> None:
    sources = {
        "a" * 64: draw(tmp_path / "one.png", (64, 64), "red"),
        "b" * 64: draw(tmp_path / "two.jpg", (48, 32), "blue", quality=90),
    }
    rows = encode(sources, tmp_path / "out")

    assert {row["source_sha256"] for row in rows} == set(sources)
    assert {(row["width"], row["height"]) for row in rows} == {(64, 64)}
    for row in rows:
        with Image.open(tmp_path / "out" / str(row["file"])) as picture:
            assert (picture.format, picture.size, picture.mode) == ("WEBP", (64, 64), "RGB")
        assert not {"one", "two", "aaaa", "bbbb"} & set(str(row["file"]).split("-"))


def test_metadata_does_not_come_along(tmp_path: Path) -> None:
    told = PngInfo()
    told.add_text("parameters", "model: secret-variant, seed 42")
    source = draw(tmp_path / "one.png", (40, 40), "green", pnginfo=told)
    exif = Image.Exif()
    exif[0x010E] = "secret-variant"
    other = draw(tmp_path / "two.jpg", (40, 40), "green", exif=exif, icc_profile=b"x" * 200)
    rows = encode({"a" * 64: source, "b" * 64: other}, tmp_path / "out")

    for row in rows:
        data = (tmp_path / "out" / str(row["file"])).read_bytes()
        assert b"secret" not in data
        for chunk in (b"EXIF", b"XMP ", b"ICCP"):
            assert chunk not in data


def test_a_drawing_of_few_pixels_comes_through_without_loss(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    drawn = Image.fromarray(rng.integers(0, 255, (64, 64, 3), dtype=np.uint8))
    drawn.save(tmp_path / "one.png")
    (row,) = encode({"a" * 64: tmp_path / "one.png"}, tmp_path / "out")

    with Image.open(tmp_path / "out" / str(row["file"])) as picture:
        assert np.array_equal(np.asarray(picture), np.asarray(drawn))


def test_a_damaged_file_is_named_by_its_digest(tmp_path: Path) -> None:
    source = draw(tmp_path / "one.png", (64, 64), "red")
    source.write_bytes(source.read_bytes()[:80])

    with pytest.raises(pictures.NotAPicture, match="aaaaaaaaaaaa cannot be re-encoded"):
        encode({"a" * 64: source}, tmp_path / "out")
