"""Keeping and gaining by benchmarks alone: for encoders, and for what people have not rated. For
researchers and admins.
"""

import uuid
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app import rendering
from app.dependencies import Researcher, SessionDep, SettingsDep
from app.results.charts import Drawn
from domain.errors import NotFound
from domain.regions import globalisation
from domain.regions import service as regions
from domain.results import by_benchmarks
from domain.results.by_benchmarks import Run
from domain.results.report import Report
from domain.settings import Settings
from reports.speech import Speech
from reports.words import frontier as words

router = APIRouter(prefix="/frontier")


@router.get("")
def show_frontier(
    request: Request,
    session: SessionDep,
    settings: SettingsDep,
    person: Researcher,
    globally: Annotated[uuid.UUID | Literal[""], Query(alias="global")] = "",
    regionally: Annotated[uuid.UUID | Literal[""], Query(alias="regional")] = "",
    region: Annotated[str, Query(max_length=60)] = "",
    alpha: Annotated[float, Query(ge=0, le=1)] | Literal[""] = "",
) -> Response:
    runs = {scope: by_benchmarks.list_runs(session, scope) for scope in ("global", "regional")}
    speech = Speech(rendering.choose_language(request).code)
    weight = _find_alpha(settings, region) if alpha == "" else alpha
    report = _measure(session, globally, regionally, weight)
    if report is not None:
        report = replace(report, is_alpha_chosen=alpha != "")
    return rendering.page(
        request,
        "results/frontier.html",
        runs={scope: [_choose(run) for run in found] for scope, found in runs.items()},
        regions=[
            (each.key, speech.pick(each.names))
            for each in regions.list_regions(settings)
            if each.globalisation is not None
        ],
        asked={"global": str(globally), "regional": str(regionally), "region": region},
        alpha=weight,
        report=report,
        sentences=list(words.say(report, speech)) if report else (),
        charts=_draw(report, speech) if report else {},
    )


def _choose(run: Run) -> tuple[str, str]:
    return str(run.job_id), f"{run.label} ({run.num_variants})"


def _find_alpha(settings: Settings, region: str) -> float | None:
    """Without a region nothing is marked; a region may say nothing of it."""
    try:
        return globalisation.get_alpha(settings, region) if region else None
    except NotFound:
        return None


def _measure(
    session: Session,
    globally: uuid.UUID | Literal[""],
    regionally: uuid.UUID | Literal[""],
    alpha: float | None,
) -> Report | None:
    """None until both sides are chosen."""
    if not globally or not regionally:
        return None
    return by_benchmarks.measure(
        session,
        globally=by_benchmarks.get_run(session, globally, "global"),
        regionally=by_benchmarks.get_run(session, regionally, "regional"),
        alpha=alpha,
    )


def _draw(report: Report, speech: Speech) -> dict[str, Drawn | None]:
    # As app/results/pages.py does it: what draws takes a third of a second to load.
    from app.results import drawing  # noqa: PLC0415 - see above
    from reports.charts import grp, pareto  # noqa: PLC0415 - the same

    return {
        "pareto": drawing.show(pareto.draw(report, speech)),
        "grp": drawing.show(grp.draw(report, speech)),
    }
