"""Draw the merge curves of the sandbox's three arms anew: `python -m docs.pictures.curves`.

The figures are those of the tables in docs/sandbox.md, so that the picture and the page say the
same. The picture carries them along as its description: a contract test compares both.
"""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import vl_convert
from PIL import ExifTags, Image

from reports.charts import curves, drawing
from reports.charts.curves import Curve, Place
from reports.charts.look import Chart
from reports.facts import Estimated
from reports.speech import Speech

_FOLDER = Path(__file__).parent
PICTURE = _FOLDER / "sandbox-curves.webp"
PAGE = _FOLDER.parent / "sandbox.md"
# What a curve is called -> the heading that its table stands below.
_CURVES = {
    "images": "What it shows",
    "answers": "The answers arm",
    "embeddings": "The embeddings arm",
}
_HEADING = re.compile(r"^## (.+)\n", re.MULTILINE)
_ROW = re.compile(r"^\| (\**)(\d?\.?\d+)[^|]*\| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_TABLE = re.compile(r"^\| beta .*?(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"[+-]?\d+\.\d+")
_SCALE = 2
_QUALITY = 80
_UNCHANGED = Place(
    beta=0, retention=Estimated(value=1.0), gain=Estimated(value=0.0)
)  # the base, beside itself


def main() -> None:
    chart = make_chart(PAGE.read_text("utf-8"))
    data = vl_convert.svg_to_png(drawing.for_print(chart), scale=_SCALE)
    picture = Image.open(io.BytesIO(data)).convert("RGBA")
    drawn = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = describe(chart)
    drawn.save(PICTURE, quality=_QUALITY, method=6, exif=exif)
    print(f"{PICTURE}: {PICTURE.stat().st_size} bytes")


def describe(chart: Chart) -> str:
    """Its numbers, in ASCII, as a picture's description wants."""
    return json.dumps([chart.header, *chart.rows])


def read_description(path: Path) -> str:
    """Of the picture: what it was drawn from."""
    with Image.open(path) as picture:
        return str(picture.getexif().get(ExifTags.Base.ImageDescription, ""))


def make_chart(page: str) -> Chart:
    parts = _HEADING.split(page)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    found = [
        Curve(name=name, places=(_UNCHANGED, *read_table(sections[heading])))
        for name, heading in _CURVES.items()
    ]
    return curves.draw(found, Speech("en"))


def read_table(section: str) -> Iterator[Place]:
    """Of the section's first table of betas: what is kept and what is gained, in per cent. The
    merge that was chosen stands in bold.
    """
    table = _TABLE.search(section)
    if table is None:
        raise ValueError(f"There is no table of betas in: {section[:80]!r}")
    for mark, beta, kept, gained in _ROW.findall(table[0]):
        yield Place(
            beta=float(beta),
            retention=_read(kept),
            gain=_read(gained),
            is_chosen=bool(mark),
        )


def _read(cell: str) -> Estimated:
    value, *span = (float(each) / 100 for each in _NUMBER.findall(cell))
    low, high = span or (None, None)
    return Estimated(value=value, low=low, high=high)


if __name__ == "__main__":
    main()
