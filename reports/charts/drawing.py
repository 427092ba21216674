"""From a chart to SVG, for a page or for print. The same chart gives the same bytes."""

import functools
import re
from xml.sax.saxutils import quoteattr

import vl_convert

from reports import fonts
from reports.charts import look
from reports.charts.look import Chart

_VEGA_LITE = "6.4"
_ROLE_OF = {value: name for name, value in look.ROLES.items()}
_SIZE = re.compile(r'width="[^"]+" height="[^"]+" viewBox="0 0 ([\d.]+) ([\d.]+)"')
_ROOM_LEFT, _ROOM_RIGHT = 0.04, 0.1  # as shares of the width
_COLOUR = re.compile(r"#[0-9a-f]{6}(?=\")")
_PART = re.compile(r' (?:role="graphics-\w+"|aria-roledescription="[^"]*"|aria-label="[^"]*")')


@functools.cache
def _register_fonts() -> None:
    vl_convert.register_font_directory(str(fonts.FOLDER))


def for_print(chart: Chart) -> str:
    _register_fonts()
    svg = vl_convert.vegalite_to_svg(
        look.dress(chart.spec),
        vl_version=_VEGA_LITE,
        format_locale=dict(chart.number_locale),
        allowed_base_urls=[],  # a chart brings its data with it
    )
    return _name_parts(svg, chart)


def for_page(chart: Chart) -> str:
    """To stand inside a page: colours by the page's roles, text in the page's fonts, which may run
    wider than ours: there is room for that on both sides. The stylesheet gives it its size.
    """
    svg = _COLOUR.sub(_take_role, for_print(chart))
    svg = re.sub(r'font-family="[^"]*"', 'font-family="inherit"', svg)
    return _SIZE.sub(_widen, svg, count=1)


def _widen(found: re.Match[str]) -> str:
    width, height = float(found[1]), float(found[2])
    left, right = width * _ROOM_LEFT, width * _ROOM_RIGHT
    return f'viewBox="{-left:g} 0 {width + left + right:g} {height:g}"'


def _take_role(found: re.Match[str]) -> str:
    name = _ROLE_OF.get(found[0])
    return f"var(--{name}, {found[0]})" if name else found[0]


def _name_parts(svg: str, chart: Chart) -> str:
    """One name for the whole, none for its parts, and ids that are unique among the charts of a
    page.
    """
    svg = _PART.sub("", svg)
    svg = re.sub(r'id="([^"]+)"', rf'id="{chart.name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{chart.name}-\1)", svg)
    return svg.replace(
        "<svg ", f'<svg role="img" aria-label={quoteattr(chart.title)} class="chart" ', 1
    ).replace('class="marks" ', "", 1)
