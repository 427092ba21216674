"""Stages that look at rows and pixels: what each keeps, and the sentence with which it does not."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from ml.datasets.pictures import pillow_settings
from ml.filtering.decoding import Decoder
from ml.filtering.problems import UnfitFilter
from ml.filtering.rows import Row
from ml.filtering.stage import Stage, Tools
from ml.filtering.stages import blur, licence, region
from ml.progress import Silent
from specs.filters.blur import Sharpness
from specs.filters.decode import Decode
from specs.filters.licence import LicenceList
from specs.filters.region import RegionEvidence
from specs.kinds.dataset.dataset_filter import DatasetFilter
from specs.region import Region
from tests import pictures

from .conftest import make_row


def make_tools(tmp_path: Path, **fields: Any) -> Tools:
    given: dict[str, Any] = {
        "spec": DatasetFilter(name="x"), "region": None, "state_dir": tmp_path,
        "progress": Silent(),
    }  # fmt: skip
    return Tools(**{**given, **fields})


def decode(data: bytes, tmp_path: Path, *, side: int = 1, **fields: Any) -> tuple[Row, Any]:
    row = make_row()
    row.raw = row.raw.__class__(key="k", picture=data, caption="c")
    looks = {"size": lambda picture: (picture.size, picture.mode)}
    decoder = Decoder(spec=Decode(**fields), root=tmp_path, looks=looks, side=side)
    with pillow_settings():
        return row, decoder.decode(row)


@pytest.mark.parametrize(
    ("data", "code", "sentence"),
    [
        (b"", "empty_file", "no bytes"),
        (b"<html>", "not_a_picture", "it is an HTML page"),
        (pictures.jpeg(300, 200)[:1500], "truncated_picture", "ends too early"),
        (pictures.animated_gif(), "animated_picture", "holds 3 pictures"),
        (pictures.bomb_png(), "too_many_pixels", "3,600.0 megapixels; at most 100.0"),
        (pictures.png(49, 200), "small_picture", "49 x 200 pixels; its shorter side must have at"),
        (pictures.png(50, 401), "odd_shape", "50 x 401 pixels; one side may be at most 8 times"),
    ],
)
def test_what_does_not_decode_is_refused_with_its_reason(
    tmp_path: Path, data: bytes, code: str, sentence: str
) -> None:
    row, reason = decode(data, tmp_path)
    assert reason.code == code
    assert sentence in reason.detail
    assert row.facts is None


def test_a_picture_is_decoded_once_and_no_larger_than_needed(tmp_path: Path) -> None:
    row, reason = decode(pictures.jpeg(512, 512), tmp_path, side=224)
    assert reason is None
    assert row.looks["size"] == ((256, 256), "RGB")
    assert row.facts is not None
    assert (row.facts.width, row.facts.height, row.facts.format) == (512, 512, "JPEG")


def test_what_stages_see_is_upright_and_rgb(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    row, _ = decode(pictures.jpeg(80, 60, exif=exif.tobytes()), tmp_path, side=60)
    assert row.looks["size"] == ((60, 80), "RGB")
    assert row.facts is not None
    assert row.facts.width == 80
    row, _ = decode(pictures.encode(pictures.draw().convert("LA"), "PNG"), tmp_path)
    assert row.looks["size"][1] == "RGB"


def test_a_path_outside_the_sources_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(pictures.png())
    row = make_row()
    row.raw = row.raw.__class__(key="k", picture="../secret.png", caption="c")
    inside = tmp_path / "in"
    inside.mkdir()
    reason = Decoder(spec=Decode(), root=inside, looks={}, side=1).decode(row)
    assert reason is not None
    assert reason.code == "outside_folder"


def build_region(tmp_path: Path, found: Region, **fields: Any) -> Stage:
    return region.build(RegionEvidence(**fields), make_tools(tmp_path, region=found), None)


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"country": "IS"}, ["country"]),
        ({"country": "iceland"}, ["country"]),
        ({"country": "SE"}, []),
        ({"host": "www.shop.is"}, ["domain"]),
        ({"host": "this.example"}, []),
        ({"host": "is.example"}, []),
        ({"caption": "Skyr with berries in Iceland"}, ["gazetteer"]),
        ({"caption": "skyrocket"}, []),
        ({"language": "isl"}, ["language"]),
        ({"language": "is-IS"}, ["language"]),
        ({"language": "en"}, []),
        ({"caption": "Ένα σπίτι"}, ["language"]),  # by its script
        ({"caption": "Ένα σπίτι", "language": "en"}, []),  # the row says otherwise
        ({"country": "IS", "host": "a.is", "caption": "skyr"}, ["country", "domain", "gazetteer"]),
    ],
)
def test_evidence_of_the_region_is_found_and_recorded(
    tmp_path: Path, region: Region, fields: dict[str, Any], kinds: list[str]
) -> None:
    row = make_row(**fields)
    reason = build_region(tmp_path, region).judge([row])[0]
    assert (reason is None) == bool(kinds)
    if reason is None:
        assert {piece["kind"] for piece in json.loads(row.extra["region_evidence"])} == set(kinds)
    else:
        assert reason.code == "no_evidence"


def test_what_was_found_says_where_it_belongs(tmp_path: Path, region: Region) -> None:
    row = make_row(caption="Okonomiyaki beside skyr", host="a.is")
    build_region(tmp_path, region).judge([row])
    assert row.extra["stratum"] == "food"
    assert row.extra["region_countries"] == "IS JP"
    pieces = json.loads(row.extra["region_evidence"])
    assert pieces[1] == {
        "kind": "gazetteer", "found": "okonomiyaki", "countries": ["JP"], "stratum": "food",
    }  # fmt: skip


def test_more_kinds_can_be_asked_for_and_some_required(tmp_path: Path, region: Region) -> None:
    rows = [make_row(0, "skyr", country="IS"), make_row(1, "skyr"), make_row(2, country="IS")]
    two = build_region(tmp_path, region, at_least=2).judge(rows)
    assert [reason and reason.code for reason in two] == [None, "too_little", "too_little"]
    required = build_region(tmp_path, region, required=["gazetteer"]).judge(rows)
    assert [reason and reason.code for reason in required] == [None, None, "required_missing"]


def test_countries_strata_and_kinds_can_be_narrowed(tmp_path: Path, region: Region) -> None:
    rows = [make_row(0, "skyr"), make_row(1, "gullfoss"), make_row(2, "okonomiyaki")]
    by_country = build_region(tmp_path, region, countries=["JP"]).judge(rows)
    assert [reason is None for reason in by_country] == [False, False, True]
    by_stratum = build_region(tmp_path, region, strata=["places"]).judge(rows)
    assert [reason is None for reason in by_stratum] == [False, True, False]
    by_kind = build_region(tmp_path, region, evidence=["country"]).judge(rows)
    assert [reason is None for reason in by_kind] == [False, False, False]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"countries": ["XX"]}, "The region 'isles' has no country 'XX'"),
        ({"languages": ["fr"]}, "has no language 'fr'"),
        ({"strata": ["music"]}, "has no stratum 'music'"),
        ({"evidence": ["country"], "required": ["domain"]}, "'domain' is required, but is not"),
        ({"evidence": ["country"], "at_least": 2}, "2 kinds of evidence are asked for; 1 are"),
    ],
)
def test_what_the_region_does_not_have_is_refused(
    tmp_path: Path, region: Region, fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(UnfitFilter, match=sentence):
        build_region(tmp_path, region, **fields)


def test_licences_are_compared_whatever_their_case_and_by_their_beginning(tmp_path: Path) -> None:
    spec = LicenceList(allowed=("CC0-1.0", "cc-by-*"))
    rows = [make_row(licence=text) for text in ("cc0-1.0", "CC-BY-SA-4.0", "CC-BY", "", "MIT")]
    found = licence.build(spec, make_tools(tmp_path), None).judge(rows)
    codes = [reason and reason.code for reason in found]
    assert codes == [None, None, "licence_not_allowed", "no_licence", "licence_not_allowed"]
    of_dataset = licence.build(spec, make_tools(tmp_path, licence="CC0-1.0"), None)
    assert of_dataset.judge(rows[3:4]) == [None]


def test_the_sharpness_of_a_chequered_picture_is_what_its_formula_gives() -> None:
    board = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert blur.measure(Image.fromarray(board)) == pytest.approx((4 * 255) ** 2, rel=1e-3)
    assert blur.measure(Image.new("RGB", (64, 64), "red")) == 0
    assert blur.measure(Image.new("RGB", (2, 9))) == 0


def test_a_blurred_picture_is_refused_and_the_sharp_one_kept(tmp_path: Path) -> None:
    sharp = Image.new("RGB", (600, 400), "white")
    ImageDraw.Draw(sharp).ellipse((100, 80, 400, 320), fill="navy", outline="black")
    rows = [make_row(0), make_row(1)]
    blurred = sharp.filter(ImageFilter.GaussianBlur(12))
    for row, picture in zip(rows, (sharp, blurred), strict=True):
        row.looks["sharpness"] = blur.measure(picture)
    reasons = blur.build(Sharpness(), make_tools(tmp_path), None).judge(rows)
    assert reasons[0] is None
    assert reasons[1] is not None
    assert reasons[1].code == "blurred"
    assert rows[0].extra["sharpness"] > 30 > rows[1].extra["sharpness"]


def test_the_sharpness_hardly_depends_on_the_pictures_size() -> None:
    def draw(side: int) -> Image.Image:
        large = Image.new("L", (2048, 2048), 255)
        ImageDraw.Draw(large).rectangle((500, 500, 1500, 1500), fill=0)
        return large.resize((side, side), Image.Resampling.BOX)

    found = [blur.measure(draw(side)) for side in (256, 512, 1024)]
    assert max(found) / min(found) == pytest.approx(1, abs=0.05)


def test_a_jpeg_is_cut_off_even_when_it_is_decoded_small(tmp_path: Path) -> None:
    file = io.BytesIO(pictures.jpeg(1024, 1024, seed=3))
    _, reason = decode(file.getvalue()[:-400], tmp_path, side=64)
    assert reason.code == "truncated_picture"
