"""Draws the charts of a data ablation for a page."""

from app.ablation.charts import Charts
from app.results.drawing import show
from reports.ablation import charts
from reports.ablation.facts import Scope
from reports.speech import Speech


def draw(scope: Scope, speech: Speech) -> Charts:
    return Charts(
        shares=show(charts.draw_shares(scope, speech)),
        additions=show(charts.draw_additions(scope, speech)),
    )
