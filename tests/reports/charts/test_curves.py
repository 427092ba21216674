from xml.etree import ElementTree as ET

import pytest

from reports.charts import curves, drawing, look
from reports.charts.curves import Curve, Place
from reports.facts import Estimated
from reports.speech import Speech

ENGLISH = Speech("en")
BASE = Place(beta=0, retention=Estimated(value=1.0), gain=Estimated(value=0.0))
HALF = Place(
    beta=0.5,
    retention=Estimated(value=0.99, low=0.97, high=1.01),
    gain=Estimated(value=0.4, low=0.3, high=0.55),
    is_chosen=True,
)


def test_every_place_stands_in_the_picture_and_in_the_table() -> None:
    chart = curves.draw([Curve(name="images", places=(BASE, HALF))], ENGLISH)
    svg = drawing.for_print(chart)
    assert svg == drawing.for_print(chart)
    assert float(ET.fromstring(svg).attrib["width"]) <= look.WIDE
    assert ">0.5<" in svg
    assert ">images<" in svg
    assert [[cell.replace("\N{NO-BREAK SPACE}", "") for cell in row] for row in chart.rows] == [
        ["images", "0", "100.0%", "", "0.0%", ""],
        ["images", "0.5", "99.0%", "97.0 to 101.0", "40.0%", "30.0 to 55.0"],
    ]


def test_curves_differ_by_shape_as_well() -> None:
    chart = curves.draw([Curve(name=name, places=(BASE, HALF)) for name in "ab"], ENGLISH)
    assert {"circle", "square"} <= {layer["mark"].get("shape") for layer in chart.spec["layer"]}


def test_more_curves_than_can_be_told_apart_are_refused() -> None:
    four = [Curve(name=name, places=(BASE, HALF)) for name in "abcd"]
    with pytest.raises(ValueError, match="4 curves are too many"):
        curves.draw(four, ENGLISH)
