"""The charts of a data ablation, as values for templates. What draws them is
app/ablation/drawing.py, which takes long to load.
"""

from dataclasses import dataclass

from app.results.charts import Drawn


@dataclass(frozen=True, kw_only=True)
class Charts:
    """Of one scope."""

    shares: Drawn | None
    additions: Drawn | None
