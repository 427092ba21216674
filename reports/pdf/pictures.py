"""A chart for print: its shapes as SVG, and its texts apart, with their places.

typst draws SVG with another engine than its own text, and that engine sets Burmese marks on top of
each other. So the shapes stay a picture, and typst sets the texts itself, as it sets all others.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from xml.etree import ElementTree as ET

from reports.charts import drawing
from reports.charts.look import Chart

_SVG = "http://www.w3.org/2000/svg"
_MOVE = re.compile(r"translate\(([-\d.e]+)[,\s]+([-\d.e]+)\)")
_TURN = re.compile(r"rotate\(([-\d.]+)")


@dataclass(frozen=True, kw_only=True)
class _Text:
    text: str
    x: float
    y: float  # of the line that the letters stand on
    turn: float  # degrees
    anchor: str
    size: float
    weight: int
    fill: str


def split(chart: Chart) -> dict[str, Any]:
    ET.register_namespace("", _SVG)
    root = ET.fromstring(drawing.for_print(chart))  # noqa: S314 - the picture is our own
    texts = [asdict(each) for each in _take_texts(root, 0.0, 0.0)]
    return {
        "svg": ET.tostring(root, encoding="unicode"),
        "width": float(root.attrib["width"]),
        "height": float(root.attrib["height"]),
        "texts": texts,
    }


def _take_texts(element: ET.Element, x: float, y: float) -> Iterator[_Text]:
    """Takes every text out of the tree, and says where it stood."""
    for child in list(element):
        move = _MOVE.search(child.get("transform", ""))
        at_x = x + (float(move[1]) if move else 0.0)
        at_y = y + (float(move[2]) if move else 0.0)
        if child.tag == f"{{{_SVG}}}text":
            element.remove(child)
            if float(child.get("opacity", "1")) > 0:
                yield _read(child, at_x, at_y)
        else:
            yield from _take_texts(child, at_x, at_y)


def _read(element: ET.Element, x: float, y: float) -> _Text:
    turn = _TURN.search(element.get("transform", ""))
    weight = element.get("font-weight", "400")
    return _Text(
        text="".join(element.itertext()),
        x=x,
        y=y,
        turn=float(turn[1]) if turn else 0.0,
        anchor=element.get("text-anchor", "start"),
        size=float(element.get("font-size", "12px").removesuffix("px")),
        weight=int(weight) if weight.isdigit() else 400,
        fill=element.get("fill", "#000000"),
    )
