"""A data ablation as columns of a table, and what they are."""

from collections.abc import Mapping
from typing import Any

from reports.ablation.facts import Addition, list_scopes
from reports.facts import Estimated
from reports.files.tables import Cell, Columns
from specs.kinds.answers.answers_ablate import BASE

_ENDS = ("value", "low", "high")
COLUMNS: Mapping[str, str] = {
    "scope": "Of the questions: global or regional.",
    "label": "What the model learnt from; 'base' is the model that was taught nothing.",
    "against": "Whose data these were added to. Empty: it is the base.",
    "mean": "Right answers, per cent of the questions that all models answered.",
    "mean_low": "Lower end of its interval.",
    "mean_high": "Upper end of its interval.",
    "to_base": "Difference from the base, in percentage points. Empty: it is the base.",
    "to_base_low": "Lower end of its interval.",
    "to_base_high": "Upper end of its interval.",
    "to_before": "Difference from what it was added to, in percentage points.",
    "to_before_low": "Lower end of its interval.",
    "to_before_high": "Upper end of its interval.",
    "verdict": "helps: the interval of to_before is above 0; hurts: it is below; cannot be told: "
    "0 is in it.",
    "num_questions": "That all models answered.",
}


def list_figures(found: Mapping[str, Any]) -> Columns:
    """A row for every model and scope, the base first."""
    rows: list[dict[str, Cell]] = []
    for scope in list_scopes(found):
        common: dict[str, Cell] = {"scope": scope.name, "num_questions": scope.num_questions}
        rows.append(common | {"label": BASE} | _spread("mean", scope.base))
        rows += [common | _describe(each) for each in scope.additions]
    return {name: [row.get(name) for row in rows] for name in COLUMNS}


def _describe(row: Addition) -> dict[str, Cell]:
    told: dict[str, Cell] = {"label": row.label, "against": row.against, "verdict": row.verdict}
    for name in ("mean", "to_base", "to_before"):
        told |= _spread(name, getattr(row, name))
    return told


def _spread(name: str, estimate: Estimated) -> dict[str, Cell]:
    values = (getattr(estimate, end) for end in _ENDS)
    return dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))


def list_codebook() -> Columns:
    return {"name": list(COLUMNS), "what": list(COLUMNS.values())}
