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
_COLOUR = re.compile(r"#[0-9a-f]{6}(?=\")")


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
    """To stand inside a page: colours by the page's roles, text in the page's fonts."""
    svg = _COLOUR.sub(_take_role, for_print(chart))
    svg = re.sub(r'font-family="[^"]*"', 'font-family="inherit"', svg)
    # A device's font may be wider than the one that was measured: nothing is cut off at the edge.
    return svg.replace("<svg ", '<svg overflow="visible" ', 1)


def _take_role(found: re.Match[str]) -> str:
    name = _ROLE_OF.get(found[0])
    return f"var(--{name}, {found[0]})" if name else found[0]


def _name_parts(svg: str, chart: Chart) -> str:
    """One name for the whole, and ids that are unique among the charts of a page."""
    svg = re.sub(r'id="([^"]+)"', rf'id="{chart.name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{chart.name}-\1)", svg)
    return svg.replace(
        "<svg ", f'<svg role="img" aria-label={quoteattr(chart.title)} class="chart" ', 1
    ).replace('class="marks" ', "", 1)
