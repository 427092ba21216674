"""From what was gathered to a report: every statistic, as `ggez agreement` and its siblings compute
it from the exported table. Pure: the same material and options give the same report.
"""

import dataclasses
from pathlib import Path
from typing import Any

from domain.results.computing import agreeing, comparing
from domain.results.computing.material import Material
from domain.results.report import Report
from domain.results.rules import Options


def compute(material: Material, options: Options) -> Report:
    header, table = material.header, material.table
    return dataclasses.replace(
        header,
        agreement=agreeing.measure(material, options),
        rater_rows=agreeing.describe_raters(material),
        items=agreeing.list_disputed(material),
        effects=comparing.measure_effects(header, table, options),
        preferences=comparing.measure_preferences(header, table, options),
        frontier=comparing.measure_frontier(
            header, table, material.scores, material.alpha, options
        ),
    )


def analyse(
    spec: object,  # noqa: ARG001 - what it says is in the options
    *,
    material: Material,
    options: Options,
    basis: str,
    out_dir: Path,  # noqa: ARG001 - the report is kept as a row
    state_dir: Path,  # noqa: ARG001 - an interrupted run starts over
    progress: object,  # noqa: ARG001 - it takes seconds
) -> dict[str, Any]:
    """The computing of the job study.analyse."""
    return {"report": compute(material, options).to_json(), "basis": basis}
