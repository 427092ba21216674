import dataclasses
import math
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from reports import paper
from reports.charts import (
    agreement,
    coverage,
    drawing,
    effects,
    grp,
    intervals,
    look,
    pareto,
    raters,
)
from reports.charts.intervals import Plan, Row
from reports.charts.look import Chart
from reports.facts import Estimated
from reports.speech import Speech
from tests.evidence import make_effects, make_report

ROOT = Path(__file__).resolve().parents[3]
ENGLISH = Speech("en")


def draw_all(language: str = "en", width: int = look.WIDE) -> dict[str, Chart]:
    report, speech = make_report(), Speech(language)
    drawn = {
        "effects": effects.draw(report, "correctness", speech, width=width),
        "agreement": agreement.draw(report, "correctness", speech, width=width),
        "raters": raters.draw(report, speech, width=width),
        "pareto": pareto.draw(report.frontier, speech, beside=paper.POINTS, width=width),
        "grp": grp.draw(report.frontier, speech, width=width),
        "coverage": coverage.draw(report, speech, width=width),
    }
    return {name: chart for name, chart in drawn.items() if chart is not None}


def test_there_is_a_chart_of_everything() -> None:
    assert len(draw_all()) == 6


@pytest.mark.parametrize("width", [look.WIDE, look.NARROW])
@pytest.mark.parametrize("name", ["effects", "agreement", "raters", "pareto", "grp", "coverage"])
def test_the_same_chart_gives_the_same_bytes_and_fits_its_width(name: str, width: int) -> None:
    svg = drawing.for_print(draw_all(width=width)[name])

    assert svg == drawing.for_print(draw_all(width=width)[name])
    assert float(ET.fromstring(svg).attrib["width"]) <= width


@pytest.mark.parametrize("name", ["effects", "agreement", "raters", "pareto", "grp", "coverage"])
def test_beside_every_chart_stands_a_whole_table(name: str) -> None:
    chart = draw_all()[name]

    assert chart.rows
    assert {len(row) for row in chart.rows} == {len(chart.header)}


def test_a_chart_on_a_page_wears_the_page_s_colours_and_fonts() -> None:
    svg = drawing.for_page(draw_all()["pareto"])
    colours = re.findall(r'(?:fill|stroke)="([^"]*)"', svg)

    assert all(colour == "none" or colour.startswith("var(--") for colour in colours), colours
    assert set(re.findall(r'font-family="([^"]*)"', svg)) == {"inherit"}


def test_on_paper_no_colour_asks_a_page() -> None:
    assert "var(" not in drawing.for_print(draw_all()["pareto"])


def test_a_chart_has_one_name_and_ids_of_its_own() -> None:
    charts = draw_all()
    roots = [ET.fromstring(drawing.for_page(chart)) for chart in charts.values()]
    ids = [each.attrib["id"] for root in roots for each in root.iter() if "id" in each.attrib]

    assert [root.attrib["role"] for root in roots] == ["img"] * 6
    assert [root.attrib["aria-label"] for root in roots] == [each.title for each in charts.values()]
    assert len(ids) == len(set(ids))


def test_roles_are_those_of_the_stylesheet() -> None:
    css = (ROOT / "static/app.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([a-z-]+): light-dark\(oklch\(([^)]*)\)", css))

    assert {name: to_hex(light[name]) for name in look.ROLES} == look.ROLES


def to_hex(oklch: str) -> str:
    """By Björn Ottosson's matrices, as browsers do."""
    lightness, chroma, hue = map(float, oklch.split())
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    l_, m_, s_ = (
        (lightness + p * a + q * b) ** 3
        for p, q in ((0.3963377774, 0.2158037573), (-0.1055613458, -0.0638541728),
                     (-0.0894841775, -1.2914855480))
    )  # fmt: skip
    linear = (
        4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_,
        -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_,
        -0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_,
    )
    shown = (12.92 * x if x <= 0.0031308 else 1.055 * x ** (1 / 2.4) - 0.055 for x in linear)
    return "#" + "".join(f"{round(min(1, max(0, x)) * 255):02x}" for x in shown)


def test_no_two_series_are_told_apart_by_hue_alone() -> None:
    """Accent, grey and the paper's brown differ in lightness from the ground, and in shape."""
    spec = str(draw_all()["pareto"].spec)

    assert "diamond" in spec
    assert len({look.ACCENT, look.GREY, look.PAPER}) == 3


def test_what_is_undefined_keeps_its_row_and_says_why() -> None:
    chart = draw_all()["agreement"]
    row = next(row for row in chart.rows if row[0] == "ICC(A,1)")

    assert row[1:3] == ("no complete block", "")
    assert "no complete block" in drawing.for_print(chart)


def test_every_row_may_be_undefined() -> None:
    rows = [Row(label="a", estimate=Estimated(value=None, reason="why"), shown="why")]
    plan = Plan(rows=rows, marks=[], axis_title="x", axis_format=".1f", domain=(0, 1))
    chart = Chart(name="x", title="x", spec=intervals.draw(plan), header=(), rows=(),
                  number_locale=ENGLISH.number_locale)  # fmt: skip

    assert "why" in drawing.for_print(chart)


def test_names_that_mean_something_to_a_program_stay_names() -> None:
    arm = '</text><script>"]{}\\\\datum.x%'
    facts = make_effects()
    for row in facts["comparisons"]:
        row["arm"] = arm
    chart = effects.draw(make_report(effects=facts), "correctness", ENGLISH)
    assert chart is not None
    root = ET.fromstring(drawing.for_page(chart))

    texts = {"".join(each.itertext()) for each in root.iter() if each.tag.endswith("text")}
    assert arm in texts
    assert not [each for each in root.iter() if each.tag.endswith("script")]


def test_indonesian_charts_have_indonesian_numbers_on_their_axes() -> None:
    assert ">0,2<" in drawing.for_print(draw_all("id")["effects"])


def test_the_paper_s_points_are_labelled_and_have_no_intervals() -> None:
    names = [row[0] for row in draw_all()["pareto"].rows]

    assert "the paper: SEA-SDXL 25%" in names
    assert "not published" in draw_all()["pareto"].rows[-1]


def test_the_paper_stands_beside_pictures_of_its_scale_alone() -> None:
    design = make_report().design
    five = tuple(dataclasses.replace(each, levels=5) for each in design.criteria)

    assert paper.list_points_beside(design) == paper.POINTS
    assert not paper.list_points_beside(dataclasses.replace(design, criteria=five))
    assert not paper.list_points_beside(dataclasses.replace(design, medium="answer"))


def test_without_the_paper_the_chart_has_this_study_s_variants_alone() -> None:
    chart = pareto.draw(make_report().frontier, ENGLISH)

    assert chart is not None
    assert not [row for row in chart.rows if "paper" in row[0]]
    assert chart.note == ""


def test_charts_load_no_pandas() -> None:
    code = (
        "import sys\n"
        "from reports.charts import drawing, effects\n"
        "from reports.speech import Speech\n"
        "from tests.evidence import make_report\n"
        "drawing.for_page(effects.draw(make_report(), 'correctness', Speech()))\n"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "False"
