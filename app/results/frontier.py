"""Keeping and gaining by benchmarks alone: for encoders, and for what people have not rated. For
researchers and admins.
"""

import uuid
from collections.abc import Mapping
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
from domain.results.by_benchmarks import Run, Scope
from domain.results.report import Facts
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
    asked: dict[Scope, uuid.UUID | Literal[""]] = {"global": globally, "regional": regionally}
    chosen = {
        scope: by_benchmarks.get_run(session, job_id, scope) if job_id else None
        for scope, job_id in asked.items()
    }
    speech = Speech(rendering.choose_language(request).code)
    weight = _find_alpha(settings, region) if alpha == "" else alpha
    found = _measure(session, chosen, weight)
    return rendering.page(
        request,
        "results/frontier.html",
        runs={scope: _offer(session, scope, run) for scope, run in chosen.items()},
        regions=[
            (each.key, speech.pick(each.names))
            for each in regions.list_regions(settings)
            if each.globalisation is not None
        ],
        asked={**{scope: str(job_id) for scope, job_id in asked.items()}, "region": region},
        alpha=weight,
        sentences=list(words.say(found, speech)) if found else (),
        charts=_draw(found, speech, is_alpha_chosen=alpha != "") if found else None,
    )


def _offer(session: Session, scope: Scope, chosen: Run | None) -> list[tuple[str, str]]:
    """The newest, and the one that is looked at, however old."""
    offered = by_benchmarks.list_runs(session, scope)
    if chosen and chosen.job_id not in {run.job_id for run in offered}:
        offered.append(chosen)
    return [(str(run.job_id), f"{run.label} ({run.num_variants})") for run in offered]


def _find_alpha(settings: Settings, region: str) -> float | None:
    """Without a region nothing is marked; a region may say nothing of it."""
    try:
        return globalisation.get_alpha(settings, region) if region else None
    except NotFound:
        return None


def _measure(
    session: Session, chosen: Mapping[Scope, Run | None], alpha: float | None
) -> Facts | None:
    """None until both sides are chosen."""
    globally, regionally = chosen["global"], chosen["regional"]
    if globally is None or regionally is None:
        return None
    return by_benchmarks.measure(session, globally=globally, regionally=regionally, alpha=alpha)


def _draw(found: Facts, speech: Speech, *, is_alpha_chosen: bool) -> dict[str, Drawn | None]:
    # As app/results/pages.py does it: what draws takes a third of a second to load.
    from app.results import drawing  # noqa: PLC0415 - see above
    from reports.charts import grp, pareto  # noqa: PLC0415 - the same

    return {
        "pareto": drawing.show(pareto.draw(found, speech)),
        "grp": drawing.show(grp.draw(found, speech, is_alpha_chosen=is_alpha_chosen)),
    }
