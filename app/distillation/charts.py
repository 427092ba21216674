"""The charts of a study of distillation, as values for templates. What draws them is
app/distillation/drawing.py, which takes long to load.
"""

from dataclasses import dataclass

from app.results.charts import Drawn


@dataclass(frozen=True, kw_only=True)
class Charts:
    """Of one teacher."""

    matrix: Drawn | None
    slopes: Drawn | None
