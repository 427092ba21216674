"""Draw the merge curves of the sandbox's three arms anew: `python -m docs.pictures.curves`.

The figures are those of the tables in docs/sandbox.md, so that the picture and the page say the
same.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import vl_convert
from PIL import Image

from reports.charts import curves, drawing
from reports.charts.curves import Curve, Place
from reports.charts.look import Chart
from reports.facts import Estimated
from reports.speech import Speech

_FOLDER = Path(__file__).parent
_PAGE = _FOLDER.parent / "sandbox.md"
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
    path = _FOLDER / "sandbox-curves.webp"
    svg = drawing.for_print(make_chart(_PAGE.read_text("utf-8")))
    data = vl_convert.svg_to_png(svg, scale=_SCALE)
    picture = Image.open(io.BytesIO(data)).convert("RGBA")
    ground = Image.new("RGBA", picture.size, "white")
    Image.alpha_composite(ground, picture).convert("RGB").save(path, quality=_QUALITY, method=6)
    print(f"{path}: {path.stat().st_size} bytes")


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
