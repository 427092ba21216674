"""Draws the charts of a study of distillation for a page."""

from collections.abc import Mapping

from app.distillation.charts import Charts
from app.results.drawing import show
from reports.distillation import matrix, slopes
from reports.speech import Speech
from stats.distillation.study import Study


def draw_all(study: Study, speech: Speech) -> Mapping[str, Charts]:
    """By teacher."""
    return {
        teacher.name: Charts(
            matrix=show(matrix.draw(study, teacher.name, speech)),
            slopes=show(slopes.draw(study, teacher.name, speech)),
        )
        for teacher in study.teachers
    }
